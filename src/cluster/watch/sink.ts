// Where the objects of a watch go. Each sink keeps a small record of its own of what it is given, never the object.
import { type JsonObject, ownField, stringField } from '../../model/json.ts';

/** Called for one object after the other. Nothing here may throw for any object: whoever writes one may write anything. */
export interface Sink {
  /** Begins a new list. What there was stays in force until it is committed. */
  begin(): Listing;
  /** An object is new or has changed. The same one may come again. */
  put(object: JsonObject): void;
  remove(object: JsonObject): void;
  /** How many there are. */
  readonly count: number;
}

/** A list that is still arriving, page by page. */
export interface Listing {
  add(object: JsonObject): void;
  /** From now on these are all there are, in one step. */
  commit(): void;
}

/** The name of an object; undefined for what has none, and so is not an object of Kubernetes. */
export function nameOf(object: JsonObject): string | undefined {
  return stringField(ownField(object, 'metadata'), 'name') || undefined;
}
