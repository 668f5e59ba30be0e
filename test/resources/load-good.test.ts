// Documents that are accepted, what becomes of them, and what they are warned about.
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/manifests/source.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { type LoadResult, loadPolicies } from '../../src/resources/load.ts';
import { HEAD } from './bad-files.ts';
import { DOUBTFUL, EVERYTHING } from './good-files.ts';

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
  expect(policy?.fillIns.map((fillIn) => fillIn.id)).toEqual(
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
    fillIns: [],
    runtimeClass: undefined,
    objectFillIns: [],
    addedLabels: undefined,
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

test.each(DOUBTFUL)('warned about: $name', ({ spec, says }) => {
  expect(load(HEAD + spec).warnings.map(formatProblem)).toEqual(says);
});

test('warnings also come with problems', () => {
  const result = loadPolicies([{ file: 'a.yaml', text: `${HEAD}spec: {}\n---\n${HEAD}spec: { harden: baseline }\n` }]);
  expect(result.ok).toBe(false);
  expect(result.warnings.map(formatProblem)).toEqual(['a.yaml:4:1: /spec: fills in nothing and requires nothing']);
});
