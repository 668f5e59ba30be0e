// An output format: the word after `-o`, and what it can print.
import type { Style } from '../terminal/style.ts';
import type { FilledFile } from './filled-file.ts';
import type { Result } from './result.ts';

/** A command offers every format that can print what it has. All output ends with a line break, or is empty. */
export interface Format {
  readonly name: string;
  /** What `check` found. */
  readonly judged?: (results: readonly Result[], style: Style) => string;
  /** What `inject` made. */
  readonly filledIn?: (files: readonly FilledFile[]) => string;
  /** True where `filledIn` cannot print one of several JSON objects in a file. */
  readonly takesWholeFiles?: boolean;
}
