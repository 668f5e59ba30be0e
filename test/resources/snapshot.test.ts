// Files and objects of a cluster as one set: what is in force after every change, and what is said of each object.

import { describe, expect, test } from 'vitest';
import { ownField, stringField } from '../../src/model/json.ts';
import type { PolicySet } from '../../src/policy/policy.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { openSnapshot, type Snapshot, type StoredObject } from '../../src/resources/snapshot.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { policyDocuments, policyObject } from '../support/policy-objects.ts';
import { policyVerdicts, withPolicies } from '../support/snapshots.ts';
import { BAD, HEAD } from './bad-files.ts';
import { DOUBTFUL } from './good-files.ts';

const FILES: PolicySet = gateOf(policyYaml('static', 'priority: 10\npodSecurity: { level: baseline }')).policies;
const GOOD = policyYaml('agents', 'podSecurity: { level: restricted }');
const BROKEN = policyYaml('agents', 'podSecurity: { level: restrictd }');
const FAULT =
  '/spec/podSecurity/level: "restrictd" is not one of privileged, baseline, restricted (did you mean "restricted"?)';

function snapshotOf(...lists: readonly (readonly StoredObject[])[]): Snapshot {
  return lists.reduce(withPolicies, openSnapshot(FILES));
}

/** The policies in force: by name, where they are from and which level they demand. */
function inForce(snapshot: Snapshot): readonly string[] {
  return snapshot.policies.policies.map(({ name, origin, podSecurity }) => {
    const level = podSecurity?.from === 'policy' ? podSecurity.level : podSecurity?.from;
    return `${name} (${origin}): ${level}`;
  });
}

const FILES_ALONE = ['static (policy-0.yaml:1): baseline'];
const WITH_AGENTS = [...FILES_ALONE, 'agents (isolationpolicy/agents): restricted'];

test('without objects the files alone are in force, as the very same set', () => {
  const snapshot = openSnapshot(FILES);
  expect(snapshot.policies).toBe(FILES);
  expect(policyVerdicts(snapshot)).toEqual([]);
  const listed = withPolicies(snapshot, []);
  expect(listed.policies).toBe(FILES);
  expect(withPolicies(listed, [])).toBe(listed);
});

test('an object is added to the files', () => {
  const snapshot = snapshotOf([policyObject(GOOD)]);
  expect(inForce(snapshot)).toEqual(WITH_AGENTS);
  expect(policyVerdicts(snapshot)).toEqual([
    { name: 'agents', uid: 'u-1', accepted: true, reason: 'Accepted', message: 'in force', observedGeneration: 1 },
  ]);
  const selected = snapshot.policies.select({ kind: 'Pod', namespaceLabels: {}, labels: {} });
  expect(selected.map(({ name }) => name)).toEqual(['static', 'agents']);
});

test('an object that is gone is in force no more', () => {
  const snapshot = snapshotOf([policyObject(GOOD)], []);
  expect(snapshot.policies).toBe(FILES);
  expect(policyVerdicts(snapshot)).toEqual([]);
});

describe('names', () => {
  const taken = policyObject(policyYaml('static', 'podSecurity: { level: privileged }'));

  test('one that a file has stays with the file', () => {
    const snapshot = snapshotOf([taken]);
    expect(inForce(snapshot)).toEqual(FILES_ALONE);
    expect(policyVerdicts(snapshot)).toEqual([
      {
        name: 'static',
        uid: 'u-1',
        accepted: false,
        reason: 'NameTaken',
        message:
          'not in force: /metadata/name: "static" is taken by the policy at policy-0.yaml:1 (expected a name of its own)',
        observedGeneration: 1,
      },
    ]);
  });

  test('two objects of one name, which no API server has, are still two verdicts and one policy', () => {
    const first = policyObject(GOOD, 'u-1');
    const second = policyObject(policyYaml('agents', 'podSecurity: { level: baseline }'), 'u-2');
    const snapshot = snapshotOf([second, first]);
    expect(inForce(snapshot)).toEqual(WITH_AGENTS);
    expect(policyVerdicts(snapshot).map(({ uid, reason }) => `${uid} ${reason}`)).toEqual([
      'u-1 Accepted',
      'u-2 NameTaken',
    ]);
    expect(policyVerdicts(snapshot)[1]?.message).toContain('is taken by another object, of uid u-1 (');
    // Once the first is gone, the second is looked at although nothing about it changed.
    expect(inForce(withPolicies(snapshot, [second]))).toEqual([
      ...FILES_ALONE,
      'agents (isolationpolicy/agents): baseline',
    ]);
  });
});

