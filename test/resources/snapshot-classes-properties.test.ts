// Whatever the history of a cluster's classes and policies: the snapshot holds what a simple reading of that history says, in
// whatever order the two come.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSnapshot, type Snapshot, type StoredObject } from '../../src/resources/snapshot.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { classObject, policyObject } from '../support/policy-objects.ts';
import { randomCases } from '../support/random-cases.ts';
import { classVerdicts, policyVerdicts, unresolvedPolicies, withClasses, withPolicies } from '../support/snapshots.ts';

const FILES = gateOf([classYaml('static', 'file'), policyYaml('base', 'harden: baseline')]).policies;

/** Its one implementation tells which generation is in force. */
function classYaml(name: string, implementation: string): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: ${name} }
spec: { implementations: [{ name: ${implementation}, grant: { env: [{ name: A, value: b }] } }] }
`;
}

interface Version {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly isGood: boolean;
}

const CLASS_NAMES = ['a', 'b', 'static'] as const;
const POLICY_NAMES = ['p', 'q'] as const;

function versionOf(name: string): fc.Arbitrary<Version> {
  return fc
    .record({ incarnation: fc.integer({ min: 1, max: 2 }), generation: fc.integer({ min: 1, max: 4 }) })
    .map(({ incarnation, generation }) => ({
      name,
      uid: `${name}-${incarnation}`,
      generation,
      isGood: (generation + incarnation) % 3 !== 0,
    }));
}

function listOf(names: readonly string[]): fc.Arbitrary<readonly Version[]> {
  return fc
    .subarray([...names])
    .chain((some) => fc.tuple(...some.map(versionOf)))
    .chain((versions) => fc.shuffledSubarray(versions, { minLength: versions.length }));
}

interface Step {
  readonly classes: readonly Version[] | undefined;
  readonly policies: readonly Version[] | undefined;
  readonly classesFirst: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  classes: fc.option(listOf(CLASS_NAMES), { nil: undefined }),
  policies: fc.option(listOf(POLICY_NAMES), { nil: undefined }),
  classesFirst: fc.boolean(),
});

function classOf({ name, uid, generation, isGood }: Version): StoredObject {
  return classObject(classYaml(name, isGood ? `g${generation}` : '"-"'), uid, generation);
}

/** Each lists every class, one of them by an implementation that only one generation has. */
function policyOf({ name, uid, generation, isGood }: Version): StoredObject {
  const capabilities = `[{ name: a }, { name: b, implementation: g${generation} }, { name: static }]`;
  return policyObject(
    policyYaml(name, `capabilities: ${capabilities}\nharden: ${isGood ? 'baseline' : 'x'}`),
    uid,
    generation,
  );
}

function after(snapshot: Snapshot, { classes, policies, classesFirst }: Step): Snapshot {
  const takeClasses = (one: Snapshot): Snapshot => (classes ? withClasses(one, classes.map(classOf)) : one);
  const takePolicies = (one: Snapshot): Snapshot => (policies ? withPolicies(one, policies.map(policyOf)) : one);
  return classesFirst ? takePolicies(takeClasses(snapshot)) : takeClasses(takePolicies(snapshot));
}

/** The last good version of every object of the last list, by name. */
function lastGood(lists: readonly (readonly Version[] | undefined)[]): ReadonlyMap<string, Version> {
  let good = new Map<string, Version>();
  for (const list of lists) {
    if (!list) continue;
    const next = new Map<string, Version>();
    for (const one of list) {
      const last = one.isGood ? one : good.get(one.uid);
      if (last) next.set(one.uid, last);
    }
    good = next;
  }
  return new Map([...good.values()].filter(({ name }) => name !== 'static').map((one) => [one.name, one]));
}

/** What is to be said of a policy that lists what {@link policyOf} lists, the long way round. */
function unresolved(
  policy: Version,
  classes: ReadonlyMap<string, Version>,
  broken: ReadonlySet<string>,
): readonly string[] {
  const said: string[] = [];
  const missing = (name: string): string =>
    broken.has(name) ? `class ${name} is not in force` : `class ${name} does not exist (yet)`;
  if (!classes.has('a')) said.push(missing('a'));
  const b = classes.get('b');
  if (!b) said.push(missing('b'));
  else if (b.generation !== policy.generation) said.push(`"g${policy.generation}" is not an implementation of class b`);
  return said;
}

test('after any history', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (history) => {
      const snapshot = history.reduce(after, openSnapshot(FILES));
      const classLists = history.map(({ classes }) => classes);
      const classes = lastGood(classLists);
      const policies = lastGood(history.map(({ policies: list }) => list));
      const inForce = [...snapshot.policies.classes].map(([name, one]) => `${name} ${one.implementations[0]?.name}`);
      const expected = [...classes.values()].map(({ name, generation }) => `${name} g${generation}`);
      expect(inForce).toEqual(['static file', ...expected.toSorted()]);
      expect(new Set(snapshot.policies.policies.map(({ name }) => name))).toEqual(
        new Set(['base', ...policies.keys()]),
      );

      const listed = classLists.findLast((list) => list !== undefined);
      const broken = new Set(listed?.map(({ name }) => name).filter((name) => name !== 'static' && !classes.has(name)));
      for (const [name, policy] of policies) {
        const said = listed ? unresolved(policy, classes, broken) : [];
        const found = unresolvedPolicies(snapshot).get(name) ?? '';
        expect(found.split('; /').filter((part) => part !== '')).toHaveLength(said.length);
        for (const one of said) expect(found).toContain(one);
        // And the status of a policy that is in force as written has the same words.
        const verdict = policyVerdicts(snapshot).find((one) => one.name === name);
        if (verdict?.accepted) expect(verdict.message).toBe(found === '' ? 'in force' : `in force, but ${found}`);
      }

      // The same again is the same snapshot; the order of a list, and which kind comes first, do not matter.
      const last = history.at(-1);
      if (last) expect(after(snapshot, last)).toBe(snapshot);
      const turned = history.map((one) => ({
        classes: one.classes?.toReversed(),
        policies: one.policies?.toReversed(),
        classesFirst: !one.classesFirst,
      }));
      const other = turned.reduce(after, openSnapshot(FILES));
      expect(policyVerdicts(other)).toEqual(policyVerdicts(snapshot));
      expect(classVerdicts(other)).toEqual(classVerdicts(snapshot));
      expect([...other.policies.classes]).toEqual([...snapshot.policies.classes]);
    }),
    { numRuns: randomCases(300) },
  );
});
