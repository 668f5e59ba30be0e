// The tests that need a node on which pods run: `npm run test:node`. docs/testing.md says what they need.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/node/**/*.test.ts'],
    globalSetup: ['test/node/bench/global-setup.ts'],
    // All files have one node, in software emulation.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 420_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
