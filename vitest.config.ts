import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a control plane of real parts, or Helm: `npm run test:cluster`.
    exclude: ['test/cluster/**', 'test/conformance/**', 'test/chart/{aliases,certificates,install-page,judged,lint,network,objects,rights,settings,values}.test.ts'],
    testTimeout: 30_000,
  },
});
