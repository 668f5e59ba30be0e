// Whatever the history of a cluster's policies: the snapshot holds what a simple reading of that history says.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSnapshot, type Snapshot, type StoredObject } from '../../src/resources/snapshot.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { policyObject } from '../support/policy-objects.ts';
import { randomCases } from '../support/random-cases.ts';
import { policyVerdicts, withPolicies } from '../support/snapshots.ts';

const FILES = gateOf([policyYaml('static', 'priority: 1\nharden: baseline')]).policies;

/** What one version of an object says. */
interface Version {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly isGood: boolean;
}

const NAMES = ['a', 'b', 'c', 'static'] as const;

/** Each name has one object at a time; a uid belongs to one name; the same generation always says the same. */
const version = (name: (typeof NAMES)[number]): fc.Arbitrary<Version> =>
  fc
    .record({ incarnation: fc.integer({ min: 1, max: 2 }), generation: fc.integer({ min: 1, max: 4 }) })
    .map(({ incarnation, generation }) => ({
      name,
      uid: `${name}-${incarnation}`,
      generation,
      isGood: (generation + incarnation) % 3 !== 0,
    }));

const list: fc.Arbitrary<readonly Version[]> = fc
  .subarray([...NAMES])
  .chain((names) => fc.tuple(...names.map((name) => version(name))))
  .chain((versions) => fc.shuffledSubarray(versions, { minLength: versions.length }));

function objectOf({ name, uid, generation, isGood }: Version): StoredObject {
  // The priority tells which generation is in force.
  return policyObject(
    policyYaml(name, `priority: ${generation * 10}\nharden: ${isGood ? 'baseline' : 'x'}`),
    uid,
    generation,
  );
}

function inForce(snapshot: Snapshot): readonly string[] {
  return snapshot.policies.policies.map(({ name, priority }) => `${name} ${priority}`);
}

/** The same, the long way round. */
function expected(history: readonly (readonly Version[])[]): readonly string[] {
  let good = new Map<string, Version>();
  for (const versions of history) {
    const next = new Map<string, Version>();
    for (const one of versions) {
      const last = one.isGood ? one : good.get(one.uid);
      if (last && one.name !== 'static') next.set(one.uid, last);
    }
    good = next;
  }
  const objects = [...good.values()].map(({ name, generation }) => ({ name, priority: generation * 10 }));
  const all = [...objects, { name: 'static', priority: 1 }];
  return all
    .toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
    .map(({ name, priority }) => `${name} ${priority}`);
}

test('after any history, in any order of the lists', () => {
  fc.assert(
    fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), (history) => {
      let last: Snapshot = openSnapshot(FILES);
      for (const versions of history) last = withPolicies(last, versions.map(objectOf));
      const sorted = history
        .map((versions) => versions.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
        .reduce((snapshot, versions) => withPolicies(snapshot, versions.map(objectOf)), openSnapshot(FILES));
      expect(inForce(last)).toEqual(expected(history));
      expect(inForce(sorted)).toEqual(inForce(last));
      expect(policyVerdicts(sorted)).toEqual(policyVerdicts(last));
      for (const verdict of policyVerdicts(last)) {
        const one = history.at(-1)?.find(({ uid }) => uid === verdict.uid);
        expect(verdict).toMatchObject({ name: one?.name, observedGeneration: one?.generation });
        expect(verdict.accepted).toBe(one?.isGood === true && one.name !== 'static');
        expect(verdict.accepted).toBe(verdict.reason === 'Accepted');
      }
      const again = withPolicies(last, (history.at(-1) ?? []).map(objectOf));
      expect(again).toBe(last);
    }),
    { numRuns: randomCases(500) },
  );
});
