// The tests that need a control plane of real parts: `npm run test:cluster`. docs/testing.md says what they need.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/cluster/**/*.test.ts',
      'test/conformance/**/*.test.ts',
      'test/chart/{aliases,audit,bundles,certificates,clusters,connections,egress,install-page,judged,lint,monitoring,network,objects,rights,settings,values,workloads}.test.ts',
    ],
    globalSetup: ['test/cluster/control-plane/global-setup.ts'],
    // Each file has an API server of its own, and each API server wants a core and 300 MB.
    pool: 'forks',
    maxWorkers: 2,
    // Many processes on a machine that may be busy: what fails once is tried once more, and the report says so.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // It waits for parts to end.
    teardownTimeout: 30_000,
  },
});
