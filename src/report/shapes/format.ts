// An output format: its name after `-o`, and what it can print.
import type { Style } from '../terminal/style.ts';
import type { FilledFile } from './filled-file.ts';
import type { Result } from './result.ts';

/** A command offers every format that can print its results. All output ends with a line break, or is empty. */
export interface Format {
  readonly name: string;
  /** Prints the results of `check`; with `quiet` only those that were denied or warned about, and what all of them come to. */
  readonly judged?: (results: readonly Result[], style: Style, quiet?: boolean) => string;
  /** Prints the files of `inject`. */
  readonly filledIn?: (files: readonly FilledFile[]) => string;
  /** True where `filledIn` cannot print one of several JSON objects in a file. */
  readonly takesWholeFiles?: boolean;
}
