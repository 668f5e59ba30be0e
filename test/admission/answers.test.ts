// What was said is only said again of the same: whatever was said before, in whatever order, and however much.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerOnce, type Basis, type Encoded } from '../../src/admission/answers.ts';
import { ACTIONS, type Finding } from '../../src/model/finding.ts';
import { randomCases } from '../support/random-cases.ts';
import { nestedLists } from '../support/review-text.ts';

const NOTHING: Basis = { about: '', names: [], patch: [], findings: [], warnings: [], errors: [] };

/** Says what it was asked, so that an answer can be held against it. */
function encoded(basis: Basis, padding = 0): Encoded {
  const answer = { allowed: true, warnings: [JSON.stringify(basis), 'x'.repeat(padding)] };
  return { answer, text: JSON.stringify(answer), patchBytes: 0 };
}

function askedFor({ answer }: Encoded): unknown {
  return JSON.parse(answer.warnings?.[0] ?? '');
}

function adding(about: string, value: unknown): Basis {
  return { ...NOTHING, about, patch: [{ op: 'add', path: '/a', value }] };
}

const path = fc.constantFrom('/a', '/b');
const operation = fc.oneof(
  fc.record({ op: fc.constantFrom('add' as const, 'replace' as const), path, value: fc.jsonValue() }),
  fc.record({ op: fc.constant('remove' as const), path }),
);
const word = fc.constantFrom('a', 'b', '');
const words = fc.array(word, { maxLength: 2 });
const finding = fc.record({
  policy: word,
  rule: word,
  check: word,
  action: fc.constantFrom(...ACTIONS),
  audited: fc.boolean(),
  reason: word,
  detail: word,
  fields: fc.array(fc.record({ path: word, value: fc.jsonValue() }), { maxLength: 2 }),
  fix: word,
});
const basis: fc.Arbitrary<Basis> = fc.record({
  about: word,
  names: words,
  patch: fc.array(operation, { maxLength: 3 }),
  findings: fc.array(finding, { maxLength: 2 }),
  warnings: words,
  errors: words,
});

test('each basis has its own answer', () => {
  fc.assert(
    fc.property(fc.array(basis, { maxLength: 60 }), (asked) => {
      for (const one of asked) {
        expect(askedFor(answerOnce(one, () => encoded(one)))).toEqual(JSON.parse(JSON.stringify(one)));
      }
    }),
    { numRuns: randomCases(300) },
  );
});

test('what comes often is known among many that come once', () => {
  let said = 0;
  for (let turn = 0; turn < 500; turn++) {
    const often = adding('among many', 'often');
    answerOnce(often, () => {
      said++;
      return encoded(often);
    });
    const once = adding('among many', turn);
    expect(askedFor(answerOnce(once, () => encoded(once)))).toEqual(once);
  }
  expect(said).toBe(1);
});

test('once it is too much, all is forgotten and nothing mixed up', () => {
  for (let turn = 0; turn < 1000; turn++) {
    const asked = adding(`about ${turn % 500}`, turn % 7);
    expect(askedFor(answerOnce(asked, () => encoded(asked, 15_000)))).toEqual(asked);
  }
});

describe('the values in findings', () => {
  const denial: Finding = {
    policy: 'p',
    rule: 'r',
    check: 'c',
    action: 'Deny',
    audited: false,
    reason: 'r',
    detail: 'd',
    fix: 'f',
    fields: [],
  };
  /** How often an answer is made of three times the same question, each time from an equal value. */
  function timesSaid(about: string, value: () => unknown): number {
    let said = 0;
    for (let turn = 0; turn < 3; turn++) {
      const asked: Basis = { ...NOTHING, about, findings: [{ ...denial, fields: [{ path: 'x', value: value() }] }] };
      answerOnce(asked, () => {
        said++;
        return { answer: { allowed: false }, text: '{}', patchBytes: 0 };
      });
    }
    return said;
  }

  test.each([
    ['small', () => ({ path: '/var', type: 'Directory' }), 1],
    ['text', () => 'x', 1],
    ['a long text', () => 'x'.repeat(20_000), 3],
    ['a long text inside', () => ({ a: [{ b: 'x'.repeat(20_000) }] }), 3],
    ['a long key', () => ({ ['x'.repeat(20_000)]: 1 }), 3],
    ['many entries', () => Array.from({ length: 20_000 }, () => 0), 3],
    ['many keys', () => Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [index, 0])), 3],
    ['deep', () => JSON.parse(nestedLists(4000)) as unknown, 3],
  ])('are kept with an answer only where they are small: %s', (name, value, times) => {
    expect(timesSaid(`value: ${name}`, value)).toBe(times);
  });
});

test('a patch as deep as JSON goes', () => {
  const asked = adding('deep', JSON.parse(nestedLists(4000)));
  expect(askedFor(answerOnce(asked, () => encoded(asked)))).toEqual(asked);
  expect(askedFor(answerOnce(asked, () => encoded(asked)))).toEqual(asked);
});