describe('an object that does not compile', () => {
  test('is not in force where no version of it ever was', () => {
    const snapshot = snapshotOf([policyObject(BROKEN)]);
    expect(snapshot.policies).toBe(FILES);
    expect(policyVerdicts(snapshot)).toEqual([
      {
        name: 'agents',
        uid: 'u-1',
        accepted: false,
        reason: 'Invalid',
        message: `not in force: ${FAULT}`,
        observedGeneration: 1,
      },
    ]);
  });

  test('leaves its last good version in force, and says which one that is', () => {
    const before = snapshotOf([policyObject(GOOD, 'u-1', 3)]);
    const broken = withPolicies(before, [policyObject(BROKEN, 'u-1', 4)]);
    expect(broken.policies).toBe(before.policies);
    expect(policyVerdicts(broken)).toMatchObject([
      { reason: 'Invalid', message: `generation 3 stays in force: ${FAULT}`, observedGeneration: 4 },
    ]);
    const worse = withPolicies(broken, [policyObject(BROKEN, 'u-1', 5)]);
    expect(worse.policies).toBe(before.policies);
    expect(policyVerdicts(worse)[0]?.message).toMatch(/^generation 3 stays in force: /);
    const fixed = withPolicies(worse, [policyObject(GOOD, 'u-1', 6)]);
    expect(inForce(fixed)).toEqual(WITH_AGENTS);
    expect(policyVerdicts(fixed)).toMatchObject([{ reason: 'Accepted', observedGeneration: 6 }]);
  });

  test('has no last good version where another object of its name had one', () => {
    const snapshot = snapshotOf([policyObject(GOOD, 'u-1', 3)], [policyObject(BROKEN, 'u-2', 1)]);
    expect(snapshot.policies).toBe(FILES);
    expect(policyVerdicts(snapshot)[0]?.message).toMatch(/^not in force: /);
  });

  test('does not keep the others from taking effect', () => {
    const other = policyObject(policyYaml('other', 'podSecurity: { level: restricted }'), 'u-2');
    const snapshot = snapshotOf([policyObject(BROKEN), other]);
    expect(inForce(snapshot)).toEqual([...FILES_ALONE, 'other (isolationpolicy/other): restricted']);
  });

  test('is told every mistake, on one line of bounded length', () => {
    const rows = Array.from({ length: 500 }, (_, i) => `{ image: "\u001b[31m${i}", runAsUser: 0 }`).join(', ');
    const { message = '' } =
      policyVerdicts(snapshotOf([policyObject(`${HEAD}spec: { identity: { images: [${rows}] } }\n`)]))[0] ?? {};
    expect(message).toMatch(
      /^not in force: \/spec\/identity\/images\/0\/runAsUser: 0 is out of range .* … and \d+ more$/,
    );
    expect(message.length).toBeLessThan(4200);
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});

/** What the command line says of a document, wherever it stands. */
function saidOfFile(document: unknown): readonly string[] {
  const result = loadPolicies([{ file: 'p.json', text: JSON.stringify(document) }]);
  return result.ok ? [] : result.problems.map((problem) => problem.message);
}

const BAD_DOCUMENTS = BAD.flatMap(({ name, text }) =>
  policyDocuments(text).map((document, index) => ({ name: `${name}, document ${index + 1}`, document })),
)
  // An object without a name is none.
  .filter(({ document }) => stringField(ownField(document, 'metadata'), 'name') !== undefined)
  .filter(({ document }) => saidOfFile(document).length > 0);

test.each(BAD_DOCUMENTS)('said as for a file: $name', ({ document }) => {
  const object = { name: 'agents', uid: 'u-1', generation: 1, document, status: undefined };
  const [verdict] = policyVerdicts(snapshotOf([object]));
  const problems = saidOfFile(document);
  for (const problem of problems) expect(verdict?.message).toContain(problem);
  // And nothing else: the order is by the schema here, and by lines there.
  expect(verdict?.message.length).toBe(['not in force: ', problems.join('; ')].join('').length);
});

test.each(DOUBTFUL)('warned about as in a file: $name', ({ spec, says }) => {
  const objects = policyDocuments(HEAD + spec).map((document, index) => ({
    name: `p${index}`,
    uid: `u-${index}`,
    generation: 1,
    document,
    status: undefined,
  }));
  const verdicts = policyVerdicts(snapshotOf(objects));
  expect(verdicts.every((verdict) => verdict.accepted)).toBe(true);
  const warnings = verdicts.flatMap(({ message }) =>
    message === 'in force' ? [] : [message.slice('in force, but '.length)],
  );
  expect(warnings.join('; ')).toBe(says.map((line) => line.replace(/^1\.yaml:\d+:\d+: /, '')).join('; '));
});

describe('what the API server or others add is not judged', () => {
  test('a label or annotation that the file schema would refuse', () => {
    const object = policyObject(
      'apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\n' +
        'metadata: { name: agents, annotations: { Example.com/owner: me }, labels: { "": "" } }\nspec: { harden: baseline }\n',
    );
    expect(policyVerdicts(snapshotOf([object]))).toMatchObject([{ reason: 'Accepted' }]);
  });

  test('an unknown key in the spec is reported, should one arrive', () => {
    const object = policyObject(`${HEAD}spec: { hardn: restricted }\n`);
    expect(policyVerdicts(snapshotOf([object]))).toMatchObject([
      { reason: 'Invalid', message: 'not in force: /spec/hardn: unknown key (did you mean "harden"?)' },
    ]);
  });
});

/** An object whose document counts how often somebody looks into it. */
function watched(yaml: string, uid: string, generation: number): { object: StoredObject; looks: () => number } {
  let looks = 0;
  const object = policyObject(yaml, uid, generation);
  const document = new Proxy(object.document, {
    getOwnPropertyDescriptor: (target, key) => {
      looks++;
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    get: (target, key, receiver): unknown => {
      looks++;
      return Reflect.get(target, key, receiver);
    },
  });
  return { object: { ...object, document }, looks: () => looks };
}

describe('what did not change costs nothing', () => {
  test.each([
    ['accepted', GOOD],
    ['invalid', BROKEN],
    ['of a taken name', policyYaml('static', 'harden: baseline')],
  ])('an object that is %s is not looked into again, and the snapshot stays the same', (_, yaml) => {
    const first = watched(yaml, 'u-1', 1);
    const snapshot = snapshotOf([first.object]);
    const again = watched(yaml, 'u-1', 1);
    expect(withPolicies(snapshot, [again.object])).toBe(snapshot);
    expect(again.looks()).toBe(0);
  });

  test('where one object changes, the verdicts on the others are the same objects', () => {
    const other = watched(policyYaml('other', 'harden: baseline'), 'u-2', 1);
    const before = snapshotOf([policyObject(GOOD), other.object]);
    const seen = other.looks();
    expect(seen).toBeGreaterThan(0);
    const after = withPolicies(before, [other.object, policyObject(BROKEN, 'u-1', 2)]);
    expect(other.looks()).toBe(seen);
    expect(policyVerdicts(after)[1]).toBe(policyVerdicts(before)[1]);
    expect(policyVerdicts(after)[0]).not.toBe(policyVerdicts(before)[0]);
  });
});

test('an object that would make us throw is invalid, and the others are read', () => {
  const document = Object.defineProperty({}, 'spec', {
    enumerable: true,
    get: () => {
      throw new RangeError('too much');
    },
  });
  const bad = { name: 'a', uid: 'u-1', generation: 1, document, status: undefined };
  const snapshot = snapshotOf([bad, policyObject(GOOD, 'u-2')]);
  expect(inForce(snapshot)).toEqual(WITH_AGENTS);
  expect(policyVerdicts(snapshot)[0]).toMatchObject({
    reason: 'Invalid',
    message: 'not in force: sandgate failed to read it, which is a bug in it (RangeError: too much)',
  });
});
