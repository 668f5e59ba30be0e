// One more kind of ours is one folder and one line. What it then has, without another line of code, is shown here on a copy of
// the tree: files, schema, CRD, docs, rights, review, watch, status, log and metrics.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { FakeApiServer } from '../live/fake-api-server.ts';
import { serveProgram } from '../live/served-cluster.ts';
import { type CopiedTree, copiedTree } from '../support/copied-tree.ts';
import { policyYaml } from '../support/gate.ts';

const PROBE_KIND = {
  name: 'own-kind',
  index: 'src/resources/index.ts',
  import: "import { PROBE_KIND } from './probe-kind/index.ts';",
  after: '[ISOLATION_POLICY, CAPABILITY_CLASS',
  entry: ', PROBE_KIND',
};

const PROBLEM = '/spec/paht: unknown key (did you mean "path"?)';
const PROBES = '/apis/sandgate.dev/v1alpha1/probekinds';

let tree: CopiedTree;

beforeAll(() => {
  tree = copiedTree([PROBE_KIND]);
  for (const script of ['schema', 'docs', 'crds', 'chart']) {
    expect(tree.run(`scripts/${script}.ts`)).toEqual({ code: 0, stdout: '', stderr: '' });
  }
}, 120_000);

afterAll(() => tree.remove());

function probe(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'ProbeKind', metadata: { name, namespace: 'a' }, spec };
}

function probeYaml(name: string, spec: string): string {
  return `apiVersion: sandgate.dev/v1alpha1\nkind: ProbeKind\nmetadata: { name: ${name}, namespace: a }\nspec: ${spec}\n`;
}

/** What is wrong with each of these texts, as a file of policies: the lines that the command line prints, in one process. */
function problemsIn(...texts: readonly string[]): readonly unknown[] {
  const script = `
    import { formatProblem } from './src/manifests/source.ts';
    import { loadPolicies } from './src/resources/load.ts';
    const results = JSON.parse(process.argv[1]).map((text) => loadPolicies([{ file: 'p.yaml', text }]));
    console.log(JSON.stringify(results.map((result) => (result.ok ? [] : result.problems.map(formatProblem)))));`;
  const { code, stdout, stderr } = tree.run('--input-type=module-typescript', '-e', script, JSON.stringify(texts));
  expect([code, stderr]).toEqual([0, '']);
  const lists: unknown = JSON.parse(stdout);
  return Array.isArray(lists) ? lists : [];
}

test('files: loaded beside policies, with places for what is wrong', () => {
  const policy = policyYaml('base', 'harden: baseline');
  const good = probeYaml('one', '{ path: /x }');
  const wrong = probeYaml('one', '{ paht: /x }');
  const found = problemsIn(
    `${policy}---\n${good}`,
    `${policy}---\n${wrong}`,
    `${policy}---\n${good}---\n${good}`,
    good,
  );
  expect(found).toEqual([
    [],
    [`p.yaml:11:9: ${PROBLEM}`],
    ['p.yaml:15:19: /metadata/name: "one" is taken by the probe at p.yaml:10 (expected a name of its own)'],
    ['p.yaml:1:1: no policy found, only probes (expected at least one IsolationPolicy)'],
  ]);
});

test('the chart has its CRD, the rights to it, and its review', () => {
  const definition: unknown = parse(tree.read('charts/sandgate/crds/probekinds.yaml'));
  expect(definition).toMatchObject({
    metadata: { name: 'probekinds.sandgate.dev' },
    spec: { scope: 'Namespaced', names: { kind: 'ProbeKind', plural: 'probekinds', shortNames: ['probe'] } },
  });
  expect(tree.read('charts/sandgate/templates/crds.yaml')).toContain('name: probekinds.sandgate.dev');
  for (const path of ['charts/sandgate/templates/access.yaml', 'docs/live.md']) {
    expect(tree.read(path)).toMatch(/resources: \[isolationpolicies, capabilityclasses, [a-z, ]*probekinds[a-z, ]*\]/);
    expect(tree.read(path)).toMatch(/resources: \[isolationpolicies\/status, [a-z/, ]*probekinds\/status[a-z/, ]*\]/);
  }
  // Who may write objects of namespaces is decided kind by kind.
  expect(tree.read('charts/sandgate/templates/people.yaml')).not.toMatch(/probekinds.*\n.*create/);
  expect(tree.read('charts/sandgate/templates/webhooks.yaml')).toMatch(
    / {10}- probekinds\n(?: {10}- [a-z]+\n)* {8}operations:\n {10}- CREATE\n {10}- UPDATE\n {8}scope: Namespaced\n/,
  );
});

