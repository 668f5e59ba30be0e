// The library: it says what the command line says, needs nothing of Node, and refuses what it cannot use.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { check, fillIn, loadPolicies, type Policies, review, type SourceFile, version } from '../../src/index.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { BARE_POD, DEPLOYMENT, LABEL_POLICY, PRIVILEGED_POD, sandgate } from '../cli/console.ts';
import { libraryChunks, runAlone } from './bundled.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const GOLDEN = join(ROOT, 'test/golden');

function policiesOf(text: string): Policies {
  const loaded = loadPolicies([{ file: 'policy.yaml', text }]);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.policies;
}

function shipped(name: string): string {
  return readFileSync(join(ROOT, 'policies', name), 'utf8');
}

const BASELINE = shipped('baseline/policy.yaml');

function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error('not an object');
  return value;
}

describe('the bundle of the library', () => {
  let chunks: Awaited<ReturnType<typeof libraryChunks>>;
  beforeAll(async () => {
    chunks = await libraryChunks();
  });

  test('is one file that imports nothing', () => {
    expect(chunks.map(({ imports, dynamicImports }) => [...imports, ...dynamicImports])).toEqual([[]]);
    expect(chunks[0]?.moduleIds.filter((id) => id.startsWith('node:'))).toEqual([]);
  });

  test('fills in and judges every golden case without anything of Node, as the command line does', async () => {
    const cases = readdirSync(GOLDEN).map((name) => {
      const read = (file: string): string => readFileSync(join(GOLDEN, name, file), 'utf8');
      return { name, policy: read('policy.yaml'), input: read('input.yaml'), output: read('output.yaml') };
    });
    const script = `${chunks[0]?.code ?? ''}
      JSON.stringify(JSON.parse(cases).map(({ name, policy, input }) => {
        const loaded = sandgate.loadPolicies([{ file: 'policy.yaml', text: policy }]);
        if (!loaded.ok) return { name, text: JSON.stringify(loaded.problems) };
        const files = [{ file: 'input.yaml', text: input }];
        const { results, summary, exceptions } = sandgate.check(files, loaded.policies, { now: ${Date.now()} });
        const [filled] = sandgate.fillIn(files, loaded.policies).files;
        const rows = results.map((result) => ({ ...result, findings: result.findings.map(({ place, ...row }) => row) }));
        return { name, text: filled.text, results: rows, summary, exceptions };
      }))`;
    const printed: unknown = runAlone(script, { cases: JSON.stringify(cases) });
    const expected: unknown[] = [];
    for (const { name, output } of cases) {
      const judged = await sandgate(join(GOLDEN, name), 'check -p policy.yaml -f input.yaml -o json');
      expect(judged.stderr).not.toContain('bug');
      expected.push({ name, text: output, ...objectOf(judged.json()) });
    }
    expect(JSON.parse(String(printed))).toEqual(expected);
  });

  test('explains objects and names without anything of Node, as the command line does', async () => {
    const folder = join(GOLDEN, 'capability-docker');
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    const given = JSON.stringify({ policy: read('policy.yaml'), input: read('input.yaml') });
    const script = `${chunks[0]?.code ?? ''}
      const { policy, input } = JSON.parse(given);
      const { policies } = sandgate.loadPolicies([{ file: 'policy.yaml', text: policy }]);
      const { objects, summary } = sandgate.explain([{ file: 'input.yaml', text: input }], policies, { now: ${Date.now()} });
      JSON.stringify({ objects, summary, named: sandgate.explainName('privileged'), wrong: sandgate.explainName('privileget') })`;
    const { named, wrong, ...explained } = objectOf(JSON.parse(String(runAlone(script, { given }))));
    expect(explained).toEqual((await sandgate(folder, 'explain -p policy.yaml -f input.yaml -o json')).json());
    const { names } = objectOf((await sandgate(folder, 'explain privileged -o json')).json());
    expect(named).toEqual({ ok: true, names });
    expect(wrong).toEqual({ ok: false, message: 'nothing is called "privileget" (did you mean "privileged"?)' });
  });

  test('answers a review without anything of Node, to the letter of the webhook', () => {
    const pod = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        operation: 'CREATE',
        namespace: 'ä',
        userInfo: { username: 'jane' },
        dryRun: false,
        object: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'a' },
          spec: { containers: [{ name: 'a', image: 'nginx' }] },
        },
      },
    };
    const text = shipped('agents/policy.yaml');
    const script = `${chunks[0]?.code ?? ''}
      const { policies } = sandgate.loadPolicies([{ file: 'p.yaml', text }]);
      JSON.stringify(sandgate.review(JSON.parse(body), 'mutate', policies).reply)`;
    const alone = objectOf(JSON.parse(String(runAlone(script, { text, body: JSON.stringify(pod) }))));
    const here = review(pod, 'mutate', policiesOf(text));
    expect(here).toMatchObject({ ok: true, reply: { response: { allowed: true, patchType: 'JSONPatch' } } });
    expect(here).toMatchObject({ reply: alone });
  });
});

