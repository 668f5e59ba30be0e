// The tests that need nothing but Node: `npm test`. docs/testing.md says what else there is.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** These need a control plane of real parts, a node, or Helm: `npm run test:cluster`, `npm run test:node`. */
const CLUSTER = [
  'test/cluster/**',
  'test/node/**',
  'test/conformance/**',
  'test/chart/{aliases,audit,bundles,certificates,clusters,connections,egress,install-page,judged,lint,monitoring,network,objects,rights,settings,values,workloads}.test.ts',
];

/** These copy the tree, add to it and check the copy: `npm run test:additions`. */
const ADDITIONS = ['test/additions/*.test.ts'];

/** These build the playground and open it in a browser: `npm run test:browser`. */
const BROWSER = ['test/playground/browser/*.test.ts'];

/** These replace a module by one that counts. */
const REPLACING = ['test/engine/grants-once.test.ts'];

/** These start servers or processes, or send thousands of requests. All others are fast. */
const SERVERS = [
  'test/server/**/*.test.ts',
  'test/live/**/*.test.ts',
  'test/fuzz/**/*.test.ts',
  'test/cli/{heap,process,real-files}.test.ts',
  'test/cli/compare/programs.test.ts',
  'test/cli/completion/*.test.ts',
  'test/cli/users/*.test.ts',
  'test/integrations/*.test.ts',
  'test/library/library.test.ts',
  'test/observe/log-stream.test.ts',
  'test/playground/server.test.ts',
  // Try many random cases, or read large files.
  'test/**/*properties.test.ts',
  'test/grants/difference-memo.test.ts',
  'test/cli/{real-json,real-yaml}.test.ts',
  'test/manifests/readers.test.ts',
  'test/rules/fill-in-pairs.test.ts',
  // Go to the bounds of what is allowed to cost time or memory, run shells, or judge whatever ships.
  'test/cli/usage.test.ts',
  'test/cli/import/gatekeeper.test.ts',
  'test/cel/hostile.test.ts',
  'test/engine/grants-large.test.ts',
  'test/grants/shipped/subid-script.test.ts',
  'test/playground/samples.test.ts',
];

/** Where Node keeps modules, types erased and compiled, for every process after the first one: a third of what a start costs. */
const COMPILED = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') };

/**
 * Node loads the modules, as it does outside of tests. With Vite in between, each use of something imported goes through an
 * object, which made the properties a seventh slower. Vite is needed to replace a module.
 */
const AS_NODE_LOADS = { viteModuleRunner: false, nodeLoader: false };

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // Vitest gives up after a second, which a busy machine needs for other things now and then.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...CLUSTER, ...SERVERS, ...REPLACING, ...ADDITIONS, ...BROWSER],
          // Pure functions leave nothing behind, and a process for each file would load all modules again.
          isolate: false,
          env: COMPILED,
          experimental: AS_NODE_LOADS,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: SERVERS,
          exclude: CLUSTER,
          // They stop what they start, and a process for each file took a second of CPU before its first test.
          isolate: false,
          env: COMPILED,
          experimental: AS_NODE_LOADS,
          // They wait for other processes, each of which may get little of a busy machine.
          testTimeout: 120_000,
        },
      },
      // Each file in a process of its own: what it replaces is replaced for all that is loaded there.
      { extends: true, test: { name: 'replacing', include: REPLACING } },
      { extends: true, test: { name: 'additions', include: ADDITIONS } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: BROWSER,
          fileParallelism: false,
          env: COMPILED,
          experimental: AS_NODE_LOADS,
          // The bundle is built first, and a browser started, which may get little of a busy machine.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 90_000 } },
        },
      },
    ],
  },
});
