// Exceptions of namespaces on the command line: among the policies and among the manifests, in suites, in output, and as drafts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/manifests/manifest.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { exceptionYaml } from '../support/exceptions.ts';
import { policyYaml } from '../support/gate.ts';
import { folderWith, sandgate } from './console.ts';

const POLICY = policyYaml(
  'p',
  'podSecurity: { level: baseline }\nexceptions: { allow: true, forbiddenChecks: [hostNamespaces] }',
);
const EXCEPTION = exceptionYaml('vpn', 'checks: [privileged], images: ["ghcr.io/acme/vpn"]', 'team-a');
const POD = `apiVersion: v1
kind: Pod
metadata: { name: vpn, namespace: team-a }
spec:
  containers: [{ name: tunnel, image: "ghcr.io/acme/vpn:1", securityContext: { privileged: true } }]
`;
const NOW = '--now 2027-01-01';

function folder(more: Readonly<Record<string, string>> = {}): string {
  return folderWith({ 'p.yaml': POLICY, 'pod.yaml': POD, 'e.yaml': EXCEPTION, ...more });
}

/** The documents that were drafted. */
function specsIn(cwd: string): readonly JsonObject[] {
  const { documents } = parseManifest(readFileSync(join(cwd, 'new.yaml'), 'utf8'), 'new.yaml');
  return documents.map(({ value }) => value).filter(isJsonObject);
}

describe('check', () => {
  test.each([
    ['among the policies', '-p p.yaml e.yaml -f pod.yaml'],
    ['among the manifests', '-p p.yaml -f pod.yaml e.yaml'],
    ['in the context', '-p p.yaml -f pod.yaml --context e.yaml'],
    ['among both', '-p p.yaml e.yaml -f pod.yaml e.yaml'],
  ])('takes an exception %s, and names it in text', async (_, args) => {
    const cwd = folder();
    expect((await sandgate(cwd, `check -p p.yaml -f pod.yaml ${NOW}`)).code).toBe(1);
    const { code, stdout, stderr } = await sandgate(cwd, `check ${args} ${NOW}`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`Pod team-a/vpn  allowed  pod.yaml:1
  audit  privileged: privileged (container "tunnel" must not set securityContext.privileged=true; excepted by team-a/vpn until 2027-06-30: tunnels)
         where spec.containers[0].securityContext.privileged  pod.yaml:5
         why   PodSecurity "baseline:latest", by policy "p"

0 denied, 1 allowed, 0 skipped
covered by exceptions: team-a/vpn (until 2027-06-30) 1
`);
  });

  test('names it in JSON, at each finding and in all', async () => {
    const printed = await sandgate(folder(), `check -p p.yaml -f pod.yaml e.yaml -o json ${NOW}`);
    const exception = { name: 'team-a/vpn', reason: 'tunnels', expires: '2027-06-30' };
    expect(printed.json()).toMatchObject({
      results: [{ verdict: 'allowed', findings: [{ check: 'privileged', action: 'Audit', exception }] }],
      exceptions: [{ ...exception, policy: 'p', checks: ['privileged'], findings: 1 }],
    });
    expect(printed.stdout).not.toContain('requestedBy');
    const without = await sandgate(folder(), `check -p p.yaml -f pod.yaml -o json ${NOW}`);
    expect(without.json()).not.toHaveProperty('exceptions');
  });

  test('goes by the day of --now, to the second, and warns in the last seven days', async () => {
    const cwd = folder();
    const at = async (now: string): ReturnType<typeof sandgate> =>
      await sandgate(cwd, `check -p p.yaml -f pod.yaml e.yaml --now ${now}`);
    expect((await at('2027-06-20')).stdout).not.toContain('warn');
    const last = await at('2027-06-30T23:59:59Z');
    expect(last.code).toBe(0);
    expect(last.stdout).toContain(
      'warn   exception team-a/vpn for privileged ends on 2027-06-30, less than a day from now',
    );
    const over = await at('2027-07-01');
    expect(over.code).toBe(1);
    expect(over.stderr).toBe(
      'sandgate: warning: e.yaml:1: exception team-a/vpn: "2027-06-30" is over: it excepts nothing\n',
    );
  });

  test('gives an exception without a namespace that of -n, as kubectl does', async () => {
    const bare = EXCEPTION.replace(', namespace: team-a', '');
    const cwd = folder({ 'e.yaml': bare });
    for (const args of ['-p p.yaml -f pod.yaml e.yaml', '-p p.yaml e.yaml -f pod.yaml']) {
      expect((await sandgate(cwd, `check ${args} -n team-a ${NOW}`)).code).toBe(0);
      expect((await sandgate(cwd, `check ${args} -n team-b ${NOW}`)).code).toBe(1);
      expect((await sandgate(cwd, `check ${args} ${NOW}`)).code).toBe(1);
    }
  });

  test('says what is wrong with one of the manifests, with its place, and does not let it act', async () => {
    const cwd = folder({ 'e.yaml': EXCEPTION.replace('privileged', 'privilege') });
    const { code, stdout, stderr } = await sandgate(cwd, `check -p p.yaml -f pod.yaml e.yaml ${NOW}`);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'sandgate: e.yaml:4:29: /spec/checks/0: "privilege" is not known (did you mean "privileged"?)\n',
    );
    expect(stdout).toContain('1 denied');
  });

  test('says that a policy does not allow one, and does not let it act', async () => {
    const cwd = folder({ 'e.yaml': EXCEPTION.replace('privileged', 'hostNamespaces') });
    const { code, stderr } = await sandgate(cwd, `check -p p.yaml -f pod.yaml e.yaml ${NOW}`);
    expect([code, stderr]).toEqual([
      2,
      'sandgate: e.yaml:4:29: /spec/checks/0: policy "p" allows no exceptions from hostNamespaces\n',
    ]);
  });

  test('says that two have one name', async () => {
    const cwd = folder({ 'again.yaml': EXCEPTION });
    const { code, stderr } = await sandgate(cwd, `check -p p.yaml -f pod.yaml e.yaml again.yaml ${NOW}`);
    expect(code).toBe(2);
    expect(stderr).toContain('again.yaml:3:19: /metadata/name: "vpn" is taken by the exception at e.yaml:1');
  });
});

