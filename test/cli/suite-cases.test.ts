// The cases of suites beyond objects that are created: updates, subresources, recorded reviews, one case for many rows.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BARE_POD, folderWith, PRIVILEGED_POD, sandgate } from './console.ts';

function suite(cases: string, policies = '[baseline]'): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec:
  policies: ${policies}
  cases:
    ${cases.trim().replaceAll('\n', '\n    ')}
`;
}

const POD =
  '{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { containers: [{ name: a, image: "nginx:1" }] } }';

async function run(cases: string, files: Readonly<Record<string, string>> = {}, policies?: string) {
  return await sandgate(folderWith({ ...files, 'suite.yaml': suite(cases, policies) }), 'test suite.yaml');
}

function deployment(replicas: number, more = ''): string {
  return `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: n }, spec: { replicas: ${replicas}, template: { spec: { ${more} containers: [{ name: a, image: "nginx:1", securityContext: { privileged: true } }] } } } }`;
}

function sized(memory: string): string {
  return POD.replace('image: "nginx:1"', `image: "nginx:1", resources: { limits: { memory: ${memory} } }`);
}

function reviewOf(request: object): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u', ...request },
  });
}

describe('an update', () => {
  test('of what was wrong before is let through with a warning, and refused where something new is wrong', async () => {
    const cases = `
- name: an old violation stays
  oldObject: ${deployment(1)}
  object: ${deployment(2)}
  expect: { verdict: allowed, findings: [{ check: privileged, action: Warn }] }
- name: a new violation
  oldObject: ${deployment(1)}
  object: ${deployment(1, 'hostPID: true,')}
  expect:
    verdict: denied
    findings: [{ check: hostNamespaces, action: Deny }, { check: privileged }]
- name: from files
  oldInput: old
  input: new.yaml
  expect: { verdict: allowed }
`;
    const files = {
      'old/web.yaml': deployment(1),
      'old/other.yaml': BARE_POD,
      'new.yaml': deployment(2),
    };
    expect(await run(cases, files)).toMatchObject({ code: 0, stdout: expect.stringContaining('3 passed') as unknown });
  });

  test('of an object that is not among the old ones is a mistake, at its place', async () => {
    const cases = `- name: a\n  oldObject: ${POD.replace('name: a }', 'name: b }')}\n  object: ${POD}\n  expect: { verdict: allowed }`;
    expect(await run(cases)).toMatchObject({
      code: 2,
      stderr:
        'sandgate: suite.yaml:9:15: Pod "a" is not among the old objects (expected one of the same kind and name)\n',
    });
  });
});

describe('a subresource', () => {
  const debugged = POD.replace(
    'spec: { ',
    'spec: { ephemeralContainers: [{ name: d, image: "busybox:1", securityContext: { privileged: true } }], ',
  );

  test('that adds an ephemeral container is judged, and one that changes no pod template is skipped', async () => {
    const cases = `
- name: debug
  subresource: ephemeralcontainers
  oldObject: ${POD}
  object: ${debugged}
  expect: { verdict: denied, findings: [{ check: privileged, container: d }] }
- name: status
  subresource: status
  oldObject: ${POD}
  object: ${debugged}
  expect: { verdict: skipped }
`;
    expect(await run(cases)).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passed') as unknown });
  });

  test('that resizes a pod is held to the bounds of its resources', async () => {
    const policy = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: small }
spec: { resources: { max: { limits.memory: 1Gi } } }
`;
    const cases = `
- name: \${to}
  each: [{ to: 1Gi, verdict: allowed }, { to: 2Gi, verdict: denied }]
  subresource: resize
  oldObject: ${sized('512Mi')}
  object: ${sized(`'\${to}'`)}
  expect: { verdict: "\${verdict}" }
`;
    const printed = await run(cases, { 'policy.yaml': policy }, '[policy.yaml]');
    expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passed') as unknown });
  });

  test('without what it replaces is a mistake', async () => {
    const cases = `- name: a\n  subresource: resize\n  object: ${POD}\n  expect: { verdict: allowed }`;
    expect((await run(cases)).stderr).toContain(
      'subresource is given without what the objects replace (expected oldInput or oldObject)',
    );
  });
});

describe('a review', () => {
  const pods = {
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'agents',
    name: 'a',
    userInfo: { username: 'jane', groups: ['dev'] },
    dryRun: false,
  };
  const spec = { hostPID: true, containers: [{ name: 'a', image: 'nginx:1' }] };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'agents' }, spec };

  test('that an API server sent is judged as the request that it holds', async () => {
    const cases = `
- name: creation
  review: create.json
  expect: { verdict: denied, findings: [{ check: hostNamespaces, path: spec.hostPID }] }
- name: deletion
  review: delete.json
  expect: { verdict: skipped }
- name: by the labels of its namespace
  review: create.json
  namespaceLabels: { tier: other }
  expect: { verdict: denied }
`;
    const files = {
      'create.json': reviewOf({ ...pods, object, oldObject: null }),
      'delete.json': reviewOf({ ...pods, operation: 'DELETE', object: null, oldObject: object }),
    };
    expect(await run(cases, files)).toMatchObject({ code: 0, stdout: expect.stringContaining('3 passed') as unknown });
  });

  test.each([
    ['review: r.json\n  user: jane', 'a review says itself who asks for what (expected it without'],
    ['review: r.json\n  object: {}', 'expected either input, object or review, found both'],
    ['review: pod.yaml', 'pod.yaml:1:1: kind: expected AdmissionReview, got "Pod"'],
    ['review: two.yaml', 'two.yaml: 2 objects (expected one AdmissionReview)'],
  ])('given as %j is a mistake', async (keys, message) => {
    const cases = `- name: a\n  ${keys}\n  expect: { verdict: denied }`;
    const files = { 'r.json': reviewOf(pods), 'pod.yaml': BARE_POD, 'two.yaml': `${BARE_POD}---\n${BARE_POD}` };
    const printed = await run(cases, files);
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain(message);
  });
});

