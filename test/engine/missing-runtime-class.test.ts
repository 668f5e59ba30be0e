import { expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { clusterWith } from '../../src/rules/example-facts.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

function gateWith(rules: string, cluster: Gate['surroundings']['cluster'] = clusterWith({ name: 'gvisor' })): Gate {
  const gate = gateOf(policyYaml('p', rules), { agents: {} });
  return { ...gate, surroundings: { ...gate.surroundings, cluster } };
}

function sandbox(runtimeClassName: unknown): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's' },
    spec: { podTemplate: { spec: { runtimeClassName, containers: [{ name: 'a', image: 'x' }] } } },
  };
}

const RULES = 'podSecurity: { level: privileged }';
const SAID =
  'spec.podTemplate.spec.runtimeClassName: RuntimeClass "gvizor" does not exist, so the API server will refuse the pods (kubectl get runtimeclasses lists those that do)';

test('a Sandbox with a RuntimeClass that does not exist is let in with a warning', () => {
  expect(validate(subjectOf(sandbox('gvizor')), gateWith(RULES))).toMatchObject({
    verdict: 'allowed',
    warnings: [SAID],
  });
});

test.each(['gvisor', '', null])('a Sandbox with the RuntimeClass %j is let in without a word', (name) => {
  expect(validate(subjectOf(sandbox(name)), gateWith(RULES)).warnings).toEqual([]);
});

test('nothing is said where nobody knows which RuntimeClasses there are', () => {
  const gate = gateOf(policyYaml('p', RULES), { agents: {} });
  expect(validate(subjectOf(sandbox('gvizor')), gate).warnings).toEqual([]);
});

test('a policy that judges this itself says it alone', () => {
  const decision = validate(subjectOf(sandbox('gvizor')), gateWith('runtime: { exists: Deny }'));
  expect(decision).toMatchObject({ verdict: 'denied', warnings: [], findings: [{ check: 'runtimeExists' }] });
});
