// How many random cases a property is tried with. docs/testing.md says which script runs how many.
import { LONG_TESTS } from './long-tests.ts';

/** Below this, a property says little. */
const FEWEST = 20;

/**
 * A tenth of `full`, but no fewer than 20 unless `full` is: what every run of `npm test` can afford. All of them in the long
 * tests.
 */
export function randomCases(full: number): number {
  if (LONG_TESTS) return full;
  return Math.max(Math.ceil(full / 10), Math.min(full, FEWEST));
}
