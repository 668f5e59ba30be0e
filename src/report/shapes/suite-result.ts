// The results of test suites.

export interface CaseResult {
  readonly name: string;
  /** Empty where it passed. */
  readonly differences: readonly string[];
}

export interface SuiteResult {
  readonly file: string;
  readonly name: string;
  readonly cases: readonly CaseResult[];
}
