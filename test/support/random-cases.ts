// How many random cases a property is tried with. docs/testing.md says which script runs how many.

/** Below this, a property says little. */
const FEWEST = 20;

/**
 * A tenth of `full`, but no fewer than 20 unless `full` is: what every run of `npm test` can afford. All of them where
 * the environment says `SANDGATE_RANDOM_CASES=all`, as `npm run test:random` does.
 */
export function randomCases(full: number): number {
  if (process.env.SANDGATE_RANDOM_CASES === 'all') return full;
  return Math.max(Math.ceil(full / 10), Math.min(full, FEWEST));
}
