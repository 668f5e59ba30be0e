import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a control plane of real parts, or Helm: `npm run test:cluster`.
    exclude: ['test/cluster/**', 'test/conformance/**', 'test/chart/{certificates,install-page,judged,lint,objects,values}.test.ts'],
    testTimeout: 30_000,
  },
});
