// A policy can leave stored objects as they were written, so that tools which apply manifests see no drift: their pods are
// filled in, and the objects are judged as these pods will be.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { type JsonObject, ownField } from '../../src/model/json.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const RULES = 'podSecurity: { level: restricted }\nharden: restricted\nidentity: { runAsUser: 1000, fsGroup: 1000 }';
const CLASSES = 'capabilities: [{ name: docker, implementation: rootless }]';
const PODS = gateOf([DOCKER_CLASS, policyYaml('pods', `fillInto: Pod\n${RULES}\n${CLASSES}`)], { agents: {} });

function sandbox(spec: JsonObject = {}, annotations: JsonObject = {}, kind = 'Sandbox'): JsonObject {
  const group = kind === 'Sandbox' ? 'agents.x-k8s.io' : 'extensions.agents.x-k8s.io';
  return {
    apiVersion: `${group}/v1beta1`,
    kind,
    metadata: { name: 's', annotations },
    spec: { podTemplate: { spec: { containers: [{ name: 'app', image: 'x' }], ...spec } } },
  };
}

function podOf(object: JsonObject): JsonObject {
  const template = ownField(ownField(object, 'spec'), 'podTemplate');
  return { apiVersion: 'v1', kind: 'Pod', ...(typeof template === 'object' ? template : {}) };
}

describe.each(['Sandbox', 'SandboxTemplate'])('a %s under a policy that fills in pods alone', (kind) => {
  test('is left as it was written, and allowed', () => {
    const object = sandbox({}, {}, kind);
    expect(mutate(subjectOf(object), PODS).object).toBe(object);
    expect(validate(subjectOf(object), PODS)).toMatchObject({ verdict: 'allowed', findings: [] });
  });

  test('is refused for what its pods would be refused for', () => {
    const { findings } = validate(subjectOf(sandbox({ hostNetwork: true }, {}, kind)), PODS);
    expect(findings.map(({ action, check }) => [action, check])).toEqual([['Deny', 'hostNamespaces']]);
  });

  test('is left as it was by an update, which is judged likewise', () => {
    const old = sandbox({}, {}, kind);
    const update = { operation: 'UPDATE', oldObject: old };
    const harmless = sandbox({ terminationGracePeriodSeconds: 5 }, {}, kind);
    expect(mutate(subjectOf(harmless, update), PODS).object).toBe(harmless);
    expect(validate(subjectOf(harmless, update), PODS).verdict).toBe('allowed');
    expect(validate(subjectOf(sandbox({ hostPID: true }, {}, kind), update), PODS).verdict).toBe('denied');
  });
});

test('the pods of such a Sandbox are filled in', () => {
  expect(mutate(subjectOf(podOf(sandbox())), PODS).object).toMatchObject({
    spec: { securityContext: { runAsUser: 1000, fsGroup: 1000 }, containers: [{ securityContext: {} }] },
  });
});

test('a class that is asked for on such a Sandbox itself reaches its pods', () => {
  const asking = sandbox({}, { 'sandgate.dev/capabilities': 'docker' });
  const { object = asking } = mutate(subjectOf(asking), PODS);
  expect(podOf(object)).toEqual({
    ...podOf(asking),
    metadata: { annotations: { 'sandgate.dev/capabilities': 'docker' } },
  });
  expect(validate(subjectOf(object), PODS).findings).toEqual([]);
  expect(validate(subjectOf(mutate(subjectOf(podOf(object)), PODS).object ?? {}), PODS).findings).toEqual([]);
});

test('of two policies each fills in what it says it fills in', () => {
  const both = gateOf(
    [policyYaml('objects', 'identity: { runAsUser: 2000 }'), policyYaml('pods', `fillInto: Pod\nharden: restricted`)],
    { agents: {} },
  );
  const object = sandbox();
  const { object: filled = object } = mutate(subjectOf(object), both);
  expect(filled).toEqual(sandbox({ securityContext: { runAsUser: 2000, runAsNonRoot: true } }));
  expect(validate(subjectOf(filled), both).findings).toEqual([]);
});

test('an update is compared with the pod that the stored Sandbox makes, as it is filled in', () => {
  const old = sandbox();
  const rooted = sandbox({ containers: [{ name: 'app', image: 'x', securityContext: { runAsUser: 0 } }] });
  const { findings } = validate(subjectOf(rooted, { operation: 'UPDATE', oldObject: old }), PODS);
  // Neither was true of the stored Sandbox's pods, although the Sandbox itself says nothing of it.
  expect(findings.map(({ action, check }) => [action, check])).toEqual([
    ['Deny', 'runAsNonRoot'],
    ['Deny', 'runAsUser'],
  ]);
});
