// Documents that are accepted, what becomes of them, and what they are warned about.
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/model/source.ts';
import { type LoadResult, loadPolicies } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';

const HEAD = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: agents }
`;

function load(...texts: readonly string[]): Extract<LoadResult, { ok: true }> {
  const result = loadPolicies(texts.map((text, index) => ({ file: `${index + 1}.yaml`, text })));
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result;
}

function loadOne(spec: string): Policy {
  const [policy] = load(HEAD + spec).policies.policies;
  if (!policy) throw new Error('no policy');
  return policy;
}

const EVERYTHING = `# everything a policy can say
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata:
  name: agents.example.com
  labels: { app.kubernetes.io/name: sandgate }
  annotations: { example.com/why: "any text: at all" }
spec:
  priority: 100
  match:
    namespaceSelector: { matchLabels: { sandgate.dev/tier: agents } }
    objectSelector:
      matchExpressions:
        - { key: role, operator: NotIn, values: [system, ""] }
        - { key: constructor, operator: DoesNotExist, values: [] }
    kinds: [Pod, Deployment, Job.batch, Sandbox.agents.x-k8s.io]
  validationActions: [Deny, Audit]
  checks:
    hostPorts: { validationActions: [Warn] }
    sysctls: { validationActions: [Audit] }
  podSecurity: { level: restricted, version: v1.35 }
  identity:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    unknownImage: Deny
    images:
      - { image: ghcr.io/kagent-dev/kagent/app, tags: ">=0.10.0-rc.3", runAsUser: 65532, source: Dockerfile, verified: 2026-11-22 }
      - { image: ghcr.io/kagent-dev/kagent/app, runAsUser: 1001 }
      - { image: ghcr.io/kagent-dev/kagent/app, digest: "sha256:${'0'.repeat(64)}", runAsUser: 1002 }
  harden: [seccompProfile, capabilities]
  runtime: { default: gvisor }
`;

test('a policy with every key', () => {
  const { policies, warnings } = load(EVERYTHING);
  expect(warnings).toEqual([]);
  const [policy] = policies.policies;
  expect(policy).toMatchObject({
    name: 'agents.example.com',
    priority: 100,
    origin: '1.yaml:2',
    needsNamespaceLabels: true,
    podSecurity: { from: 'policy', level: 'restricted', version: 'v1.35' },
  });
  expect(policy?.injections.map((injection) => injection.id)).toEqual(
    expect.arrayContaining(['identity', 'seccompProfile', 'capabilities', 'runtimeClass']),
  );
  expect(policy?.actionsFor('privileged')).toEqual({ action: 'Deny', audited: true });
  expect(policy?.actionsFor('hostPorts')).toEqual({ action: 'Warn', audited: false });
  expect(policy?.actionsFor('sysctls')).toEqual({ action: 'Audit', audited: true });
  expect(policy?.actionsFor('constructor')).toEqual({ action: 'Deny', audited: true });
});

test('defaults: priority 0, Deny, the latest version, every kind', () => {
  const policy = loadOne('spec: { podSecurity: { level: baseline } }\n');
  expect(policy).toMatchObject({
    priority: 0,
    needsNamespaceLabels: false,
    podSecurity: { from: 'policy', level: 'baseline', version: 'latest' },
    injections: [],
    checks: [],
  });
  expect(policy.actionsFor('privileged')).toEqual({ action: 'Deny', audited: false });
  expect(policy.mismatch({ kind: 'Anything.example.com', namespaceLabels: {}, labels: {} })).toBeUndefined();
});

test('levels from the labels of the namespace', () => {
  const policy = loadOne('spec: { podSecurity: { fromNamespaceLabels: true } }\n');
  expect(policy).toMatchObject({ podSecurity: { from: 'namespaceLabels' }, needsNamespaceLabels: true });
});

test('an empty namespace selector needs no labels', () => {
  expect(loadOne('spec: { match: { namespaceSelector: {} }, harden: baseline }\n').needsNamespaceLabels).toBe(false);
});

test('why a policy does not match', () => {
  const policy = loadOne(`spec:
  match:
    kinds: [Pod, Deployment]
    namespaceSelector: { matchLabels: { tier: agents } }
    objectSelector:
      matchExpressions:
        - { key: role, operator: In, values: [a, b] }
        - { key: role, operator: NotIn, values: [b] }
        - { key: old, operator: DoesNotExist }
        - { key: team, operator: Exists }
  harden: baseline
