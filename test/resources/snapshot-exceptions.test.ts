// Exceptions of files and of a cluster beside the policies that they name: which are in force after every change, and what is said.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import { ISOLATION_EXCEPTION } from '../../src/resources/isolation-exception/index.ts';
import { EXCEPTION_REFERENCES } from '../../src/resources/isolation-exception/references.ts';
import {
  objectsOf,
  openSnapshot,
  type Snapshot,
  type StoredObject,
  unresolvedIn,
  withObjects,
} from '../../src/resources/snapshot.ts';
import { exceptionObject, exceptionYaml } from '../support/exceptions.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { policyObject } from '../support/policy-objects.ts';
import { withPolicies } from '../support/snapshots.ts';

const ALLOWING = policyYaml('p', 'podSecurity: { level: baseline }\nexceptions: { allow: true }');
const CLOSED = policyYaml('p', 'podSecurity: { level: baseline }');
const SPEC = 'checks: [privileged], images: ["ghcr.io/acme/vpn"]';
const NO_FILES = gateOf(policyYaml('unrelated', 'match: { kinds: [CronJob] }\nharden: baseline')).policies;
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'x' },
  spec: { containers: [{ name: 'a', image: 'ghcr.io/acme/vpn', securityContext: { privileged: true } }] },
};

function withExceptions(snapshot: Snapshot, objects: readonly StoredObject[]): Snapshot {
  return withObjects(snapshot, ISOLATION_EXCEPTION, objects);
}

function snapshotOf(
  policies: readonly StoredObject[],
  exceptions: readonly StoredObject[],
  files = NO_FILES,
): Snapshot {
  return withExceptions(withPolicies(openSnapshot(files), policies), exceptions);
}

function verdict({ policies }: Snapshot, namespace = 'agents'): string {
  const gate = { ...gateOf(CLOSED), policies, now: Date.parse('2027-01-01') };
  return validate(subjectOf(POD, { namespace }), gate).verdict;
}

/** `KEY STATUS REASON: message`, by key. */
function said(snapshot: Snapshot): readonly string[] {
  return objectsOf(snapshot, ISOLATION_EXCEPTION).verdicts.map(
    ({ namespace, name, accepted, reason, message }) => `${namespace}/${name} ${accepted} ${reason}: ${message}`,
  );
}

test('an exception acts from when it is there to when it is gone, in its own namespace', () => {
  const without = snapshotOf([policyObject(ALLOWING)], []);
  expect(verdict(without)).toBe('denied');
  const present = withExceptions(without, [exceptionObject(exceptionYaml('vpn', SPEC))]);
  expect(verdict(present)).toBe('allowed');
  expect(verdict(present, 'other')).toBe('denied');
  expect(said(present)).toEqual(['agents/vpn true Accepted: in force until 2027-06-30']);
  expect(verdict(withExceptions(present, []))).toBe('denied');
  // Nothing in a set that is in force changes.
  expect(verdict(present)).toBe('allowed');
});

test('while it is not known which exceptions there are, none acts', () => {
  const starting = withPolicies(openSnapshot(NO_FILES), [policyObject(ALLOWING)]);
  expect(verdict(starting)).toBe('denied');
});

test('an exception of a file acts on a policy of the cluster, and one of the cluster on a policy of a file', () => {
  const file = gateOf([ALLOWING, exceptionYaml('file', SPEC)]).policies;
  expect(verdict(openSnapshot(file))).toBe('allowed');
  const onFile = withExceptions(openSnapshot(gateOf(ALLOWING).policies), [exceptionObject(exceptionYaml('vpn', SPEC))]);
  expect(verdict(onFile)).toBe('allowed');
  expect(onFile.policies.needsMoment).toBe(true);
  expect(withExceptions(onFile, []).policies.needsMoment).toBe(false);
});

test('a broken edit puts an exception out of force: what it let in is not let in by mistake', () => {
  const good = snapshotOf([policyObject(ALLOWING)], [exceptionObject(exceptionYaml('vpn', SPEC))]);
  expect(verdict(good)).toBe('allowed');
  const broken = withExceptions(good, [exceptionObject(exceptionYaml('vpn', `${SPEC}, valeus: [a]`), 'x-1', 2)]);
  expect(verdict(broken)).toBe('denied');
  expect(said(broken)).toEqual([
    'agents/vpn false Invalid: not in force: /spec/valeus: unknown key (did you mean "values"?)',
  ]);
});

