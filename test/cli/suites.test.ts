// `sandgate test`: suites that pass, suites that fail and say why, suites that are wrong.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { POLICY_TEST_SCHEMA } from '../../src/cli/suites/schema.ts';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { policyYaml } from '../support/gate.ts';
import { BARE_POD, DEPLOYMENT, folderWith, LABEL_POLICY, PRIVILEGED_POD, sandgate } from './console.ts';

function suite(cases: string, policies = '[baseline]'): string {
  const indented = cases.trim().replaceAll('\n', '\n    ');
  return `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec:
  policies: ${policies}
  cases:
    ${indented}
`;
}

const PASSING = `
- name: from a file
  input: ../pod.yaml
  expect:
    verdict: denied
    findings:
      - { check: privileged, path: "spec.containers[0].securityContext.privileged", container: app, action: Deny, policy: baseline }
      - { check: hostNamespaces }
- name: inline
  object: { apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { containers: [{ name: a, image: b }] } }
  expect: { verdict: allowed, findings: [] }
- name: no workload
  object: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }]
  expect: { verdict: skipped }
`;

test('suites are found by their names and in folders named tests', async () => {
  const folder = folderWith({
    'policies/a/tests/any.yaml': suite(PASSING),
    'policies/a/tests/input.yaml': BARE_POD,
    'policies/a/pod.yaml': PRIVILEGED_POD,
    'policies/b/suite.yaml': suite(PASSING.replaceAll('../', '../a/')),
    'policies/b/x.test.yaml': suite(PASSING.replaceAll('../', '../a/')),
    'policies/b/other.yaml': suite(PASSING),
  });
  const printed = await sandgate(folder, 'test policies');
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(printed.stdout).toBe(
    `${['a/tests/any.yaml', 'b/suite.yaml', 'b/x.test.yaml']
      .map((file) => `mine  policies/${file}\n  ok    from a file\n  ok    inline\n  ok    no workload\n`)
      .join('\n')}\n9 passed, 0 failed\n`,
  );
  expect((await sandgate(folder, 'test policies/a/tests policies/b/suite.yaml')).stdout).toContain(
    '6 passed, 0 failed',
  );
});

test('namespaces, contexts, users and outputs', async () => {
  const cases = `
- name: by labels of the case
  input: pod.yaml
  namespaceLabels: { tier: agents }
  user: system:serviceaccount:ci:builder
  groups: [dev]
  expect: { verdict: denied }
- name: by a namespace in a context
  input: pod.yaml
  context: [ns.yaml]
  expect: { verdict: denied }
- name: by a namespace that is not known
  input: pod.yaml
  namespace: other
  expect: { verdict: skipped }
`;
  const outputs = suite(
    '- name: output\n  input: bare.yaml\n  expect: { verdict: allowed, output: filled.yaml }',
    '[agents]',
  );
  const folder = folderWith({
    'suite.yaml': suite(cases, '[policy.yaml]'),
    'out.test.yaml': outputs,
    'policy.yaml': LABEL_POLICY,
    'pod.yaml': PRIVILEGED_POD,
    'bare.yaml': BARE_POD,
    'ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: agents, labels: { tier: agents } }\n',
  });
  const filled = await sandgate(folder, 'inject -p agents -f bare.yaml -o json');
  writeFileSync(`${folder}/filled.yaml`, filled.stdout);
  const printed = await sandgate(folder, 'test .');
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(printed.stdout).toContain('4 passed, 0 failed');
});

test('annotations of namespaces, by the case or by a namespace in a context', async () => {
  const cases = `
- name: by annotations of the case
  input: pod.yaml
  namespaceAnnotations: { example.com/users: 5000/10 }
  expect: { verdict: allowed }
- name: by a namespace in a context
  input: pod.yaml
  context: [ns.yaml]
  namespaceAnnotations: { example.com/users: 5000/10 }
  expect: { verdict: denied, findings: [{ check: userRange }] }
- name: without any
  input: pod.yaml
  expect: { verdict: denied, findings: [{ check: namespaceUsers }] }
`;
  const folder = folderWith({
    'suite.yaml': suite(cases, '[policy.yaml]'),
    'policy.yaml': policyYaml('p', 'identity: { users: { fromNamespaceAnnotation: example.com/users } }'),
    'pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: p, namespace: agents }
spec: { containers: [{ name: a, securityContext: { runAsUser: 5000 } }] }
`,
    'ns.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: agents, annotations: { example.com/users: 6000/10 } }
`,
  });
  const { code, stdout } = await sandgate(folder, 'test .');
  expect([code, stdout]).toEqual([0, expect.stringContaining('3 passed, 0 failed')]);
});

function row(check: string, path: string, container: string): string {
  const reason = check === 'hostNamespaces' ? 'host namespaces' : check;
  return `{"check":"${check}","reason":"${reason}","path":"${path}"${container},"action":"Deny","policy":"baseline"}`;
}