`);
  const agents = { tier: 'agents' };
  expect(policy.mismatch({ kind: 'Job.batch', namespaceLabels: {}, labels: {} })).toBe(
    'the kind is not one of Pod, Deployment.apps',
  );
  expect(policy.mismatch({ kind: 'Pod', namespaceLabels: {}, labels: {} })).toBe(
    'namespace label tier is not "agents"',
  );
  expect(policy.mismatch({ kind: 'Pod', namespaceLabels: agents, labels: {} })).toBe(
    'pod label role is not one of "a", "b"',
  );
  expect(policy.mismatch({ kind: 'Pod', namespaceLabels: agents, labels: { role: 'b' } })).toBe(
    'pod label role is "b"',
  );
  expect(policy.mismatch({ kind: 'Pod', namespaceLabels: agents, labels: { role: 'a', old: '' } })).toBe(
    'pod label old is present',
  );
  expect(policy.mismatch({ kind: 'Pod', namespaceLabels: agents, labels: { role: 'a' } })).toBe(
    'pod label team is absent',
  );
  expect(policy.mismatch({ kind: 'Pod', namespaceLabels: agents, labels: { role: 'a', team: '' } })).toBeUndefined();
  expect(
    policy.mismatch({ kind: 'Deployment.apps', namespaceLabels: agents, labels: { role: 'a', team: '' } }),
  ).toBeUndefined();
});

function document(name: string, priority: number): object {
  const spec = { priority, harden: 'baseline' };
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name }, spec };
}

test('Lists, JSON and several files are one set, in order of priority and name', () => {
  const { policies } = load(
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [document('c', 1), document('a', -1)] }, null, 2),
    JSON.stringify({ apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicyList', items: [document('b', 1)] }),
    JSON.stringify(document('d', 2)),
  );
  expect(policies.policies.map(({ name, origin }) => `${name} ${origin}`)).toEqual([
    'd 3.yaml:1',
    'b 2.yaml:1',
    'c 1.yaml:5',
    'a 1.yaml:16',
  ]);
  expect(policies.needsNamespaceLabels).toBe(false);
});

const DOUBTFUL: readonly { readonly name: string; readonly spec: string; readonly says: readonly string[] }[] = [
  {
    name: 'a policy that does nothing',
    spec: 'spec:\n  podSecurity: { level: privileged }\n',
    says: ['1.yaml:4:1: /spec: fills in nothing and requires nothing'],
  },
  {
    name: 'another action for a check of a level that is not set',
    spec: 'spec:\n  harden: baseline\n  checks:\n    hostPorts: { validationActions: [Warn] }\n',
    says: ['1.yaml:7:5: /spec/checks/hostPorts: has no effect: the policy sets no podSecurity level'],
  },
  {
    name: 'another action for checks that the level, the version or a stricter check leaves out',
    spec: `spec:
  podSecurity: { level: baseline, version: v1.24 }
  checks:
    runAsNonRoot: { validationActions: [Warn] }
    hostPorts: { validationActions: [Warn] }
    hostProbesAndHostLifecycle: { validationActions: [Warn] }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: strict }
spec:
  podSecurity: { level: restricted, version: v1.999 }
  checks:
    hostPathVolumes: { validationActions: [Warn] }
    restrictedVolumes: { validationActions: [Warn] }
`,
    says: [
      '1.yaml:7:5: /spec/checks/runAsNonRoot: has no effect: podSecurity baseline:v1.24 does not include the check',
      '1.yaml:9:5: /spec/checks/hostProbesAndHostLifecycle: has no effect: podSecurity baseline:v1.24 does not include the check',
      '1.yaml:17:5: /spec/checks/hostPathVolumes: has no effect: podSecurity restricted:v1.999 does not include the check',
    ],
  },
  {
    name: 'no doubts where the namespace decides',
    spec: `spec:
  podSecurity: { fromNamespaceLabels: true }
  checks:
    hostPathVolumes: { validationActions: [Warn] }
`,
    says: [],
  },
  {
    name: 'another action for an isolation check that is not asked for',
    spec: 'spec:\n  harden: baseline\n  checks:\n    unknownImage: { validationActions: [Warn] }\n',
    says: ['1.yaml:7:5: /spec/checks/unknownImage: has no effect: the policy asks for nothing that it checks'],
  },
];

test.each(DOUBTFUL)('warned about: $name', ({ spec, says }) => {
  expect(load(HEAD + spec).warnings.map(formatProblem)).toEqual(says);
});

test('warnings also come with problems', () => {
  const result = loadPolicies([{ file: 'a.yaml', text: `${HEAD}spec: {}\n---\n${HEAD}spec: { harden: baseline }\n` }]);
  expect(result.ok).toBe(false);
  expect(result.warnings.map(formatProblem)).toEqual(['a.yaml:4:1: /spec: fills in nothing and requires nothing']);
});
