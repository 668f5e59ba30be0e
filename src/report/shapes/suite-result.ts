// The results of test suites.
import type { Place } from '../../manifests/source.ts';

/** The result of one case. */
export interface CaseResult {
  readonly name: string;
  /** Where the case stands in its suite. */
  readonly place: Place;
  /** Empty where it passed. */
  readonly differences: readonly string[];
}

/** The result of one suite. */
export interface SuiteResult {
  readonly file: string;
  readonly name: string;
  readonly cases: readonly CaseResult[];
}
