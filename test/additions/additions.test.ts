// A rule, a kind that holds pods, an output format and a command are each added to a copy of the tree: files of their own,
// and one line in an index. Nothing else is edited; the checks of the copy pass, and each does what it is for.
// One of our own kinds is added in own-kind.test.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Addition, type CopiedTree, copiedTree } from '../support/copied-tree.ts';

const ADDITIONS: readonly Addition[] = [
  {
    name: 'rule',
    index: 'src/rules/index.ts',
    import: "import { gracePeriod } from './gracePeriod/index.ts';",
    after: '  capabilities,\n',
    entry: '  gracePeriod,\n',
  },
  {
    name: 'kind',
    index: 'src/workloads/index.ts',
    import: "import { rolloutLike } from './rollout-like.ts';",
    after: '  sandboxTemplate,\n',
    entry: '  rolloutLike,\n',
  },
  {
    name: 'format',
    index: 'src/report/index.ts',
    import: "import { count } from './count.ts';",
    after: 'sarif, github, openreports',
    entry: ', count',
  },
  {
    name: 'command',
    index: 'src/cli/commands/index.ts',
    import: "import { hello } from './hello.ts';",
    after: '  completion,\n  version,\n',
    entry: '  hello,\n',
  },
];

/** What proves the registries: they are run in the copy as they stand. */
const TESTS = [
  'test/architecture.test.ts',
  'test/docs.test.ts',
  'test/rules',
  'test/resources/schema-fresh.test.ts',
  'test/resources/load-bad.test.ts',
  'test/chart/generated.test.ts',
  'test/cli/usage.test.ts',
  'test/kubernetes/fields-used.test.ts',
];

const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: graceful }
spec:
  podSecurity: { level: baseline }
  gracePeriod: { defaultSeconds: 5, maxSeconds: 60 }
`;
const ROLLOUT = `apiVersion: example.dev/v1
kind: RolloutLike
metadata: { name: r, namespace: a }
spec:
  template:
    spec: { terminationGracePeriodSeconds: 61, containers: [{ name: a, securityContext: { privileged: true } }] }
`;
const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: a }\nspec: { containers: [{ name: a }] }\n';

let tree: CopiedTree;

beforeAll(() => {
  tree = copiedTree(ADDITIONS, [
    'test',
    'tools',
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'LICENSE',
    'vitest.config.ts',
    'Dockerfile',
    'certs',
  ]);
  writeFileSync(join(tree.root, 'policy.yaml'), POLICY);
  writeFileSync(join(tree.root, 'rollout.yaml'), ROLLOUT);
  writeFileSync(join(tree.root, 'pod.yaml'), POD);
  for (const script of ['schema', 'docs', 'crds', 'chart']) {
    expect(tree.run(`scripts/${script}.ts`)).toEqual({ code: 0, stdout: '', stderr: '' });
  }
}, 120_000);

afterAll(() => tree.remove());

function sandgate(...args: readonly string[]) {
  return tree.run('src/main.ts', ...args);
}

describe('a copy of the tree with a rule, a kind, a format and a command more', () => {
  test('has no errors of types', () => {
    expect(tree.run('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.')).toMatchObject({ code: 0, stdout: '' });
  }, 120_000);

  test('passes the tests that hold registries to their folders, docs and examples', () => {
    const { code, stdout } = tree.run('node_modules/vitest/vitest.mjs', 'run', '--project', 'fast', ...TESTS);
    expect(code, stdout.slice(-8000)).toBe(0);
  }, 240_000);

  test('the rule fills in, judges, is in the schema, the CRD and the docs, and its mistakes are refused', () => {
    expect(sandgate('inject', '-p', 'policy.yaml', '-f', 'pod.yaml').stdout).toContain(
      'terminationGracePeriodSeconds: 5',
    );
    expect(sandgate('check', '-p', 'policy.yaml', '-f', 'rollout.yaml').stdout).toContain(
      'longGracePeriod: long grace period (terminationGracePeriodSeconds is 61)',
    );
    for (const path of [
      'policies/schema/isolationpolicy.schema.json',
      'charts/sandgate/crds/isolationpolicies.yaml',
      'docs/policy.md',
      'docs/rules.md',
    ]) {
      expect(tree.read(path)).toContain('gracePeriod');
    }
    expect(tree.read('docs/checks.md')).toContain('### longGracePeriod');
    expect(tree.read('docs/fill-ins.md')).toContain('terminationGracePeriod');
    writeFileSync(join(tree.root, 'wrong.yaml'), POLICY.replace('maxSeconds: 60', 'maxSecond: 60'));
    expect(sandgate('check', '-p', 'wrong.yaml', '-f', 'pod.yaml')).toMatchObject({
      code: 2,
      stderr: 'sandgate: wrong.yaml:6:37: /spec/gracePeriod/maxSecond: unknown key (did you mean "maxSeconds"?)\n',
    });
  });

  test('the kind is judged as its pods would be, registered by the chart, and in the docs', () => {
    const { code, stdout } = sandgate('check', '-p', 'policy.yaml', '-f', 'rollout.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('RolloutLike a/r  denied (its pods would be refused)  rollout.yaml:1');
    expect(stdout).toContain('spec.template.spec.containers[0].securityContext.privileged');
    expect(tree.read('charts/sandgate/templates/_workloads.tpl')).toContain('"resource":"rolloutlikes"');
    expect(tree.read('docs/workloads.md')).toContain('| RolloutLike | example.dev v1 | `/spec/template` |');
  });

  test('the format is offered and prints', () => {
    expect(sandgate('check', '-p', 'policy.yaml', '-f', 'pod.yaml', '-o', 'count').stdout).toBe('0 1 0\n');
    expect(tree.read('docs/commands.md')).toContain('count');
  });

  test('the command runs, and help and docs have it', () => {
    expect(sandgate('hello', '--name', 'Ada')).toEqual({ code: 0, stdout: 'Hello, Ada\n', stderr: '' });
    expect(sandgate('--help').stdout).toContain('print a greeting');
    expect(tree.read('docs/commands.md')).toContain('sandgate hello --name Ada');
  });

  test.each(ADDITIONS)('what is edited by hand for the $name is one line of $index, and its import', (addition) => {
    const before = readFileSync(join(import.meta.dirname, '../..', addition.index), 'utf8').split('\n');
    const after = tree.read(addition.index).split('\n');
    const added = after.filter((line) => !before.includes(line));
    expect(added).toEqual([addition.import, expect.stringContaining(addition.entry.replaceAll(/[,\s]/g, ''))]);
  });
});
