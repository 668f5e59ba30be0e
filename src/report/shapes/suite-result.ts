// The results of test suites.

/** The result of one case. */
export interface CaseResult {
  readonly name: string;
  /** Empty where it passed. */
  readonly differences: readonly string[];
}

/** The result of one suite. */
export interface SuiteResult {
  readonly file: string;
  readonly name: string;
  readonly cases: readonly CaseResult[];
}