test('a failure shows what was expected and what came', async () => {
  const cases = `
- name: verdict
  input: pod.yaml
  expect: { verdict: allowed }
- name: findings
  input: pod.yaml
  expect:
    verdict: denied
    findings: [{ check: privileged, container: sidecar }, { check: hostPorts }]
- name: warnings and output
  input: web.yaml
  expect: { verdict: denied, warnings: [nothing of the sort], output: pod.yaml }
`;
  const folder = folderWith({ 'suite.yaml': suite(cases), 'pod.yaml': PRIVILEGED_POD, 'web.yaml': DEPLOYMENT });
  const printed = await sandgate(folder, 'test suite.yaml');
  expect(printed).toMatchObject({ code: 1, stderr: '' });
  const lines = printed.stdout.split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '  FAIL  verdict',
      '        verdict: expected allowed, got denied (hostNamespaces: host namespaces (hostNetwork=true); privileged: privileged (container "app" must not set securityContext.privileged=true))',
      '  FAIL  findings',
      `        findings: expected {"check":"privileged","container":"sidecar"}, got ${row('privileged', 'spec.containers[0].securityContext.privileged', ',"container":"app"')}`,
      '        findings: expected {"check":"hostPorts"}, got none of that check',
      `        findings: expected none of hostNamespaces, got ${row('hostNamespaces', 'spec.hostNetwork', '')}`,
      '        warnings: expected "nothing of the sort" in one of []',
      '        --- expected',
      '        +++ got',
      '        -kind: Pod',
      '        +kind: Deployment',
      '0 passed, 3 failed',
    ]),
  );
});

test('a suite with mistakes is refused, with the place of each', async () => {
  const cases = `
- nam: x
  input: pod.yaml
  expect: { verdict: alowed }
- name: both
  input: pod.yaml
  object: {}
  expect: { verdict: denied, finding: [] }
`;
  const printed = await sandgate(folderWith({ 'suite.yaml': suite(cases) }), 'test suite.yaml');
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  const lines = printed.stderr.trimEnd().split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'sandgate: suite.yaml:7:7: /spec/cases/0/nam: unknown key (did you mean "name"?)',
      'sandgate: suite.yaml:9:26: /spec/cases/0/expect/verdict: "alowed" is not one of allowed, denied, skipped (did you mean "allowed"?)',
      'sandgate: suite.yaml:10:7: /spec/cases/1: expected either input, object or review, found both',
      'sandgate: suite.yaml:13:34: /spec/cases/1/expect/finding: unknown key (did you mean "findings"?)',
    ]),
  );
});

test.each([
  [
    'a missing input',
    '- name: a\n  input: none.yaml\n  expect: { verdict: denied }',
    'suite.yaml:8:14: none.yaml: no such file or folder',
  ],
  [
    'an object that is none',
    '- name: a\n  object: { kind: Pod }\n  expect: { verdict: denied }',
    'suite.yaml:8:15: not a Kubernetes object (expected an apiVersion, such as v1)',
  ],
  [
    'two cases of one name',
    '- name: a\n  object: {}\n  expect: { verdict: denied }\n- name: a\n  object: {}\n  expect: { verdict: denied }',
    'suite.yaml:10:13: another case is named "a" as well (expected a name that no other case has)',
  ],
])('%s is a mistake', async (_, cases, message) => {
  const printed = await sandgate(folderWith({ 'suite.yaml': suite(cases) }), 'test suite.yaml');
  expect(printed).toMatchObject({ code: 2, stdout: '', stderr: `sandgate: ${message}\n` });
});

test('no suite is a mistake: what tests nothing must not look green', async () => {
  const printed = await sandgate(folderWith({ 'tests/pod.yaml': BARE_POD }), 'test .');
  expect(printed).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'sandgate: no test suite in . (expected kind PolicyTest)\n',
  });
});

test.each([
  ['the whole reason', 'unknown_capability: podman', 0],
  ['its code', 'unknown_capability', 0],
  ['another code', 'docker_capability_not_configured', 1],
  ['part of a code', 'unknown', 1],
])('a reason is compared with %s', async (_, reason, code) => {
  const cases = `
- name: asks for a class that is not there
  object:
    apiVersion: v1
    kind: Pod
    metadata: { name: a, annotations: { sandgate.dev/capabilities: podman } }
    spec: { containers: [{ name: app, image: "nginx:1.29" }] }
  expect: { verdict: denied, findings: [{ check: capabilityGrants, reason: "${reason}" }] }
`;
  expect(await sandgate(folderWith({ 'suite.yaml': suite(cases) }), 'test suite.yaml')).toMatchObject({ code });
});

test('the schema of suites is one, by the rules of its own draft', () => {
  const ajv = new Ajv2020();
  expect(ajv.validateSchema(POLICY_TEST_SCHEMA), ajv.errorsText()).toBe(true);
});

describe('docs/policy-tests.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/policy-tests.md'), 'utf8');

  test('its suites pass, and print what stands there', async () => {
    const blocks = [...page.matchAll(/^```yaml\n# (\S+)\n(.*?)^```/gms)];
    const folder = folderWith({});
    mkdirSync(join(folder, 'tests'));
    for (const [, file = '', text = ''] of blocks) writeFileSync(join(folder, file), text);
    const commands = [...page.matchAll(/^\$ sandgate (.*?)\n(.*?)^```/gms)];
    expect(commands).toHaveLength(3);
    for (const [, line = '', stdout] of commands) {
      expect(await sandgate(folder, line)).toMatchObject({ code: 0, stdout, stderr: '' });
    }
  });

  test('every key is in it', () => {
    const { properties } = POLICY_TEST_SCHEMA;
    const keys = keysIn(ownField(properties, 'spec'));
    expect(keys).toEqual(expect.arrayContaining(['policies', 'groups', 'warnings', 'reason']));
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});

/** The keys that documents of a schema can have, at any depth. */
function keysIn(schema: unknown): readonly string[] {
  const properties = ownField(schema, 'properties');
  const own = isJsonObject(properties) ? Object.entries(properties) : [];
  const items = ownField(schema, 'items');
  return [...own.flatMap(([key, value]) => [key, ...keysIn(value)]), ...(items === undefined ? [] : keysIn(items))];
}
