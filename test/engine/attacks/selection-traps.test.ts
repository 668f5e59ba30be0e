// Objects that looked as if a policy did not apply to them, and do answer to it; and namespaces whose labels are not known.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../../src/engine/gate.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const bare = { containers: [{ name: 'a', image: 'nginx' }] };
const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' }, spec: bare };

function strict(gate: Gate): Gate {
  return { ...gate, enforcement: () => 'Enforce' };
}

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
  const image = { containers: [{ name: 'a', image: 'other' }], hostNetwork: true, hostPID: true };
  const relabelled = { ...pod, metadata: { name: 'w' }, spec: image };
  expect(validate(subjectOf(relabelled, { operation: 'UPDATE', oldObject: old }), gate).verdict).toBe('denied');
});

test('a label that is no text dodges no policy', () => {
  const gate = gateOf(
    policyYaml('p', 'match: { objectSelector: { matchLabels: { tier: "1" } } }\npodSecurity: { level: baseline }'),
  );
  expect(validate(subjectOf({ ...pod, metadata: { labels: { tier: 1 } } }), gate).findings[0]?.check).toBe('shape');
});
