// Pods as `kubectl get pods -o yaml` prints them: what runs is judged as it runs.
import { expect, test } from 'vitest';
import { BARE_POD, folderWith, sandgate } from './console.ts';

const PODS = `apiVersion: v1
kind: List
metadata: { resourceVersion: "" }
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: kube-apiserver-cp1
    namespace: kube-system
    annotations: { kubernetes.io/config.mirror: 2b9e }
    ownerReferences: [{ apiVersion: v1, kind: Node, name: cp1, uid: u, controller: true }]
  spec: { hostNetwork: true, containers: [{ name: a, image: "registry.k8s.io/kube-apiserver:v1.36.0" }] }
  status: { phase: Running }
- apiVersion: v1
  kind: Pod
  metadata: { name: going, namespace: agents, uid: 7c1a, deletionTimestamp: "2026-09-01T00:00:00Z" }
  spec: { hostNetwork: true, containers: [{ name: a, image: "nginx:1" }] }
- apiVersion: v1
  kind: Pod
  metadata: { name: runs, namespace: agents }
  spec: { containers: [{ name: a, image: "nginx:1" }] }
  status: { phase: Running }
- apiVersion: v1
  kind: Pod
  metadata: { name: waits, namespace: agents, uid: 3f2b6c1e }
  spec: { containers: [{ name: a, image: "nginx:1" }] }
`;

test('pods that exist are judged as they are; mirror pods and those being deleted are skipped with their reason', async () => {
  const folder = folderWith({ 'new.yaml': BARE_POD });
  const printed = await sandgate(folder, 'check -p agents -f - new.yaml -o json', { stdin: PODS });
  expect(printed.code).toBe(1);
  const seccomp: unknown = expect.objectContaining({ check: 'seccompProfile_restricted' });
  const findings: unknown = expect.arrayContaining([seccomp]);
  expect(printed.json()).toMatchObject({
    results: [
      { verdict: 'skipped', skipReason: 'mirror-pod' },
      { verdict: 'skipped', skipReason: 'being-deleted' },
      { object: { name: 'runs' }, verdict: 'denied', findings, patch: [] },
      { object: { name: 'waits' }, verdict: 'denied', findings, patch: [] },
      { object: { name: 'bare' }, verdict: 'allowed' },
    ],
  });
});

test('a deletionTimestamp in a manifest, where nothing has been stored yet, keeps nobody from being judged', async () => {
  const pod = PODS.slice(PODS.indexOf('- apiVersion: v1\n  kind: Pod\n  metadata: { name: going'));
  const manifest = pod
    .slice(0, pod.indexOf('- apiVersion', 1))
    .replace('- apiVersion', '  apiVersion')
    .replaceAll(/^ {2}/gm, '')
    .replace(' uid: 7c1a,', '');
  const folder = folderWith({ 'new.yaml': manifest });
  const checked = await sandgate(folder, 'check -p agents -f new.yaml -o json');
  expect(checked.code).toBe(1);
  expect(checked.json()).toMatchObject({ results: [{ object: { name: 'going' }, verdict: 'denied' }] });
});

test('the annotation of a mirror pod counts only where the pod belongs to its node', async () => {
  const stdin = PODS.replace(/^ *ownerReferences.*\n/m, '');
  const printed = await sandgate(folderWith({}), 'check -p agents -f - -o json', { stdin });
  expect(printed.json()).toMatchObject({ results: [{ verdict: 'denied' }, {}, {}, {}] });
});

test('nothing is filled into a pod that exists', async () => {
  const printed = await sandgate(folderWith({}), 'inject -p agents -f -', { stdin: PODS });
  expect(printed).toMatchObject({
    code: 0,
    stdout: PODS,
    stderr: [
      'sandgate: -:18: Pod runs is left as it is: the security fields of an existing pod cannot be changed',
      'sandgate: -:23: Pod waits is left as it is: the security fields of an existing pod cannot be changed',
      '',
    ].join('\n'),
  });
});
