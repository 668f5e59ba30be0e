// What `npm test` tries in small and CI tries in full: `npm run test:random`. docs/testing.md says what that is.

/** True where a test may take its time: the environment says `SANDGATE_LONG_TESTS=1`, as `npm run test:random` does. */
export const LONG_TESTS = process.env.SANDGATE_LONG_TESTS === '1';

/** How many, or how large: `full` in the long tests, and what every run of `npm test` can afford elsewhere. */
export function inLongTests<T>(full: T, elsewhere: T): T {
  return LONG_TESTS ? full : elsewhere;
}
