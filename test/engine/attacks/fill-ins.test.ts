// Attacks that got through once, and legal objects that were refused: each stays mended.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../../src/engine/gate.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const bare = { containers: [{ name: 'a', image: 'nginx' }] };
const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' }, spec: bare };

function box(labels: JsonObject): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 'b' },
    spec: { podTemplate: { metadata: { labels }, spec: { ...bare, hostNetwork: true } } },
  };
}

function strict(gate: Gate): Gate {
  return { ...gate, enforcement: () => 'Enforce' };
}

function annotated(...names: string[]): JsonObject {
  return {
    ...pod,
    metadata: {
      name: 'w',
      annotations: Object.fromEntries(
        names.map((name) => [`container.apparmor.security.beta.kubernetes.io/${name}`, 'unconfined']),
      ),
    },
  };
}

test.each([
  [
    'a user that another policy gives',
    'identity: { fsGroup: 1 }',
    'identity: { runAsUser: 1000, runAsNonRoot: false }',
  ],
  ['a group that another policy gives', 'identity: { fsGroupChangePolicy: Always }', 'identity: { fsGroup: 1000 }'],
])('a policy that waits for %s gets its turn', (_, first, second) => {
  const gate = gateOf([policyYaml('a', first), policyYaml('b', second)]);
  const once = mutate(subjectOf(pod), gate).object ?? pod;
  expect(mutate(subjectOf(once), gate).object).toBe(once);
  expect(validate(subjectOf(once), gate).findings).toEqual([]);
});

test.each(['warn', 'audit'])('a missed fill-in is a denial, also where the namespace has a label for %s', (mode) => {
  const labels = { [`pod-security.kubernetes.io/${mode}`]: 'restricted' };
  const gate = gateOf(policyYaml('p', 'podSecurity: { fromNamespaceLabels: true }\nharden: restricted'), {
    agents: labels,
  });
  expect(validate(subjectOf(pod), gate).verdict).toBe('denied');
});

test('a claim can adopt a sandbox that violated before', () => {
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }\nharden: restricted'));
  const adopted = box({ 'agents.x-k8s.io/claim-uid': 'u' });
  const request = { operation: 'UPDATE', oldObject: box({}) };
  expect(mutate(subjectOf(adopted, request), gate).skip).toBe('template-unchanged');
  expect(validate(subjectOf(adopted, request), gate).verdict).toBe('allowed');
});

test('a Deployment answers to the policies of its pods', () => {
  const web: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { template: { spec: bare } },
  };
  const podsOnly = gateOf(policyYaml('p', 'match: { kinds: [Pod] }\npodSecurity: { level: restricted }'));
  expect(validate(subjectOf(web), strict(podsOnly)).verdict).toBe('denied');
  const filledIn = gateOf([
    policyYaml('fills', 'match: { kinds: [Pod] }\nharden: restricted'),
    policyYaml('judges', 'podSecurity: { level: restricted }'),
  ]);
  expect(validate(subjectOf(web), strict(filledIn)).verdict).toBe('allowed');
});

describe('a namespace nobody knows', () => {
  const tiers = 'match: { kinds: [Sandbox], namespaceSelector: { matchLabels: { tier: x } } }';
  test('refuses only what a policy might be meant for', () => {
    const gate = gateOf(policyYaml('p', `${tiers}\npodSecurity: { level: restricted }`));
    expect(validate(subjectOf(pod), gate).skip).toBe('no-policy');
  });
  test('refuses no more than its policies would', () => {
    const audit = tiers.replace('kinds: [Sandbox], ', '');
    const gate = gateOf(policyYaml('p', `${audit}\nvalidationActions: [Audit]\npodSecurity: { level: restricted }`));
    expect(validate(subjectOf(pod), gate).verdict).toBe('allowed');
  });
  test('has a name all the same', () => {
    const named = 'match: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: other } } }';
    const gate = gateOf(policyYaml('p', `${named}\npodSecurity: { level: restricted }`));
    expect(validate(subjectOf(pod), gate).skip).toBe('no-policy');
    expect(validate(subjectOf(pod, { namespace: 'other' }), gate).verdict).toBe('denied');
  });
  test('keeps no finalizer', () => {
    const gate = gateOf(policyYaml('p', 'podSecurity: { fromNamespaceLabels: true }'));
    const done = { ...pod, metadata: { name: 'w', finalizers: [] } };
    const request = { operation: 'UPDATE', oldObject: { ...pod, metadata: { name: 'w', finalizers: ['x'] } } };
    expect(validate(subjectOf(done, request), gate).verdict).toBe('allowed');
  });
});

test('taking a label off does not take its policy off in the same step', () => {
  const gate = gateOf(
    policyYaml('p', 'match: { objectSelector: { matchLabels: { app: x } } }\npodSecurity: { level: baseline }'),
  );
  const old = { ...pod, metadata: { name: 'w', labels: { app: 'x' } }, spec: { ...bare, hostNetwork: true } };
  const image = { containers: [{ name: 'a', image: 'other' }], hostNetwork: true };
  const relabelled = { ...pod, metadata: { name: 'w' }, spec: image };
  expect(validate(subjectOf(relabelled, { operation: 'UPDATE', oldObject: old }), gate).verdict).toBe('denied');
});

test('half mending a pod is let through', () => {
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));
  const request = { operation: 'UPDATE', oldObject: annotated('a', 'b') };
  expect(validate(subjectOf(annotated('a'), request), gate).verdict).toBe('allowed');
  expect(validate(subjectOf(annotated('a', 'c'), request), gate).verdict).toBe('denied');
});

test('a label that is no text dodges no policy', () => {
  const gate = gateOf(
    policyYaml('p', 'match: { objectSelector: { matchLabels: { tier: "1" } } }\npodSecurity: { level: baseline }'),
  );
  expect(validate(subjectOf({ ...pod, metadata: { labels: { tier: 1 } } }), gate).findings[0]?.check).toBe('shape');
});
