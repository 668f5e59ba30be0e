// The index finds what going through all policies would find, in the same order, and does not ask the others.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytewise } from '../../src/model/text.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import type { MatchInput, PolicySet } from '../../src/policy/policy.ts';
import { createPolicySet, type Selectable } from '../../src/policy/select.ts';
import type { MatchSpec } from '../../src/policy/spec.ts';
import { labels, match } from '../resources/arbitraries.ts';
import { randomCases } from '../support/random-cases.ts';

function policy(name: string, spec: { readonly priority?: number; readonly match?: MatchSpec }): Selectable {
  const document = { apiVersion: '', kind: 'IsolationPolicy', metadata: { name }, spec } as const;
  return compilePolicy(document, `${name}.yaml:1`);
}

const input: fc.Arbitrary<MatchInput> = fc.record({
  kind: fc.constantFrom(
    'Pod',
    'Deployment.apps',
    'Job.batch',
    'Sandbox.agents.x-k8s.io',
    'Other.example.com',
    '__proto__',
  ),
  namespaceLabels: labels,
  labels,
});

const policies: fc.Arbitrary<readonly Selectable[]> = fc
  .array(fc.record({ priority: fc.integer({ min: -1, max: 1 }), match }), { maxLength: 12 })
  .map((specs) => specs.map((spec, index) => policy(`p${(index * 7) % 13}`, spec)));

test('select() is a filter by mismatch(), ordered by priority and name', () => {
  fc.assert(
    fc.property(policies, fc.array(input, { minLength: 1, maxLength: 4 }), (selectables, inputs) => {
      const set = createPolicySet(selectables);
      for (const one of inputs) {
        const naive = selectables
          .map((selectable) => selectable.policy)
          .filter((candidate) => candidate.mismatch(one) === undefined)
          .sort((a, b) => b.priority - a.priority || compareBytewise(a.name, b.name));
        expect(set.select(one).map(({ name }) => name)).toEqual(naive.map(({ name }) => name));
      }
    }),
    { numRuns: randomCases(2000) },
  );
});

test('where nothing matches, the same frozen list is returned every time', () => {
  const set = createPolicySet([policy('a', { match: { objectSelector: { matchLabels: { a: 'x' } } } })]);
  const nothing = set.select({ kind: 'Pod', namespaceLabels: {}, labels: {} });
  expect(nothing).toEqual([]);
  expect(Object.isFrozen(nothing)).toBe(true);
  expect(set.select({ kind: 'Job.batch', namespaceLabels: {}, labels: { a: 'y' } })).toBe(nothing);
});

/** A set in which every policy counts how often it is asked. */
function counting(matches: readonly MatchSpec[]): { readonly set: PolicySet; readonly asked: () => number } {
  let count = 0;
  const selectables = matches.map((spec, index) => {
    const selectable = policy(`p${index}`, { match: spec });
    const mismatch = (one: MatchInput): string | undefined => {
      count++;
      return selectable.policy.mismatch(one);
    };
    return { ...selectable, policy: { ...selectable.policy, mismatch } };
  });
  return { set: createPolicySet(selectables), asked: () => count };
}

const THOUSAND = Array.from({ length: 1000 }, (_, index) => index);

const TENANTS: readonly { readonly name: string; readonly match: (tenant: number) => MatchSpec }[] = [
  { name: 'a label value each', match: (tenant) => ({ namespaceSelector: { matchLabels: { tenant: `t${tenant}` } } }) },
  {
    name: 'In',
    match: (tenant) => ({
      objectSelector: { matchExpressions: [{ key: 'tenant', operator: 'In', values: [`t${tenant}`, `u${tenant}`] }] },
    }),
  },
  {
    name: 'a label they all share, and one of their own',
    match: (tenant) => ({
      namespaceSelector: { matchLabels: { tier: 'agents' } },
      objectSelector: { matchLabels: { tenant: `t${tenant}` } },
    }),
  },
  {
    name: 'a key each',
    match: (tenant) => ({
      namespaceSelector: { matchExpressions: [{ key: `example.com/t${tenant}`, operator: 'Exists' }] },
    }),
  },
];

test.each(TENANTS)('of a thousand policies only the one that can match is asked: $name', ({ match: specOf }) => {
  const { set, asked } = counting(THOUSAND.map(specOf));
  const found = set.select({
    kind: 'Pod',
    namespaceLabels: { tier: 'agents', tenant: 't7', 'example.com/t7': '' },
    labels: { tenant: 't7' },
  });
  expect(found.map(({ name }) => name)).toEqual(['p7']);
  expect(asked()).toBe(1);
});

test('policies for other kinds are not asked', () => {
  const { set, asked } = counting(THOUSAND.map((index) => ({ kinds: index === 7 ? ['Pod'] : ['Job'] })));
  expect(set.select({ kind: 'Pod', namespaceLabels: {}, labels: {} }).map(({ name }) => name)).toEqual(['p7']);
  expect(asked()).toBe(1);
});
