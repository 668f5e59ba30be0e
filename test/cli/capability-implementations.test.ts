// --capability-implementations and its variable, in every command that judges.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ownField } from '../../src/model/json.ts';
import { folderWith, sandgate } from './console.ts';

const POLICIES = resolve(import.meta.dirname, '../../policies');
const POD = `apiVersion: v1
kind: Pod
metadata: { name: builder, annotations: { sandgate.dev/capabilities: docker } }
spec: { containers: [{ name: app, image: "docker:28-cli" }] }
`;
const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: builders }
spec:
  capabilities: [{ name: docker }]
`;
const SUITE = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: suite }
spec:
  policies: [policy.yaml]
  cases:
    - { name: kata, input: pod.yaml, expect: { verdict: allowed, output: kata.yaml } }
`;
const KATA = '{"docker":"kata-qemu"}';

function folder(more: Readonly<Record<string, string>> = {}): string {
  const shipped = readFileSync(resolve(POLICIES, 'capabilities/docker/class.yaml'), 'utf8');
  return folderWith({ 'pod.yaml': POD, 'policy.yaml': `${POLICY}---\n${shipped}`, 'suite.yaml': SUITE, ...more });
}

const REVIEW = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u',
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'a',
    userInfo: {},
    object: parse(POD) as unknown,
  },
});

test.each([
  ['the option', ['--capability-implementations', KATA], {}],
  ['the variable', [], { CAPABILITY_IMPLEMENTATIONS: KATA }],
])('%s chooses the implementation for check, inject, review and suites', async (_, option, env) => {
  const plain = await sandgate(folder(), 'inject -p policy.yaml -f pod.yaml', { env: {} });
  expect(plain.stdout).not.toContain('runtimeClassName: kata-qemu');
  const injected = await sandgate(folder(), ['inject', '-p', 'policy.yaml', '-f', 'pod.yaml', ...option], { env });
  expect(injected.stdout).toContain('runtimeClassName: kata-qemu');

  const checked = await sandgate(folder(), ['check', '-p', 'policy.yaml', '-f', 'pod.yaml', '-o', 'json', ...option], {
    env,
  });
  expect(checked.code).toBe(0);
  expect(checked.stdout).toContain('"kata-qemu"');

  const review = folder({ 'review.json': REVIEW });
  const reply = await sandgate(review, ['review', '-p', 'policy.yaml', '-f', 'review.json', '--mutate', ...option], {
    env,
  });
  const patch = ownField(ownField(reply.json(), 'response'), 'patch');
  expect(Buffer.from(String(patch), 'base64').toString()).toContain('kata-qemu');

  const suite = folder({ 'kata.yaml': injected.stdout });
  expect(await sandgate(suite, ['test', 'suite.yaml', ...option], { env })).toMatchObject({ code: 0 });
  expect(await sandgate(suite, 'test suite.yaml')).toMatchObject({ code: 1 });
});

test('an implementation that does not exist is a mistake, and policies without classes have no use for the option', async () => {
  const env = { CAPABILITY_IMPLEMENTATIONS: '{"docker":"kata"}' };
  const printed = await sandgate(folder(), 'check -p policy.yaml -f pod.yaml', { env });
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain('names implementation "kata", which class "docker" does not have');
  expect(await sandgate(folder(), 'check -p baseline -f pod.yaml', { env })).toMatchObject({ code: 1, stderr: '' });
});

test('a suite of what ships with Sandgate prints no warnings about it', async () => {
  const printed = await sandgate(POLICIES, 'test capabilities/docker-k8s-runner');
  expect(printed.code).toBe(0);
  expect(printed.stderr).not.toContain('warning');
});
