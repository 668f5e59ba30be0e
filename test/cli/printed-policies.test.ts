// Policies as `kubectl get -o yaml` prints them, and policies on standard input.
import { expect, test } from 'vitest';
import { folderWith, PRIVILEGED_POD, sandgate } from './console.ts';

const PRINTED = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"sandgate.dev/v1alpha1"}
  creationTimestamp: "2026-11-01T10:00:00Z"
  generation: 3
  managedFields:
  - apiVersion: sandgate.dev/v1alpha1
    fieldsType: FieldsV1
    fieldsV1: { "f:spec": {} }
    manager: kubectl
    operation: Update
  name: printed
  resourceVersion: "4711"
  uid: 3f2b6c1e-0000-4000-8000-000000000000
spec:
  podSecurity:
    level: baseline
status:
  conditions:
  - { type: Ready, status: "True", observedGeneration: 3 }
  observedGeneration: 3
`;
const LIST = `apiVersion: v1
kind: List
metadata: { resourceVersion: "" }
items:
- ${PRINTED.trimEnd().replaceAll('\n', '\n  ')}
`;

test.each([
  ['one object', PRINTED],
  ['a List', LIST],
])('%s as kubectl prints it is accepted, from a file and from standard input', async (_, policies) => {
  const folder = folderWith({ 'policies.yaml': policies, 'pod.yaml': PRIVILEGED_POD });
  const fromFile = await sandgate(folder, 'check -p policies.yaml -f pod.yaml');
  expect(fromFile).toMatchObject({ code: 1, stderr: '' });
  expect(fromFile.stdout).toContain('by policy "printed"');
  const piped = await sandgate(folder, 'check -p - -f pod.yaml', { stdin: policies });
  expect(piped).toMatchObject({ code: 1, stderr: '', stdout: fromFile.stdout });
});

test('what else is wrong with such a policy is reported where it stands', async () => {
  const stdin = PRINTED.replace('level: baseline', 'level: basline');
  const printed = await sandgate(folderWith({ 'pod.yaml': PRIVILEGED_POD }), 'check -p - -f pod.yaml', { stdin });
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toMatch(/^sandgate: -:20:12: \/spec\/podSecurity\/level: /);
});

test('standard input is read for policies or for manifests', async () => {
  const printed = await sandgate(folderWith({}), 'check -p - -f -', { stdin: PRINTED });
  expect(printed).toMatchObject({
    code: 2,
    stderr: 'sandgate: -p - and -f - both read standard input (expected one of them)\n',
  });
});

test('several policies can be given with commas, as kubectl takes them', async () => {
  const folder = folderWith({ 'policies.yaml': PRINTED, 'pod.yaml': PRIVILEGED_POD, 'a,b.yaml': PRIVILEGED_POD });
  const printed = await sandgate(folder, 'check -p policies.yaml,restricted -f pod.yaml,a,b.yaml');
  expect(printed.stderr).toContain('sandgate: a: no such file or folder\n');
  const both = await sandgate(folder, 'check -p policies.yaml,restricted -f a,b.yaml');
  expect(both).toMatchObject({ code: 1, stderr: '' });
  expect(both.stdout).toContain('by policy "restricted"');
  expect(both.stdout).toContain('by policy "printed"');
});
