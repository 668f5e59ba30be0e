// A class is deleted, or loses the implementation, while pods that have it run: they are left alone, and nothing new is
// brought in under what they once were granted.

import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { Decision } from '../../src/model/decision.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { openSnapshot, type Snapshot } from '../../src/resources/snapshot.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { classObject, policyObject } from '../support/policy-objects.ts';
import { withClasses, withPolicies } from '../support/snapshots.ts';

const POLICY = policyObject(grantingPolicy('agents', '[{ name: docker, implementation: rootless }]'));
const LISTED = withPolicies(openSnapshot(createPolicySet([])), [POLICY]);
const WITH_CLASS = withClasses(LISTED, [classObject(DOCKER_CLASS)]);

const GONE: readonly { readonly what: string; readonly snapshot: Snapshot; readonly says: string }[] = [
  {
    what: 'the class is gone',
    snapshot: withClasses(WITH_CLASS, []),
    says: 'unknown_capability: docker',
  },
  {
    what: 'the implementation is gone',
    snapshot: withClasses(WITH_CLASS, [classObject(DOCKER_CLASS.replace('name: rootless', 'name: other'), 'c-1', 2)]),
    says: 'unknown_docker_implementation: rootless',
  },
];

function gateWith({ policies }: Snapshot): Gate {
  return { ...gateOf(policyYaml('unused', 'harden: baseline'), { agents: {} }), policies };
}

const ASKING: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': 'docker' } },
  spec: { containers: [{ name: 'app', image: 'x' }] },
};
const RUNNING = mutate(subjectOf(ASKING), gateWith(WITH_CLASS)).object ?? ASKING;

function updated(object: JsonObject, snapshot: Snapshot): Decision {
  return validate(subjectOf(object, { operation: 'UPDATE', oldObject: RUNNING }), gateWith(snapshot));
}

function withLabel(object: JsonObject): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return { ...object, metadata: { ...metadata, labels: { team: 'b' } } };
}

function withSpec(changes: JsonObject): JsonObject {
  return { ...RUNNING, spec: { ...(isJsonObject(RUNNING.spec) && RUNNING.spec), ...changes } };
}

test('while the class is there, the pod is in order, whatever is changed of it', () => {
  expect(JSON.stringify(RUNNING)).toContain('docker-daemon');
  expect(updated(withLabel(RUNNING), WITH_CLASS)).toMatchObject({ verdict: 'allowed', findings: [] });
});

describe.each(GONE)('a running pod where $what', ({ snapshot, says }) => {
  test('a new label passes, with a warning that says why', () => {
    const { verdict, findings } = updated(withLabel(RUNNING), snapshot);
    expect(verdict).toBe('allowed');
    expect(findings.map(({ reason }) => reason)).toContain(says);
    expect(findings.every(({ action }) => action === 'Warn')).toBe(true);
  });

  test.each<[string, JsonObject]>([
    ['a new image', { containers: [{ name: 'app', image: 'y' }] }],
    [
      'another container',
      {
        containers: [
          { name: 'app', image: 'x' },
          { name: 'more', image: 'x' },
        ],
      },
    ],
    [
      'a debugging container at the docker socket',
      { ephemeralContainers: [{ name: 'd', image: 'x', volumeMounts: [{ name: 'docker-run', mountPath: '/s' }] }] },
    ],
  ])('%s is refused', (_, changes) => {
    const { verdict, findings } = updated(withSpec(changes), snapshot);
    expect(verdict).toBe('denied');
    expect(findings.filter(({ action }) => action === 'Deny').map(({ reason }) => reason)).toContain(says);
  });

  test('a new pod is refused, and a deletion passes', () => {
    expect(validate(subjectOf(ASKING), gateWith(snapshot)).findings.map(({ reason }) => reason)).toContain(says);
    const gone = validate(subjectOf(RUNNING, { operation: 'DELETE', oldObject: RUNNING }), gateWith(snapshot));
    expect(gone.verdict).not.toBe('denied');
  });
});
