// Where the objects of an audit come from: they are gone through one by one, and never all held at once.

import type { InputObject } from '../../library/offline/objects.ts';
import type { Unread } from '../../report/shapes/unread.ts';

/** Told of what could not be read. */
export type OnUnread = (unread: Unread) => void;

/** Objects that can be gone through more than once. */
export interface ObjectSource {
  /**
   * Goes through the objects in order.
   * @param onUnread told of everything of the input that is not among them
   * @param mayMatter false for the text of an object that need not be read; small files are read all the same
   */
  read(onUnread: OnUnread, mayMatter?: (text: string) => boolean): AsyncGenerator<InputObject>;
}
