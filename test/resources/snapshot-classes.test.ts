// Classes of files and of a cluster beside policies that list them: what is in force after every change, and what is said.

import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { unitePolicySets } from '../../src/policy/unite.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { objectsOf, openSnapshot, type Snapshot, type StoredObject } from '../../src/resources/snapshot.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { classObject, policyObject } from '../support/policy-objects.ts';
import {
  classesOf,
  classVerdicts,
  policyVerdicts,
  unresolvedPolicies,
  withClasses,
  withPolicies,
} from '../support/snapshots.ts';
import { ROWS } from './capability-class/bad-classes.ts';
import { classYaml, saidOf } from './capability-class/class-files.ts';

/** A class that sets one variable, so that what is in force can be read off a pod. */
function envClass(name: string, value: string, implementation = 'plain'): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: ${name} }
spec:
  authorization: Policy
  implementations: [{ name: ${implementation}, grant: { env: [{ name: GIVEN, value: ${value} }] } }]
`;
}

const BROKEN_CLASS = envClass('docker', 'x').replace('env:', 'envs:');
const FAULT = '/spec/implementations/0/grant/envs: unknown key (did you mean "env"?)';
const LISTING = policyYaml('agents', 'capabilities: [{ name: docker }]');
const FILES = gateOf([envClass('static', 'file'), policyYaml('base', 'capabilities: [{ name: static }]')]).policies;

function snapshotOf(policies: readonly StoredObject[], classes: readonly StoredObject[], files = FILES): Snapshot {
  return withClasses(withPolicies(openSnapshot(files), policies), classes);
}

function podAsking(name: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': name } },
    spec: { containers: [{ name: 'app', image: 'x' }] },
  };
}

/** What a pod is given that asks for a class; or why it is refused. */
function given(snapshot: Snapshot, name: string): unknown {
  const gate = { ...gateOf([policyYaml('unused', 'harden: baseline')]), policies: snapshot.policies };
  const { object } = mutate(subjectOf(podAsking(name)), gate);
  const judged = object ?? podAsking(name);
  const decision = validate(subjectOf(judged), gate);
  if (decision.verdict === 'denied') return decision.findings.map((finding) => finding.reason).join('; ');
  return /"name":"GIVEN","value":"(\w+)"/.exec(JSON.stringify(judged))?.[1];
}

function messageOf(snapshot: Snapshot, name = 'agents'): string | undefined {
  return policyVerdicts(snapshot).find((verdict) => verdict.name === name)?.message;
}

test('the classes of files are in force without objects, and the set stays the very same', () => {
  const snapshot = withClasses(openSnapshot(FILES), []);
  expect(snapshot.policies).toBe(FILES);
  expect(given(snapshot, 'static')).toBe('file');
  expect(withClasses(snapshot, [])).toBe(snapshot);
});

test('the class of an object is added, and gone with it', () => {
  const snapshot = snapshotOf([policyObject(LISTING)], [classObject(envClass('docker', 'one'))]);
  expect(given(snapshot, 'docker')).toBe('one');
  expect(snapshot.policies.classes.get('docker')?.origin).toBe('capabilityclass/docker');
  expect([...snapshot.policies.classes.keys()]).toEqual(['static', 'docker']);
  expect(classVerdicts(snapshot)).toEqual([
    { name: 'docker', uid: 'c-1', accepted: true, reason: 'Accepted', message: 'in force', observedGeneration: 1 },
  ]);
  const gone = withClasses(snapshot, []);
  expect(given(gone, 'docker')).toBe('unknown_capability: docker');
  expect(classVerdicts(gone)).toEqual([]);
});

test('a set of policies comes with its classes: that of before still has the former ones', () => {
  const before = snapshotOf([policyObject(LISTING)], [classObject(envClass('docker', 'one'))]);
  const after = withClasses(before, [classObject(envClass('docker', 'two'), 'c-1', 2)]);
  expect([given(before, 'docker'), given(after, 'docker')]).toEqual(['one', 'two']);
  const { policies } = after;
  expect(policies.policies).toEqual(before.policies.policies);
  for (const [index, policy] of policies.policies.entries()) expect(policy).toBe(before.policies.policies[index]);
});

test('a name that a file has stays with the file', () => {
  const snapshot = snapshotOf([], [classObject(envClass('static', 'object'))]);
  expect(given(snapshot, 'static')).toBe('file');
  expect(snapshot.policies).toBe(FILES);
  expect(classVerdicts(snapshot)).toMatchObject([
    {
      accepted: false,
      reason: 'NameTaken',
      message:
        'not in force: /metadata/name: "static" is taken by the class at policy-0.yaml:1 (expected a name of its own)',
    },
  ]);
});

test('of two sets that both have a class, the first one decides', () => {
  const [first, second] = ['one', 'two'].map((value) =>
    gateOf([envClass('docker', value), envClass(`only-${value}`, value), policyYaml(value, 'harden: baseline')]),
  );
  if (!first || !second) throw new Error('two');
  const { classes } = unitePolicySets(first.policies, second.policies);
  expect([...classes.keys()]).toEqual(['docker', 'only-one', 'only-two']);
  expect(classes.get('docker')).toBe(first.policies.classes.get('docker'));
});

test('a class and a policy may have one name', () => {
  const snapshot = snapshotOf(
    [policyObject(policyYaml('docker', 'harden: baseline'))],
    [classObject(envClass('docker', 'x'))],
  );
  expect([...policyVerdicts(snapshot), ...classVerdicts(snapshot)].map(({ accepted }) => accepted)).toEqual([
    true,
    true,
  ]);
});

describe('a class that does not compile', () => {
  test('is not in force where no version of it ever was, and whoever lists it is told', () => {
    const snapshot = snapshotOf([policyObject(LISTING)], [classObject(BROKEN_CLASS)]);
    expect(given(snapshot, 'docker')).toBe('unknown_capability: docker');
    expect(classVerdicts(snapshot)).toMatchObject([{ reason: 'Invalid', message: `not in force: ${FAULT}` }]);
    expect(messageOf(snapshot)).toBe(
      'in force, but /spec/capabilities/0/name: class docker is not in force: its status says why',
    );
  });

  test('leaves its last good version in force, and says which one that is', () => {
    const before = snapshotOf([policyObject(LISTING)], [classObject(envClass('docker', 'one'), 'c-1', 3)]);
    const broken = withClasses(before, [classObject(BROKEN_CLASS, 'c-1', 4)]);
    expect(broken.policies).toBe(before.policies);
    expect(given(broken, 'docker')).toBe('one');
    expect(classVerdicts(broken)).toMatchObject([
      { reason: 'Invalid', message: `generation 3 stays in force: ${FAULT}`, observedGeneration: 4 },
    ]);
    expect([...classesOf(broken).notInForce]).toEqual([]);
    // To who lists it, nothing changed.
    expect(policyVerdicts(broken)[0]).toBe(policyVerdicts(before)[0]);
    expect(messageOf(broken)).toBe('in force');
    const fixed = withClasses(broken, [classObject(envClass('docker', 'two'), 'c-1', 5)]);
    expect(given(fixed, 'docker')).toBe('two');
  });

  test('has no last good version where another object of its name had one', () => {
    const before = snapshotOf([policyObject(LISTING)], [classObject(envClass('docker', 'one'), 'c-1', 3)]);
    const other = withClasses(before, [classObject(BROKEN_CLASS, 'c-2', 1)]);
    expect(given(other, 'docker')).toBe('unknown_capability: docker');
  });

  test('does not keep the others from taking effect', () => {
    const snapshot = snapshotOf(
      [policyObject(policyYaml('agents', 'capabilities: [{ name: other }]'))],
      [classObject(BROKEN_CLASS), classObject(envClass('other', 'x'), 'c-2')],
    );
    expect(given(snapshot, 'other')).toBe('x');
  });
});

describe('a policy that lists what is not there is in force, and says so for as long', () => {
  const MISSING = 'in force, but /spec/capabilities/0/name: class docker does not exist (yet)';

  test('a class, until it comes and from when it goes', () => {
    const snapshot = snapshotOf([policyObject(LISTING)], []);
    expect(policyVerdicts(snapshot)).toMatchObject([{ accepted: true, reason: 'Accepted', message: MISSING }]);
    expect(given(snapshot, 'docker')).toBe('unknown_capability: docker');
    const there = withClasses(snapshot, [classObject(envClass('docker', 'x'))]);
    expect(messageOf(there)).toBe('in force');
    expect(messageOf(withClasses(there, []))).toBe(MISSING);
  });

  test('nobody knows of a class that it is not there while the classes are not known', () => {
    const snapshot = withPolicies(openSnapshot(FILES), [policyObject(LISTING)]);
    expect(messageOf(snapshot)).toBe('in force');
    expect(unresolvedPolicies(snapshot).size).toBe(0);
  });

  test('a slip of the hand is guessed', () => {
    const snapshot = snapshotOf([policyObject(LISTING)], [classObject(envClass('dokcer', 'x'))]);
    expect(messageOf(snapshot)).toBe(`${MISSING}; did you mean "dokcer"?`);
  });

  test('an implementation, by the class of the moment', () => {
    const listing = policyYaml('agents', 'capabilities: [{ name: docker, implementation: rootless }]');
    const snapshot = snapshotOf([policyObject(listing)], [classObject(envClass('docker', 'x', 'rootles'))]);
    expect(messageOf(snapshot)).toBe(
      'in force, but /spec/capabilities/0/implementation: "rootless" is not an implementation of class docker (did you mean "rootles"?)',
    );
    expect(given(snapshot, 'docker')).toBe('unknown_docker_implementation: rootless');
    const renamed = withClasses(snapshot, [classObject(envClass('docker', 'x', 'rootless'), 'c-1', 2)]);
    expect(messageOf(renamed)).toBe('in force');
    expect(given(renamed, 'docker')).toBe('x');
    const rejecting = envClass('docker', 'x', 'rootless').replace(/grant: .*\}\]/, 'reject: never }]');
    expect(messageOf(withClasses(renamed, [classObject(rejecting, 'c-1', 3)]))).toBe(
      'in force, but /spec/capabilities/0/implementation: "rootless" of class docker only says why it is not available (expected one that gives something: there is none)',
    );
  });

  test('beside what its author probably did not mean', () => {
    const doubtful = policyYaml(
      'agents',
      'capabilities: [{ name: docker }]\nchecks: { hostPorts: { validationActions: [Warn] } }',
    );
    expect(messageOf(snapshotOf([policyObject(doubtful)], []))).toBe(
      'in force, but /spec/checks/hostPorts: has no effect: the policy sets no podSecurity level; ' +
        '/spec/capabilities/0/name: class docker does not exist (yet)',
    );
  });

  test('one that is not in force as written says first what keeps it from that', () => {
    const broken = policyYaml('agents', 'capabilities: [{ name: docker }]\nharden: x');
    const snapshot = withPolicies(snapshotOf([policyObject(LISTING, 'u-1', 1)], []), [policyObject(broken, 'u-1', 2)]);
    expect(messageOf(snapshot)).toMatch(/^generation 1 stays in force: \/spec\/harden: [^;]*$/);
    // The log can tell: the version in force still lists it.
    expect([...unresolvedPolicies(snapshot)]).toEqual([['agents', MISSING.slice('in force, but '.length)]]);
  });

  test('a policy of a file has no status, but the log says it too', () => {
    const loaded = loadPolicies([{ file: 'p.yaml', text: LISTING }], { classesElsewhere: true });
    if (!loaded.ok) throw new Error('not loaded');
    const snapshot = withClasses(openSnapshot(loaded.policies), []);
    expect([...unresolvedPolicies(snapshot).keys()]).toEqual(['agents']);
    expect(unresolvedPolicies(withClasses(snapshot, [classObject(envClass('docker', 'x'))])).size).toBe(0);
  });
});

describe('what did not change costs nothing', () => {
  test('the same classes again: the same snapshot, and none is looked into', () => {
    const snapshot = snapshotOf([policyObject(LISTING)], [classObject(envClass('docker', 'x'))]);
    const blind = { ...classObject(envClass('docker', 'x')), document: untouchable() };
    expect(withClasses(snapshot, [blind])).toBe(snapshot);
  });

  test('a change of one class leaves the others as they are', () => {
    const other = classObject(envClass('other', 'x'), 'c-2');
    const before = snapshotOf([], [classObject(envClass('docker', 'one')), other]);
    const changed = classObject(envClass('docker', 'two'), 'c-1', 2);
    const after = withClasses(before, [{ ...other, document: untouchable() }, changed]);
    expect(after.policies.classes.get('other')).toBe(before.policies.classes.get('other'));
    expect(classVerdicts(after)[1]).toBe(classVerdicts(before)[1]);
  });

  test('a change of a class leaves policies as they are, and the verdicts on those that say the same', () => {
    const policies = [
      policyObject(LISTING),
      policyObject(policyYaml('other', 'capabilities: [{ name: nsjail }]'), 'u-2'),
    ];
    const before = snapshotOf(policies, []);
    const after = withClasses(before, [classObject(envClass('docker', 'x'))]);
    expect(objectsOf(after, ISOLATION_POLICY).records).toBe(objectsOf(before, ISOLATION_POLICY).records);
    expect(policyVerdicts(after)[0]).not.toBe(policyVerdicts(before)[0]);
    expect(policyVerdicts(after)[1]).toBe(policyVerdicts(before)[1]);
    expect(messageOf(after, 'other')).toContain('class nsjail does not exist (yet)');
  });

  test('a change of a policy leaves the classes as they are', () => {
    const before = snapshotOf([], [classObject(envClass('docker', 'x'))]);
    const after = withPolicies(before, [policyObject(LISTING)]);
    expect(classesOf(after)).toBe(classesOf(before));
    expect(after.policies.classes.get('docker')).toBe(before.policies.classes.get('docker'));
  });
});

function deny(): never {
  throw new Error('looked into');
}

function untouchable(): JsonObject {
  return new Proxy({}, { get: deny, has: deny, ownKeys: deny, getOwnPropertyDescriptor: deny });
}

test('an object that would make us throw is invalid, and the others are read', () => {
  const bad = {
    ...classObject(BROKEN_CLASS),
    document: {
      get spec() {
        throw new RangeError('too much');
      },
    },
  };
  const snapshot = snapshotOf([policyObject(LISTING)], [bad, classObject(envClass('other', 'x'), 'c-2')]);
  expect(classVerdicts(snapshot)).toMatchObject([
    {
      reason: 'Invalid',
      message: 'not in force: sandgate failed to read it, which is a bug in it (RangeError: too much)',
    },
    { reason: 'Accepted' },
  ]);
});

describe('said as for a file', () => {
  test.each(ROWS)('the status says what the loader of files says: $name', ({ bad }) => {
    const [verdict] = classVerdicts(snapshotOf([], [classObject(classYaml(bad))]));
    const { problems } = saidOf(classYaml(bad));
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(verdict?.message).toContain(problem.replace(/^c\.yaml:\d+:\d+: /, ''));
  });
});
