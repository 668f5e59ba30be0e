// What `test` prints: the results of suites, and what they cover.
import type { Coverage } from './coverage.ts';
import type { SuiteResult } from './suite-result.ts';

/** The outcome of a run of suites. */
export interface Tested {
  readonly suites: readonly SuiteResult[];
  /** Only where it was asked for. */
  readonly coverage?: Coverage | undefined;
}
