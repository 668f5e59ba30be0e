// A file that is too large to be held as a whole is read piece by piece: an item of its List, or one of its documents.
import type { Problem } from '../source.ts';

/** One object of a large file, as it stands there. */
export interface Piece {
  readonly text: string;
  /** Of its first line; counts from 1. */
  readonly line: number;
  /** The number of its document; counts from 1. */
  readonly document: number;
  /** The keys that lead to it inside its document: none, or `items` and an index. */
  readonly keys: readonly (string | number)[];
}

/** Cuts a file into pieces as its bytes come. */
export interface Splitter {
  /** What is complete with these bytes, which may be overwritten afterwards. */
  push(chunk: Uint8Array): readonly Piece[];
  /** What is left. To be called once, after the last bytes. */
  end(): readonly Piece[];
  /** What is wrong so far. What stands in such a place is not among the pieces. */
  readonly problems: readonly Problem[];
}

/** True for the kind of an object that holds others under `items`. */
export function isListKind(kind: unknown): boolean {
  return typeof kind === 'string' && kind.endsWith('List');
}

/** The message about a document that has `items` at its top and is not a List: they were taken for objects. */
export const NOT_A_LIST = 'it has items, and its kind is not a List (expected a kind that ends in List)';
