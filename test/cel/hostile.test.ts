// Expressions and values that are made to hang, to fill memory or to overflow the stack: loading refuses, or evaluating ends.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEnvironment, type Evaluation } from '../../src/cel/environment.ts';
import { randomCases } from '../support/random-cases.ts';

const environment = createEnvironment({ variables: { object: 'dyn', text: 'string' }, types: {} });
const TOO_COSTLY = { ok: false, error: 'it costs too much to evaluate' };

const LIST = Array.from({ length: 2000 }, (_, index) => ({ name: `c${index}`, image: `example.com/${index}` }));
const VALUES = {
  object: {
    list: LIST,
    same: structuredClone(LIST),
    deep: nested(100_000),
    map: Object.fromEntries(LIST.map((one) => [one.name, one.image])),
  },
  text: 'a'.repeat(2_000_000),
};

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function evaluate(text: string): Evaluation {
  const compiled = environment.compile(text);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.message}`);
  return compiled.expression.evaluate(VALUES);
}

/** `x.f(x).f(x)…`: each step makes what there is larger. */
function repeated(start: string, step: string, times: number): string {
  return start + step.repeat(times);
}

describe('what would cost too much ends', () => {
  test.each([
    'object.list.all(a, object.list.all(b, object.list.all(c, a.name != b.name || c.name != "")))',
    'object.list.all(a, object.list == object.same)',
    'object.map.all(k, v, object.map.all(l, w, k != l || v == w))',
    'object.list.map(a, object.list.map(b, object.list)).size() > 0',
    'lists.range(100000).all(i, lists.range(100000).all(j, i + j >= 0))',
    'lists.range(100000).sortBy(x, -x).sortBy(x, x).sortBy(x, -x).size() > 0',
    'object.list.distinct().size() > 0',
    'sets.equivalent(object.list, object.same)',
    'text.matches("(a+)+$")',
    'text.matches("(.*)(.*)(.*)(.*)(.*)[^a]$")',
    'object.list.all(a, "x".matches(a.name + "a{500}b{400}") == false)',
    'object.list.all(a, text.size() > 0)',
    'text.replace("a", "bbbbbbbbbb").replace("b", "cccccccccc").size() > 0',
    '[text, text, text].join(text).size() > 0',
    '"%s%s%s%s%s%s".format([text, text, text, text, text, text]).size() > 0',
    'object.list.all(a, timestamp("2026-01-01T00:00:00Z").getHours("Europe/" + "Berlin") == 1)',
    repeated('[text]', '.map(a, a + a)', 20),
    repeated('[object.list]', '.map(a, a + a)', 20),
    repeated('object.list', '.map(a, object.list).flatten()', 4),
  ])('costs too much: %s', (text) => {
    expect(evaluate(text)).toEqual(TOO_COSTLY);
  });

  test('nothing in an expression gets over it', () => {
    expect(evaluate('object.list.all(a, object.list == object.same) || true')).toEqual(TOO_COSTLY);
    expect(evaluate('object.list.exists(a, object.list.all(b, object.list == object.same)) || true')).toEqual(
      TOO_COSTLY,
    );
  });
});

describe('what is nested deeper than the stack is an error', () => {
  test.each([
    ['[object.deep] == [[object.deep]]', /nested too deeply/],
    ['object.deep in [[[object.deep]]]', /nested too deeply/],
    ['"%s".format([object.deep]) == ""', /nested too deeply/],
    ['object.deep.flatten(1000000).size() > 0', /./],
    // The two halves are the same object twice over, 2^30 times.
    [`${repeated('[[0]]', '.map(a, [a, a])', 30)} == ${repeated('[[0]]', '.map(a, [a, a])', 30)}`, /costs too much/],
  ])('ends with an error: %s', (text, says) => {
    const evaluation = evaluate(text);
    expect(evaluation.ok ? 'no error' : evaluation.error).toMatch(says);
  });
});

describe('what is not a sensible expression is refused', () => {
  test.each([
    ['brackets', `${'('.repeat(2000)}1${')'.repeat(1000)}`, /nested too deeply/],
    ['lists', `${'['.repeat(1900)}${']'.repeat(1900)}`, /nested too deeply/],
    ['signs', `${'!'.repeat(9000)}true`, /nested too deeply|too long/],
    ['choices', `${'true ? 1 : '.repeat(800)}1`, /nested too deeply/],
    ['a text without an end', `'${'a'.repeat(9000)}`, /does not end/],
    ['a pattern that is too long', `'a'.matches('${'a?'.repeat(600)}')`, /more than 1000 characters/],
    ['a pattern that repeats itself', "'a'.matches('((a{100}){100}){100}')", /not a regular expression/],
    ['a number that is too large', `${'9'.repeat(9000)} == 1`, /does not fit/],
  ])('what is read is bounded: %s', (_, text, says) => {
    const compiled = environment.compile(text);
    expect(compiled.ok ? 'accepted' : compiled.message).toMatch(says);
  });

  test('chains of thousands of operators and fields are read, or refused', () => {
    for (const text of [repeated('1', ' + 1', 1900), repeated('object', '.a', 1900), repeated('object', '[0]', 900)]) {
      const compiled = environment.compile(text);
      if (compiled.ok) expect(typeof compiled.expression.evaluate(VALUES).ok).toBe('boolean');
      else expect(compiled.message).not.toBe('');
    }
  });
});

