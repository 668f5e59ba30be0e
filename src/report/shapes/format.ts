// An output format: its name after `-o`, and what it can print.
import type { Style } from '../terminal/style.ts';
import type { Comparison } from './comparison.ts';
import type { Explained } from './explained.ts';
import type { FilledFile } from './filled-file.ts';
import type { Result } from './result.ts';
import type { Tested } from './tested.ts';
import type { Unread } from './unread.ts';

/** What the results of `check` are printed with. */
export interface JudgedOptions {
  /** True where only what was denied or warned about is printed, and what all results come to. */
  readonly quiet?: boolean;
  /** What could not be read, and so was not judged. */
  readonly unread?: readonly Unread[];
  /** The command, where formats name it; `check` by default. */
  readonly command?: string;
}

/** What the results of a replay are printed with. */
export interface ReplayedOptions extends JudgedOptions {
  readonly events: EventCounts;
}

/** What the events of an audit log came to. */
export interface EventCounts {
  readonly denied: number;
  readonly allowed: number;
  /** Requests about which no policy says anything. */
  readonly skipped: number;
  /** Requests of workloads that the log says too little about, by the reason. */
  readonly unjudged: Readonly<Record<string, number>>;
  /** Everything else: reads, deletions, other stages, other resources, and requests refused before admission. */
  readonly passedOver: number;
}

/** Text for the file that a CI system names in an environment variable, appended there beside what is printed. */
export interface StepSummary {
  /** Such as `GITHUB_STEP_SUMMARY`. Where it is not set, there is nothing to append to. */
  readonly variable: string;
  readonly judged: (results: readonly Result[], options?: JudgedOptions) => string;
  readonly tested: (tested: Tested) => string;
}

/** A command offers every format that can print its results. All output ends with a line break, or is empty. */
export interface Format {
  readonly name: string;
  /** Prints the results of `check`. */
  readonly judged?: (results: readonly Result[], style: Style, options?: JudgedOptions) => string;
  /** Prints the results of an audit; where it is absent, `judged` does. */
  readonly audited?: (results: readonly Result[], style: Style, options?: JudgedOptions) => string;
  /** Prints the results of a replay; where it is absent, `judged` does. */
  readonly replayed?: (results: readonly Result[], style: Style, options: ReplayedOptions) => string;
  /** Prints a comparison. */
  readonly compared?: (comparison: Comparison, style: Style) => string;
  /** Prints the files of `inject`. */
  readonly filledIn?: (files: readonly FilledFile[]) => string;
  /** Prints the results of `test`. */
  readonly tested?: (tested: Tested, style: Style) => string;
  /** Prints what `explain` has to say. */
  readonly explained?: (explained: Explained, style: Style) => string;
  readonly stepSummary?: StepSummary;
  /** True where `filledIn` cannot print one of several JSON objects in a file. */
  readonly takesWholeFiles?: boolean;
}
