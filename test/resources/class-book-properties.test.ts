// Whatever the history of a cluster's classes and policies: the book holds what a simple reading of that history says, in
// whatever order the two come.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  misfitsIn,
  openBook,
  type PolicyBook,
  type PolicyObject,
  withClasses,
  withObjects,
} from '../../src/resources/isolation-policy/policy-book.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { classObject, policyObject } from '../support/policy-objects.ts';
import { randomCases } from '../support/random-cases.ts';

const FLOOR = gateOf([classYaml('floor', 'file'), policyYaml('base', 'harden: baseline')]).policies;

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

const CLASS_NAMES = ['a', 'b', 'floor'] as const;
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

function classOf({ name, uid, generation, isGood }: Version): PolicyObject {
  return classObject(classYaml(name, isGood ? `g${generation}` : '"-"'), uid, generation);
}

/** Each lists every class, one of them by an implementation that only one generation has. */
function policyOf({ name, uid, generation, isGood }: Version): PolicyObject {
  const capabilities = `[{ name: a }, { name: b, implementation: g${generation} }, { name: floor }]`;
  return policyObject(
    policyYaml(name, `capabilities: ${capabilities}\nharden: ${isGood ? 'baseline' : 'x'}`),
    uid,
    generation,
  );
}

function after(book: PolicyBook, { classes, policies, classesFirst }: Step): PolicyBook {
  const takeClasses = (one: PolicyBook): PolicyBook => (classes ? withClasses(one, classes.map(classOf)) : one);
  const takePolicies = (one: PolicyBook): PolicyBook => (policies ? withObjects(one, policies.map(policyOf)) : one);
  return classesFirst ? takePolicies(takeClasses(book)) : takeClasses(takePolicies(book));
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
  return new Map([...good.values()].filter(({ name }) => name !== 'floor').map((one) => [one.name, one]));
}

/** What is to be said of a policy that lists what {@link policyOf} lists, the long way round. */
function misfits(
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
  else if (b.generation !== policy.generation) said.push(`"g${policy.generation}" is no implementation of class b`);
  return said;
}

test('after any history', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (history) => {
      const book = history.reduce(after, openBook(FLOOR));
      const classLists = history.map(({ classes }) => classes);
      const classes = lastGood(classLists);
      const policies = lastGood(history.map(({ policies: list }) => list));
      const inForce = [...book.policies.classes].map(([name, one]) => `${name} ${one.implementations[0]?.name}`);
      const expected = [...classes.values()].map(({ name, generation }) => `${name} g${generation}`);
      expect(inForce).toEqual(['floor file', ...expected.toSorted()]);
      expect(new Set(book.policies.policies.map(({ name }) => name))).toEqual(new Set(['base', ...policies.keys()]));

      const listed = classLists.findLast((list) => list !== undefined);
      const broken = new Set(listed?.map(({ name }) => name).filter((name) => name !== 'floor' && !classes.has(name)));
      for (const [name, policy] of policies) {
        const said = listed ? misfits(policy, classes, broken) : [];
        const found = misfitsIn(book).get(name) ?? '';
        expect(found.split('; /').filter((part) => part !== '')).toHaveLength(said.length);
        for (const one of said) expect(found).toContain(one);
        // And the status of a policy that is in force as written has the same words.
        const verdict = book.verdicts.find((one) => one.name === name);
        if (verdict?.accepted) expect(verdict.message).toBe(found === '' ? 'in force' : `in force, but ${found}`);
      }

      // The same again is the same book; the order of a list, and which kind comes first, do not matter.
      const last = history.at(-1);
      if (last) expect(after(book, last)).toBe(book);
      const turned = history.map((one) => ({
        classes: one.classes?.toReversed(),
        policies: one.policies?.toReversed(),
        classesFirst: !one.classesFirst,
      }));
      const other = turned.reduce(after, openBook(FLOOR));
      expect(other.verdicts).toEqual(book.verdicts);
      expect(other.classes.verdicts).toEqual(book.classes.verdicts);
      expect([...other.policies.classes]).toEqual([...book.policies.classes]);
    }),
    { numRuns: randomCases(300) },
  );
});
