// An object that violated a policy before is changed in what is harmless, or fixed in part: that must be possible.
import { expect, test } from 'vitest';
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

test('a claim can adopt a sandbox that violated before', () => {
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }\nharden: restricted'));
  const adopted = box({ 'agents.x-k8s.io/claim-uid': 'u' });
  const request = { operation: 'UPDATE', oldObject: box({}) };
  expect(mutate(subjectOf(adopted, request), gate).skip).toBe('template-unchanged');
  expect(validate(subjectOf(adopted, request), gate).verdict).toBe('allowed');
});

test('fixing one of two violations of a pod is allowed, moving one is not', () => {
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));
  const request = { operation: 'UPDATE', oldObject: annotated('a', 'b') };
  expect(validate(subjectOf(annotated('a'), request), gate).verdict).toBe('allowed');
  expect(validate(subjectOf(annotated('a', 'c'), request), gate).verdict).toBe('denied');
});