describe('loading policies', () => {
  test('gives names, or everything that is wrong with its place', () => {
    expect(policiesOf(BASELINE)).toEqual({ policies: ['baseline'], classes: [] });
    const wrong = loadPolicies([{ file: 'p.yaml', text: BASELINE.replace('level: baseline', 'level: basline') }]);
    expect(wrong).toMatchObject({ ok: false, problems: [{ file: 'p.yaml', column: 25 }] });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('gives a handle, and nothing else is taken in its place', () => {
    const forged: Policies = { policies: ['baseline'], classes: [] };
    expect(() => check([], forged)).toThrow('not policies (expected the policies of loadPolicies)');
  });
});

describe('judging', () => {
  const pods: readonly SourceFile[] = [{ file: 'pod.yaml', text: PRIVILEGED_POD }];

  test('places each finding, and judges what can be read beside what cannot', () => {
    const report = check([...pods, { file: 'broken.yaml', text: 'a: [' }], policiesOf(BASELINE));
    expect(report.summary).toEqual({ allowed: 0, denied: 1, skipped: 0 });
    expect(report.results[0]?.findings[1]).toMatchObject({
      check: 'privileged',
      value: true,
      place: { file: 'pod.yaml', line: 10, column: 21 },
    });
    expect(report.problems).toMatchObject([{ file: 'broken.yaml' }]);
  });

  test('says what it assumed, and takes it from labels, or from objects of the cluster', () => {
    const policies = policiesOf(LABEL_POLICY);
    const note = 'namespace "agents": its labels are not known, assumed to be none';
    expect(check(pods, policies)).toMatchObject({ summary: { skipped: 1 }, notes: [note] });
    expect(check(pods, policies, { namespaceLabels: { tier: 'agents' } })).toMatchObject({
      summary: { denied: 1 },
      notes: [],
    });
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: agents, labels: { tier: agents } }\n';
    const context = [{ file: 'ns.yaml', text: namespace }];
    expect(check(pods, policies, { context })).toMatchObject({ summary: { denied: 1 }, notes: [] });
  });

  test('fills in unless it is told not to, and gives the patch', () => {
    const files = [{ file: 'pod.yaml', text: BARE_POD }];
    const agents = policiesOf(shipped('agents/policy.yaml'));
    const filled = check(files, agents);
    expect(filled.summary.allowed).toBe(1);
    expect(filled.results[0]?.patch.length).toBeGreaterThan(0);
    expect(check(files, agents, { fillIn: false }).summary.denied).toBe(1);
  });

  test('says where a Deployment would be denied, and what the verdict does not cover', () => {
    const text = DEPLOYMENT.replace('image:', 'imag: x\n          image:');
    expect(check([{ file: 'web.yaml', text }], policiesOf(BASELINE)).results).toMatchObject([
      { verdict: 'denied', deniedAt: 'pod', warnings: [expect.stringContaining('did you mean "image"?')] },
    ]);
  });

  test('refuses implementations that no class has', () => {
    const policies = policiesOf(`${BASELINE}---\n${shipped('capabilities/docker/class.yaml')}`);
    expect(() => check(pods, policies, { implementations: { docker: 'rotless' } })).toThrow(
      'implementations: no "rotless" of class "docker" (expected ',
    );
    expect(() => check(pods, policies, { implementations: { dokcer: 'rootless' } })).toThrow('of class "dokcer"');
  });
});

test('an exception among the manifests lets in what it covers, and one that nobody accepts is a problem at its place', () => {
  const now = Date.parse('2027-06-01');
  const exception = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: builds, namespace: agents }
spec: { policy: open, checks: [privileged, hostNamespaces], containers: [app], reason: builds, expires: 2027-06-30 }
`;
  const policies = policiesOf(
    'apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: open }\nspec: { podSecurity: { level: baseline }, exceptions: { allow: true } }\n',
  );
  const judged = check([{ file: 'all.yaml', text: `${PRIVILEGED_POD}---\n${exception}` }], policies, { now });
  expect(judged).toMatchObject({
    summary: { denied: 0 },
    exceptions: [{ name: 'agents/builds', findings: 2 }],
    problems: [],
  });
  const wrong = exception.replace('expires: 2027-06-30', 'expires: never');
  const refused = check([{ file: 'all.yaml', text: `${PRIVILEGED_POD}---\n${wrong}` }], policies, { now });
  expect(refused).toMatchObject({ summary: { denied: 1 }, problems: [{ file: 'all.yaml', line: 15, column: 105 }] });
});

test('filling in keeps comments, and gives each object before and after', () => {
  const [filled] = fillIn([{ file: 'pod.yaml', text: BARE_POD }], policiesOf(shipped('agents/policy.yaml'))).files;
  expect(filled?.text).toContain('image: nginx:1 # the web');
  expect(filled?.objects).toHaveLength(1);
  expect(filled?.objects[0]?.patch[0]).toMatchObject({ op: 'add', path: '/spec/containers/0/securityContext' });
});

test('a body that is not a review is told so', () => {
  expect(review({}, 'validate', policiesOf(BASELINE))).toEqual({
    ok: false,
    message: 'kind: expected AdmissionReview, got nothing',
  });
});
