// Which ways an expression has gone.
import { expect, test } from 'vitest';
import { createEnvironment, type Expression } from '../../src/cel/environment.ts';

const ENVIRONMENT = createEnvironment({ variables: { a: 'dyn', b: 'bool', list: 'list<int>' }, types: {} });

function compiled(text: string): Expression {
  const result = ENVIRONMENT.compile(text);
  if (!result.ok) throw new Error(result.message);
  return result.expression;
}

/** What is not reached when the expression is evaluated over each of these: what it is, and the text from there on. */
function missed(text: string, ...values: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const expression = compiled(text);
  const branches = expression.observe();
  for (const one of values) expression.evaluate(one);
  return branches.filter(({ isReached }) => !isReached).map(({ what, offset }) => `${what}: ${text.slice(offset)}`);
}

const [T, F] = [{ b: true }, { b: false }];

test.each<[string, string, readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
  ['an expression that is not evaluated', '1 + 1 == 2', [], [': 1 + 1 == 2']],
  ['the side of a choice that was not chosen', 'b ? 1 + 2 : 3', [T], ['what follows :: 3']],
  ['the other side of a choice', 'b ? 1 + 2 : 3', [F], ['what follows ?: 1 + 2 : 3']],
  ['both sides of a choice, with two values', 'b ? 1 : 2', [T, F], []],
  ['what follows an && that was decided', 'b && list.size() > 1', [F], ['what follows &&: list.size() > 1']],
  [
    'what follows each || that was decided',
    'b || a == 1 || a == 2',
    [T],
    ['what follows ||: a == 1 || a == 2', 'what follows ||: a == 2'],
  ],
  ['what follows an operand without a value', 'a.x == 1 && b', [{ a: {}, b: true }], []],
  ['the body of a loop over nothing', 'list.all(x, x > 1)', [{ list: [] }], ['the body of all: x > 1)']],
  [
    'the body of a loop whose filter lets nothing in',
    'list.map(x, x > 5, x * 2)',
    [{ list: [1] }],
    ['the body of map: x * 2)'],
  ],
  ['loops in loops', 'list.exists(x, list.exists_one(y, y == x + 1))', [{ list: [1] }], []],
  [
    'the body of optMap without a value',
    'a.?x.optMap(v, v + 1).orValue(0)',
    [{ a: {} }],
    ['the body of optMap: v + 1).orValue(0)'],
  ],
  [
    'a choice inside of a call of a method',
    "(b ? 'x' : 'y').startsWith('x')",
    [T],
    ["what follows :: 'y').startsWith('x')"],
  ],
])('%s is told', (_, text, values, expected) => {
  expect(missed(text, ...values)).toEqual(expected);
});

test('an expression that is observed has the same values and the same cost as before', () => {
  for (const text of ['b ? list.map(x, x + 1) : [0]', 'b && list.exists(x, x == 2)', 'a.x || b']) {
    const values = { a: {}, b: true, list: [1, 2, 3] };
    const expression = compiled(text);
    const before = expression.evaluate(values);
    expression.observe();
    expect(expression.evaluate(values)).toEqual(before);
  }
});