describe('a case for many rows', () => {
  test('is one case for each, with values of any type in place of parameters', async () => {
    const cases = `
- name: \${image} by \${user} is \${verdict}
  each:
    - { image: "nginx:1", user: 0, verdict: denied, findings: [{ check: runAsUser }, { check: runAsNonRoot }] }
    - { image: "nginx:2", user: 1000, verdict: allowed, findings: [] }
  object:
    apiVersion: v1
    kind: Pod
    metadata: { name: a }
    spec:
      securityContext: { runAsUser: "\${user}" }
      containers: [{ name: a, image: "\${image}", args: ["\${HOME} \${missing}"] }]
  expect: { verdict: "\${verdict}", findings: "\${findings}" }
`;
    const policy =
      'apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: p }\nspec: { podSecurity: { level: restricted }, harden: restricted, identity: { runAsNonRoot: true } }\n';
    const printed = await run(cases, { 'policy.yaml': policy }, '[policy.yaml]');
    expect(printed.stdout).toContain('  ok    nginx:1 by 0 is denied\n  ok    nginx:2 by 1000 is allowed\n');
  });

  test.each([
    ['each: []', 'suite.yaml:8:13: expected a list of at least one map, each with the parameters of one case'],
    ['each: [{}]', 'suite.yaml:8:14: expected a map with the parameters of a case'],
    [
      'each: [{ A: 1 }]',
      'suite.yaml:8:16: is not the name of a parameter (expected letters and digits, the first in lower case)',
    ],
    ['each: [{ tag: 1 }, { other: 2 }]', 'suite.yaml:8:26: expected the parameters of the first row: tag'],
    ['each: [{ tag: 1, unused: 2 }]', `suite.yaml:8:24: "\${unused}" stands nowhere in the case`],
    [
      `each: [{ tag: 1 }]\n  user: "\${naem}"`,
      `suite.yaml:9:13: "\${naem}" is not a parameter of each (expected one of tag)`,
    ],
    [
      'each: [{ tag: 1 }, { tag: 1 }]',
      'suite.yaml:7:13: another case is named "case 1" as well (expected a name that no other case has)',
    ],
    [
      'each: [{ tag: 1 }, { tag: 2 }]\n  usr: x',
      'suite.yaml:9:7: /spec/cases/0/usr: unknown key (did you mean "user"?)',
    ],
  ])('with the mistake %s is refused, once and at its place', async (keys, message) => {
    const cases = `- name: case \${tag}\n  ${keys}\n  object: ${POD}\n  expect: { verdict: allowed }`;
    const printed = await run(cases);
    expect(printed).toMatchObject({ code: 2, stdout: '' });
    expect(printed.stderr.trimEnd().split('\n')).toEqual([`sandgate: ${message}`]);
  });
});

describe('--update', () => {
  const CASES = `
- name: file
  input: pod.yaml
  expect: { verdict: allowed, output: file.completed.yaml }
- name: in place
  object: ${POD}
  expect: { verdict: allowed, output: inline.completed.json }
- name: still wrong
  input: bad.yaml
  expect: { verdict: allowed }
`;

  test('writes outputs as inject prints them, says which, and leaves what does not differ', async () => {
    const folder = folderWith({
      'suite.yaml': suite(CASES, '[agents]'),
      'pod.yaml': BARE_POD,
      'bad.yaml': PRIVILEGED_POD,
      'inline.completed.json': '{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "old" } }',
    });
    const updated = await sandgate(folder, 'test suite.yaml --update');
    expect(updated).toMatchObject({
      code: 1,
      stderr: 'sandgate: file.completed.yaml: written\nsandgate: inline.completed.json: written\n',
      stdout: expect.stringContaining('2 passed, 1 failed') as unknown,
    });
    const written = readFileSync(join(folder, 'file.completed.yaml'), 'utf8');
    expect(written).toBe((await sandgate(folder, 'inject -p agents -f pod.yaml')).stdout);
    expect(written).toContain('# the web');
    expect(await sandgate(folder, 'test suite.yaml --update')).toMatchObject({ stderr: '' });
    writeFileSync(join(folder, 'file.completed.yaml'), BARE_POD);
    expect((await sandgate(folder, 'test suite.yaml')).stdout).toContain('1 passed, 2 failed');
  });
});
