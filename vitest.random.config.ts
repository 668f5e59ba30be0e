// Properties and fuzzing with all of their random cases: `npm run test:random`. `npm test` runs a tenth of them.
import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The files that ask how many cases to try. */
const files = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(file, 'utf8').includes('/random-cases.ts'),
);

export default defineConfig({
  test: {
    include: files,
    env: { SANDGATE_RANDOM_CASES: 'all' },
    testTimeout: 120_000,
  },
});