describe('its status says when it has no effect', () => {
  test('from the policy that comes, allows it, no longer allows it, and goes', () => {
    const exceptions = [exceptionObject(exceptionYaml('vpn', SPEC))];
    const states = [
      [],
      [policyObject(ALLOWING)],
      [policyObject(CLOSED, 'u-1', 2)],
      [policyObject(ALLOWING, 'u-1', 3)],
      [],
    ];
    let snapshot = withExceptions(openSnapshot(NO_FILES), exceptions);
    // Not yet known: nothing is said to be missing.
    expect(said(snapshot)).toEqual(['agents/vpn true Accepted: in force until 2027-06-30']);
    const found = states.map((policies) => {
      snapshot = withPolicies(snapshot, policies);
      return [verdict(snapshot), ...said(snapshot)];
    });
    const missing = 'agents/vpn false WithoutEffect: without effect: /spec/policy: policy "p" does not exist (yet)';
    expect(found).toEqual([
      ['skipped', missing],
      ['allowed', 'agents/vpn true Accepted: in force until 2027-06-30'],
      [
        'denied',
        'agents/vpn false WithoutEffect: without effect: /spec/policy: policy "p" allows no exceptions (its spec.exceptions does not say allow: true)',
      ],
      ['allowed', 'agents/vpn true Accepted: in force until 2027-06-30'],
      ['skipped', missing],
    ]);
  });

  test('for some of its checks alone', () => {
    const some = ALLOWING.replace('allow: true', 'allow: true, forbiddenChecks: [procMount]');
    const two = exceptionYaml('vpn', SPEC.replace('[privileged]', '[privileged, procMount]'));
    const snapshot = snapshotOf([policyObject(some)], [exceptionObject(two)]);
    expect(verdict(snapshot)).toBe('allowed');
    expect(said(snapshot)).toEqual([
      'agents/vpn true Accepted: in force until 2027-06-30, but /spec/checks/1: policy "p" allows no exceptions from procMount',
    ]);
    expect([...unresolvedIn(snapshot, ISOLATION_EXCEPTION, EXCEPTION_REFERENCES).keys()]).toEqual(['agents/vpn']);
  });

  test('it is the same object while nothing changes, so that no replica writes it again', () => {
    const closed = snapshotOf([policyObject(CLOSED)], [exceptionObject(exceptionYaml('vpn', SPEC))]);
    const other = withPolicies(closed, [
      policyObject(CLOSED),
      policyObject(policyYaml('q', 'harden: baseline'), 'u-2'),
    ]);
    expect(objectsOf(other, ISOLATION_EXCEPTION).verdicts[0]).toBe(objectsOf(closed, ISOLATION_EXCEPTION).verdicts[0]);
  });
});

test('of one namespace a hundred are in force, the first by name; others come in as soon as there is room', () => {
  const many = Array.from({ length: 101 }, (_, index) =>
    exceptionObject(exceptionYaml(`e${String(index).padStart(3, '0')}`, SPEC), `x-${index}`),
  );
  const elsewhere = exceptionObject(exceptionYaml('z', SPEC, 'other'), 'x-z');
  const full = snapshotOf([policyObject(ALLOWING)], [...many.toReversed(), elsewhere]);
  expect(full.policies.exceptions.all.length).toBe(101);
  expect(said(full).filter((line) => !line.includes(' true '))).toEqual([
    'agents/e100 false TooMany: not in force: 100 of its namespace are, which is the most, and come before it by name',
  ]);
  const less = withExceptions(full, [...many.slice(1), elsewhere]);
  expect(said(less).filter((line) => !line.includes(' true '))).toEqual([]);
});

test('a name that a file has is taken in that namespace alone', () => {
  const files = gateOf([ALLOWING, exceptionYaml('vpn', SPEC)]).policies;
  const snapshot = withExceptions(openSnapshot(files), [
    exceptionObject(exceptionYaml('vpn', SPEC), 'x-1'),
    exceptionObject(exceptionYaml('vpn', SPEC, 'other'), 'x-2'),
  ]);
  expect(said(snapshot).map((line) => line.split(':', 1)[0])).toEqual([
    'agents/vpn false NameTaken',
    'other/vpn true Accepted',
  ]);
});
