// The long tests: `npm run test:random`. Properties and fuzzing with all of their random cases, of which `npm test` runs a tenth,
// and what `npm test` tries in small in its full size.
import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The files that ask how much to try. */
const files = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  /\/(?:random-cases|long-tests)\.ts'/.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  test: {
    include: files,
    env: { SANDGATE_LONG_TESTS: '1' },
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
