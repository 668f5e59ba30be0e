// Something of the input that could not be read: nothing in it was judged.
import type { Place } from '../../manifests/source.ts';

export interface Unread {
  /** What is wrong; with the name of the file where there is no place. */
  readonly message: string;
  readonly place?: Place;
}
