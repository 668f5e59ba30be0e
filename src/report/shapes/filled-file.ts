// A file of the input and what its objects became: what every format of `inject` prints.
import type { Document } from 'yaml';
import type { JsonObject } from '../../model/json.ts';

/** One object, as written and as filled in; the same reference where nothing was missing. */
export interface FilledObject {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** One document of a file: an object, or a List of them. */
export interface FilledDocument {
  /** Counts from 1. */
  readonly number: number;
  /** Absent for JSON that was read without a syntax tree. */
  readonly tree: Document | undefined;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly objects: readonly FilledObject[];
}

/** A file with its documents as filled in. */
export interface FilledFile {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly FilledDocument[];
}
