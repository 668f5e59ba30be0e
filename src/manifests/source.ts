// What a file is once it has been read: documents with their places, and what is wrong with it, so that every message can
// name a line.
import type { Document } from 'yaml';

/** A place in a file. Lines and columns count from 1; 0 means the file as a whole. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a file, or a warning about it. */
export interface Problem extends Place {
  /** What is wrong, and in brackets what was expected. */
  readonly message: string;
}

/** `FILE:LINE:COL: message`, or `FILE: message` about a file as a whole. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

/** One document of a file. */
export interface SourceDocument {
  readonly file: string;
  /** Counts from 1. */
  readonly number: number;
  /** Where its first line of content is. */
  readonly line: number;
  readonly value: unknown;
  /** What it was read from: the text of the whole file, or of this one object where a file is a stream of JSON objects. */
  readonly text: string;
  /** The syntax tree, for edits that keep comments. Absent for JSON that was read without one. */
  readonly tree: Document | undefined;
  /** The place of the value at these keys, or of its nearest ancestor that exists. `key`: of the key instead. */
  locate(keys: readonly (string | number)[], what?: 'value' | 'key'): Place;
}

/** A file that was read: its documents, and what is wrong with it. */
export interface ParsedSource {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
  /** True for JSON objects one after the other. Each is a document with a text of its own. */
  readonly isStream: boolean;
}
