import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a control plane of real parts: `npm run test:cluster`.
    exclude: ['test/cluster/**', 'test/conformance/**'],
    testTimeout: 30_000,
  },
});