test('review takes exceptions from the policies and from the context', async () => {
  const request = {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'team-a',
    userInfo: { username: 'tenant' },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'a', image: 'ghcr.io/acme/vpn', securityContext: { privileged: true } }] },
    },
  };
  const review = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  const cwd = folder({ 'review.json': review });
  expect((await sandgate(cwd, `review -p p.yaml -f review.json ${NOW}`)).code).toBe(1);
  for (const args of ['-p p.yaml e.yaml', '-p p.yaml --context e.yaml']) {
    const printed = await sandgate(cwd, `review ${args} -f review.json ${NOW}`);
    expect(printed.code).toBe(0);
    expect(printed.json()).toMatchObject({
      response: { allowed: true, auditAnnotations: { exceptions: 'team-a/vpn' } },
    });
  }
});

test('suites have exceptions among their policies, inputs and contexts', async () => {
  const suite = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: s }
spec:
  policies: [p.yaml]
  cases:
    - { name: without, input: pod.yaml, now: 2027-01-01, expect: { verdict: denied } }
    - { name: input, input: both.yaml, now: 2027-06-30, expect: { verdict: allowed } }
    - { name: ended, input: both.yaml, now: 2027-07-01, expect: { verdict: denied } }
    - { name: context, input: pod.yaml, context: [e.yaml], now: 2027-01-01, expect: { verdict: allowed } }
`;
  const cwd = folder({ 'suite.yaml': suite, 'both.yaml': `${POD}---\n${EXCEPTION}` });
  expect(await sandgate(cwd, 'test suite.yaml')).toMatchObject({ code: 0 });
  const among = suite
    .replace('[p.yaml]', '[p.yaml, e.yaml]')
    .replaceAll('both.yaml', 'pod.yaml')
    .replace('context: [e.yaml], ', '');
  writeFileSync(join(cwd, 'suite.yaml'), among);
  const { code, stdout } = await sandgate(cwd, 'test suite.yaml');
  expect(code).toBe(1);
  expect(stdout).toMatch(/without[\s\S]*expected denied, got allowed/);
});

describe('check --write-exceptions', () => {
  const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: vpn, namespace: team-a }
spec:
  template:
    metadata: { labels: { app: vpn, pod-template-hash: abc } }
    spec:
      hostNetwork: true
      initContainers: [{ name: init, image: busybox, securityContext: { privileged: true } }]
      containers:
        - name: tunnel
          image: ghcr.io/acme/vpn@sha256:${'a'.repeat(64)}
          securityContext: { privileged: true, capabilities: { add: [NET_ADMIN, SYS_ADMIN] }, seLinuxOptions: { user: root } }
        - { name: web, image: nginx }
---
apiVersion: v1
kind: Pod
metadata: { name: fine, namespace: team-a }
spec: { containers: [{ name: a, image: nginx }] }
`;

  test('drafts what would let in what is denied, as narrow as the findings, and says what cannot be excepted', async () => {
    const cwd = folder({ 'd.yaml': MANIFESTS });
    const { code, stderr } = await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml ${NOW}`);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'sandgate: no exception for hostNamespaces: policy "p" allows no exceptions from it\n' +
        'sandgate: new.yaml: 4 exceptions drafted: fill in reason and expires\n',
    );
    const selector = { matchLabels: { app: 'vpn' } };
    const tunnel = { selector, images: [`ghcr.io/acme/vpn@sha256:${'a'.repeat(64)}`], containers: ['tunnel'] };
    expect(specsIn(cwd).map(({ metadata, spec }) => ({ metadata, spec }))).toEqual(
      [
        ['vpn-tunnel', { checks: ['capabilities_baseline'], ...tunnel, values: ['NET_ADMIN', 'SYS_ADMIN'] }],
        ['vpn-init', { checks: ['privileged'], selector, images: ['busybox'], containers: ['init'], values: ['true'] }],
        ['vpn-tunnel-2', { checks: ['privileged'], ...tunnel, values: ['true'] }],
        ['vpn-tunnel-3', { checks: ['seLinuxOptions'], ...tunnel, values: ['root'] }],
      ].map(([name, spec]) => ({
        metadata: { name, namespace: 'team-a' },
        spec: { policy: 'p', ...(isJsonObject(spec) ? spec : {}), reason: '', expires: '' },
      })),
    );
    expect(readFileSync(join(cwd, 'new.yaml'), 'utf8')).toMatch(/^# Deployment team-a\/vpn at d.yaml:1\n/);
  });

  test('what it drafts is refused until somebody says why and until when, and then lets everything in', async () => {
    const cwd = folder({ 'd.yaml': MANIFESTS.replace('hostNetwork: true', 'dnsPolicy: Default') });
    await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml ${NOW}`);
    const blank = await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`);
    expect(blank.code).toBe(2);
    expect(blank.stderr).toContain('/spec/reason: "" is not valid (expected some words that say why)');
    expect(blank.stderr).toContain('/spec/expires: "" is not valid');
    const filled = readFileSync(join(cwd, 'new.yaml'), 'utf8')
      .replaceAll('reason: ""', 'reason: moved next month')
      .replaceAll('expires: ""', 'expires: 2027-02-01');
    writeFileSync(join(cwd, 'new.yaml'), filled);
    expect(await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`)).toMatchObject({ code: 0, stderr: '' });
    expect((await sandgate(cwd, 'check -p p.yaml -f d.yaml new.yaml --now 2027-02-02')).code).toBe(1);
  });

  test('takes the reason and the end from options', async () => {
    const cwd = folder({ 'd.yaml': MANIFESTS.replace('hostNetwork: true', 'dnsPolicy: Default') });
    const args = ['check', '-p', 'p.yaml', '-f', 'd.yaml', '--write-exceptions', 'new.yaml', '--now', '2027-01-01'];
    await sandgate(cwd, [...args, '--reason', 'moved', '--expires', '2027-02-01']);
    expect(await sandgate(cwd, `check -p p.yaml new.yaml -f d.yaml ${NOW}`)).toMatchObject({ code: 0, stderr: '' });
  });

  test('covers what is missing in pod and containers with one exception for each container', async () => {
    const cwd = folder({
      'p.yaml': policyYaml('p', 'podSecurity: { level: restricted }\nexceptions: { allow: true }'),
      'd.yaml': MANIFESTS,
    });
    await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml --reason r --expires 2027-02-01 ${NOW}`);
    expect(await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`)).toMatchObject({ code: 0, stderr: '' });
    // One container less is one container refused.
    const text = readFileSync(join(cwd, 'new.yaml'), 'utf8');
    writeFileSync(
      join(cwd, 'new.yaml'),
      text
        .split('---\n')
        .filter((one) => !one.includes('- web'))
        .join('---\n'),
    );
    const { code, stdout } = await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`);
    expect(code).toBe(1);
    expect(stdout).toContain('pod or container "web" must set');
  });

  test('drafts an exception from one validation, and from no other', async () => {
    const cwd = folder({
      'p.yaml': policyYaml(
        'p',
        'exceptions: { allow: true }\nvalidations: [{ name: no-host, expression: "!has(object.spec.hostNetwork)" }]',
      ),
      'd.yaml': MANIFESTS,
    });
    await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml --reason r --expires 2027-02-01 ${NOW}`);
    expect(JSON.stringify(specsIn(cwd))).toContain('"checks":["validations/no-host"]');
    expect(await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`)).toMatchObject({ code: 0, stderr: '' });
  });

  test('names the image that will run where a policy replaces registries', async () => {
    const cwd = folder({
      'p.yaml': policyYaml(
        'p',
        'podSecurity: { level: baseline }\nimages: { rewrite: [{ from: docker.io, to: registry.internal/docker }] }\nexceptions: { allow: true }',
      ),
      'd.yaml': MANIFESTS.replace('hostNetwork: true', 'dnsPolicy: Default'),
    });
    await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml --reason r --expires 2027-02-01 ${NOW}`);
    expect(JSON.stringify(specsIn(cwd))).toContain('registry.internal/docker/library/busybox');
    expect((await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`)).code).toBe(0);
  });

  test('tells the pods of an object apart that holds parts of several', async () => {
    const cwd = folder({
      'd.yaml': `apiVersion: kafka.strimzi.io/v1
kind: KafkaConnect
metadata: { name: connect, namespace: team-a }
spec:
  image: registry.example.com/connect
  template:
    pod: { securityContext: { seccompProfile: { type: Unconfined } } }
    connectContainer: { securityContext: { privileged: true } }
    buildContainer: { securityContext: { privileged: true } }
`,
    });
    expect((await sandgate(cwd, `check -p p.yaml -f d.yaml ${NOW}`)).code).toBe(1);
    await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml --reason r --expires 2027-02-01 ${NOW}`);
    expect((await sandgate(cwd, `check -p p.yaml -f d.yaml new.yaml ${NOW}`)).code).toBe(0);
    const containers = specsIn(cwd).map(({ spec }) => (isJsonObject(spec) ? spec.containers : undefined));
    expect(containers).toContainEqual(['connect-build']);
  });

  test('drafts nothing where it could only say every pod of the namespace', async () => {
    const cwd = folder({
      'd.yaml': `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: { name: basic, namespace: team-a }
spec: { podTemplate: { spec: { volumes: [{ name: node, hostPath: { path: / } }] } } }
`,
    });
    const { stderr } = await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions new.yaml ${NOW}`);
    expect(stderr).toContain(
      'no exception for hostPathVolumes of FlinkDeployment team-a/basic: nothing there tells its pods from others',
    );
    expect(existsSync(join(cwd, 'new.yaml'))).toBe(false);
  });

  test('writes nothing over a file that is there, and no file where there is nothing to except', async () => {
    const cwd = folder({ 'd.yaml': MANIFESTS });
    const over = await sandgate(cwd, `check -p p.yaml -f d.yaml --write-exceptions e.yaml ${NOW}`);
    expect(over.code).toBe(2);
    expect(over.stderr).toContain('e.yaml: ');
    expect(readFileSync(join(cwd, 'e.yaml'), 'utf8')).toBe(EXCEPTION);
    const none = await sandgate(cwd, `check -p p.yaml -f pod.yaml e.yaml --write-exceptions new.yaml ${NOW}`);
    expect(none).toMatchObject({
      code: 0,
      stderr: 'sandgate: new.yaml is not written: nothing that was denied can be excepted\n',
    });
    expect(existsSync(join(cwd, 'new.yaml'))).toBe(false);
  });

  test.each([
    [['--reason', 'r'], '--reason without --write-exceptions (expected both)'],
    [['--expires', '2027-02-01'], '--expires without --write-exceptions (expected both)'],
    [['--write-exceptions', 'new.yaml', '--expires', 'soon'], '/spec/expires: "soon" is not valid'],
    [['--write-exceptions', 'no/such/new.yaml'], 'no/such/new.yaml: '],
  ])('%j is refused', async (args, says) => {
    const cwd = folder({ 'd.yaml': MANIFESTS });
    const printed = await sandgate(cwd, ['check', '-p', 'p.yaml', '-f', 'd.yaml', ...args]);
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain(says);
  });
});