/** Expressions of every form, most of which mean something. */
const { expression } = fc.letrec<{ expression: string; bool: string; list: string; string: string; int: string }>(
  (tie) => ({
    expression: fc.oneof(tie('bool'), tie('list'), tie('string'), tie('int')),
    int: fc.oneof(
      { depthSize: 'small' },
      fc.integer().map(String),
      fc.constantFrom('x', 'object.list.size()', '9223372036854775807'),
      fc
        .tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('list').map((list) => `${list}.size()`),
    ),
    string: fc.oneof(
      { depthSize: 'small' },
      fc.string({ maxLength: 5 }).map((text) => JSON.stringify(text)),
      fc.constantFrom('text', 'string(x)', '"%s"'),
      fc.tuple(tie('string'), tie('string')).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie('string'), tie('string'), tie('string')).map(([a, b, c]) => `${a}.replace(${b}, ${c})`),
      fc.tuple(tie('list'), tie('string')).map(([list, by]) => `${list}.map(s, string(s)).join(${by})`),
      fc.tuple(tie('string'), tie('expression')).map(([a, b]) => `${a}.format([${b}])`),
    ),
    list: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('[1, 2]', 'object.list', 'object.map', 'object.deep', '[]', 'lists.range(1000)'),
      fc.tuple(tie('list'), tie('expression')).map(([list, body]) => `${list}.map(x, ${body})`),
      fc.tuple(tie('list'), tie('bool')).map(([list, body]) => `${list}.filter(x, ${body})`),
      fc.tuple(tie('list'), tie('list')).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie('string'), tie('string')).map(([a, b]) => `${a}.split(${b})`),
      fc.tuple(tie('string'), tie('string')).map(([a, b]) => `${a}.findAll(${b})`),
      tie('list').map((list) => `${list}.distinct()`),
    ),
    bool: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('true', 'has(object.list)', 'has(x.y)'),
      fc
        .tuple(tie('expression'), fc.constantFrom('==', '!=', 'in', '<'), tie('expression'))
        .map(([a, op, b]) => `(dyn(${a}) ${op} dyn(${b}))`),
      fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'), tie('bool'))
        .map(([l, loop, b]) => `${l}.${loop}(x, ${b})`),
      fc.tuple(tie('string'), tie('string')).map(([a, b]) => `${a}.matches(${b})`),
    ),
  }),
);

test('any expression is refused or ends, with a value or an error', () => {
  let evaluated = 0;
  fc.assert(
    fc.property(expression, (text) => {
      const compiled = environment.compile(text);
      if (!compiled.ok) {
        expect(compiled.message).not.toBe('');
        return;
      }
      evaluated++;
      const evaluation = compiled.expression.evaluate(VALUES);
      expect(evaluation.ok || evaluation.error !== '').toBe(true);
    }),
    { numRuns: randomCases(400) },
  );
  expect(evaluated).toBeGreaterThan(5);
});