test('its schema and its keys are published, its log lines and metrics are documented', () => {
  expect(tree.read('policies/schema/probekind.schema.json')).toContain('"title": "ProbeKind"');
  expect(tree.read('docs/probes.md')).toContain('| `spec.path` | string | The path. |');
  expect(tree.read('docs/logs.md')).toContain('## probe not accepted');
  expect(tree.read('docs/metrics.md')).toContain('| `sandgate_probes_refused` |');
});

test('the types hold', () => {
  writeFileSync(
    join(tree.root, 'tsconfig.copy.json'),
    JSON.stringify({ extends: './tsconfig.json', include: ['src', 'scripts'] }),
  );
  const { code, stdout } = tree.run('node_modules/.bin/tsc', '--noEmit', '-p', 'tsconfig.copy.json');
  expect([code, stdout]).toEqual([0, '']);
}, 120_000);

test('a server watches it, says what became of each object, counts, and refuses what is wrong', async () => {
  const api = await FakeApiServer.start();
  api.serve(PROBES);
  api.put(PROBES, { ...probe('good', { path: '/x' }), metadata: { name: 'good', namespace: 'a', generation: 1 } });
  api.put(PROBES, { ...probe('bad', { paht: '/x' }), metadata: { name: 'bad', namespace: 'a', generation: 1 } });
  const served = await serveProgram(join(tree.root, 'src/main.ts'), api.kubeconfig());
  await expect.poll(served.readyz, { timeout: 60_000 }).toBe(200);
  await expect
    .poll(() => served.lines('probe accepted'), { timeout: 20_000 })
    .toMatchObject([{ probe: 'good', namespace: 'a', generation: 1 }]);
  expect(served.lines('probe not accepted')).toMatchObject([
    { probe: 'bad', namespace: 'a', reason: 'Invalid', problem: `not in force: ${PROBLEM}` },
  ]);
  const condition = (name: string): unknown => {
    const list = ownField(ownField(api.get(PROBES, name), 'status'), 'conditions');
    return Array.isArray(list) ? list[0] : undefined;
  };
  await expect
    .poll(() => [condition('good'), condition('bad')], { timeout: 20_000 })
    .toMatchObject([
      { status: 'True', message: 'in force' },
      { status: 'False', reason: 'Invalid' },
    ]);
  const metrics = await served.metrics();
  expect(metrics.get('sandgate_probes_refused')).toBe(1);
  expect(metrics.get('sandgate_watched_objects{resource="probekinds.sandgate.dev"}')).toBe(2);

  const { body } = await served.client.post('/validate-policy', {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'r-1',
      kind: { group: 'sandgate.dev', version: 'v1alpha1', kind: 'ProbeKind' },
      resource: { group: 'sandgate.dev', version: 'v1alpha1', resource: 'probekinds' },
      namespace: 'a',
      operation: 'CREATE',
      userInfo: { username: 'admin' },
      object: probe('new', { paht: '/x' }),
    },
  });
  const response = isJsonObject(body) ? body.response : undefined;
  expect(response).toMatchObject({ allowed: false, status: { reason: 'Invalid', details: { kind: 'ProbeKind' } } });
  await expect
    .poll(() => served.lines('reviewed a policy'), { timeout: 20_000 })
    .toMatchObject([{ kind: 'ProbeKind', allowed: false }]);
}, 120_000);
