// Label selectors mean what metav1.LabelSelector means: a truth table, and a plain evaluator to compare with.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StringMap } from '../../src/kubernetes/pod.ts';
import { contradictedLabel } from '../../src/policy/contradiction.ts';
import { compileSelector } from '../../src/policy/selector.ts';
import type { LabelSelector } from '../../src/policy/spec.ts';
import { KEYS, labels, selector, VALUES } from '../resources/arbitraries.ts';
import { randomCases } from '../support/random-cases.ts';

const X = { key: 'k', values: ['x'] } as const;
const K = { key: 'k' } as const;

const TRUTH: readonly {
  readonly name: string;
  readonly selector: LabelSelector;
  /** With the label absent, `x`, `y`, and empty. */
  readonly holds: readonly [boolean, boolean, boolean, boolean];
}[] = [
  { name: 'empty', selector: {}, holds: [true, true, true, true] },
  { name: 'empty parts', selector: { matchLabels: {}, matchExpressions: [] }, holds: [true, true, true, true] },
  { name: 'matchLabels', selector: { matchLabels: { k: 'x' } }, holds: [false, true, false, false] },
  { name: 'matchLabels, empty value', selector: { matchLabels: { k: '' } }, holds: [false, false, false, true] },
  { name: 'In', selector: { matchExpressions: [{ ...X, operator: 'In' }] }, holds: [false, true, false, false] },
  { name: 'NotIn', selector: { matchExpressions: [{ ...X, operator: 'NotIn' }] }, holds: [true, false, true, true] },
  { name: 'Exists', selector: { matchExpressions: [{ ...K, operator: 'Exists' }] }, holds: [false, true, true, true] },
  {
    name: 'DoesNotExist',
    selector: { matchExpressions: [{ ...K, operator: 'DoesNotExist' }] },
    holds: [true, false, false, false],
  },
  {
    name: 'NotIn and Exists',
    selector: {
      matchExpressions: [
        { ...X, operator: 'NotIn' },
        { ...K, operator: 'Exists' },
      ],
    },
    holds: [false, false, true, true],
  },
];

describe.each(TRUTH)('selector $name', ({ selector: written, holds }) => {
  const select = compileSelector(written, 'pod');
  const cases: readonly StringMap[] = [{}, { k: 'x' }, { k: 'y' }, { k: '' }];
  test.each(cases.map((map, index) => ({ map, holds: holds[index] })))(
    'whether it selects $map: $holds',
    ({ map, holds: expected }) => {
      expect(select?.(map) === undefined).toBe(expected);
    },
  );
});

test('an empty selector costs nothing', () => {
  expect(compileSelector(undefined, 'pod')).toBeUndefined();
  expect(compileSelector({ matchLabels: {} }, 'pod')).toBeUndefined();
});

/** The specification read out loud. */
function matches({ matchLabels = {}, matchExpressions = [] }: LabelSelector, map: StringMap): boolean {
  const actual = new Map(Object.entries(map));
  for (const [key, value] of Object.entries(matchLabels)) if (actual.get(key) !== value) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = actual.get(key);
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    return (operator === 'Exists') === (value !== undefined);
  });
}

test('a compiled selector agrees with the plain evaluator', () => {
  fc.assert(
    fc.property(selector, labels, (written, map) => {
      expect(compileSelector(written, 'pod')?.(map) === undefined).toBe(matches(written, map));
    }),
    { numRuns: randomCases(2000) },
  );
});

/** The labels that matter to requirements on one key; requirements on different keys are independent. */
function possibilities(key: string): readonly StringMap[] {
  return [{}, ...[...VALUES, 'another'].map((value) => Object.fromEntries([[key, value]]))];
}

test('a selector is contradictory exactly where no labels satisfy it', () => {
  fc.assert(
    fc.property(selector, (written) => {
      const impossible = KEYS.filter((key) => {
        const about: LabelSelector = {
          matchLabels: Object.fromEntries(Object.entries(written.matchLabels ?? {}).filter(([name]) => name === key)),
          matchExpressions: (written.matchExpressions ?? []).filter((expression) => expression.key === key),
        };
        return !possibilities(key).some((map) => matches(about, map));
      });
      // Any one of them will do.
      const found = contradictedLabel(written);
      if (found === undefined) expect(impossible).toEqual([]);
      else expect(impossible).toContain(found);
    }),
    { numRuns: randomCases(2000) },
  );
});
