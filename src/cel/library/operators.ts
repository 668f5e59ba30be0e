// The operators of CEL, but for those that do not evaluate all of their operands.
// Source: github.com/google/cel-spec/doc/langdef.md, "List of Standard Definitions".

import { type Budget, Failure, textCost } from '../run/budget.ts';
import { BOOL, type Type } from '../types/type.ts';
import { typeOf } from '../types/written.ts';
import { compare } from '../values/compare.ts';
import { equal, memberOf } from '../values/equal.ts';
import { Bytes, Double, isList, type Timestamp, toValue, Uint, type Value } from '../values/value.ts';
import {
  type Arguments,
  at,
  boolAt,
  bytesAt,
  doubleAt,
  durationAt,
  intAt,
  listAt,
  textAt,
  timestampAt,
  uintAt,
} from './arguments.ts';
import { fn, type Library, type Overload, type Run } from './function.ts';
import { checkedDuration, checkedInt, checkedTimestamp, checkedUint } from './ranges.ts';

const NUMBERS = ['int', 'uint', 'double'] as const;
const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'] as const;

/** Pairs of two different kinds of numbers, which can be compared all the same. */
const MIXED: readonly (readonly [string, string])[] = NUMBERS.flatMap((a) =>
  NUMBERS.filter((b) => a !== b).map((b): readonly [string, string] => [a, b]),
);

/** True where both are equal, which values of different kinds never are. */
export function isEqual(args: Arguments, budget: Budget): boolean {
  return equal(at(args, 0), at(args, 1), budget);
}

/** True where a list has a value, or a map has it as a key. */
export function isIn(args: Arguments, budget: Budget): boolean {
  const value = at(args, 0);
  const holder = at(args, 1);
  if (!isList(holder)) return memberOf(holder, value) !== undefined;
  for (const entry of holder) {
    budget.charge(1);
    if (equal(value, toValue(entry), budget)) return true;
  }
  return false;
}

function comparisons(): readonly Overload[] {
  const pairs = [...ORDERED.map((kind) => [kind, kind] as const), ...MIXED];
  const tests: readonly (readonly [string, (order: number) => boolean])[] = [
    ['<', (order) => order < 0],
    ['<=', (order) => order <= 0],
    ['>', (order) => order > 0],
    ['>=', (order) => order >= 0],
  ];
  return tests.flatMap(([operator, holds]) => {
    const run: Run = (args, budget) => holds(compare(at(args, 0), at(args, 1), budget));
    return pairs.map((pair) => operatorOf(operator, pair, BOOL, run));
  });
}

/** Kubernetes' own check refuses an int beside a double here, and its evaluation compares them: so does this. */
function equalities(): readonly Overload[] {
  const pairs = [['A', 'A'] as const, ...MIXED];
  return pairs.flatMap((pair) => [
    operatorOf('==', pair, BOOL, isEqual),
    operatorOf('!=', pair, BOOL, (args, budget) => !isEqual(args, budget)),
  ]);
}

function operatorOf(operator: string, pair: readonly [string, string], result: Type, run: Run): Overload {
  return { name: `_${operator}_`, method: false, params: pair.map(typeOf), result, run };
}

function divided(dividend: bigint, divisor: bigint): bigint {
  if (divisor === 0n) throw new Failure('division by zero');
  return dividend / divisor;
}

function remainder(dividend: bigint, divisor: bigint): bigint {
  if (divisor === 0n) throw new Failure('modulus by zero');
  return dividend % divisor;
}

/** Arithmetic of one kind of number. */
function arithmetic(
  kind: string,
  numberAt: (args: Arguments, index: number) => bigint,
  result: (value: bigint) => Value,
): Library {
  const run =
    (work: (a: bigint, b: bigint) => bigint): Run =>
    (args) =>
      result(work(numberAt(args, 0), numberAt(args, 1)));
  return [
    fn(
      `_+_(${kind}, ${kind}): ${kind}`,
      run((a, b) => a + b),
    ),
    fn(
      `_-_(${kind}, ${kind}): ${kind}`,
      run((a, b) => a - b),
    ),
    fn(
      `_*_(${kind}, ${kind}): ${kind}`,
      run((a, b) => a * b),
    ),
    fn(`_/_(${kind}, ${kind}): ${kind}`, run(divided)),
    fn(`_%_(${kind}, ${kind}): ${kind}`, run(remainder)),
  ];
}

function ofDoubles(work: (a: number, b: number) => number): Run {
  return (args) => new Double(work(doubleAt(args, 0), doubleAt(args, 1)));
}

const JOINING: Library = [
  fn('_+_(string, string): string', (args, budget) => {
    const [first, second] = [textAt(args, 0), textAt(args, 1)];
    budget.charge(textCost(first.length + second.length));
    return first + second;
  }),
  fn('_+_(bytes, bytes): bytes', (args, budget) => {
    const [first, second] = [bytesAt(args, 0), bytesAt(args, 1)];
    budget.charge(textCost(first.length + second.length));
    return new Bytes(Uint8Array.from([...first, ...second]));
  }),
  fn('_+_(list<A>, list<A>): list<A>', (args, budget) => {
    const [first, second] = [listAt(args, 0), listAt(args, 1)];
    budget.charge(first.length + second.length);
    return first.length === 0 ? second : second.length === 0 ? first : [...first, ...second];
  }),
];

const TIMES: Library = [
  fn('_+_(timestamp, duration): timestamp', (args) => moved(timestampAt(args, 0), durationAt(args, 1).nanos)),
  fn('_+_(duration, timestamp): timestamp', (args) => moved(timestampAt(args, 1), durationAt(args, 0).nanos)),
  fn('_-_(timestamp, duration): timestamp', (args) => moved(timestampAt(args, 0), -durationAt(args, 1).nanos)),
  fn('_-_(timestamp, timestamp): duration', (args) =>
    checkedDuration(timestampAt(args, 0).nanos - timestampAt(args, 1).nanos),
  ),
  fn('_+_(duration, duration): duration', (args) =>
    checkedDuration(durationAt(args, 0).nanos + durationAt(args, 1).nanos),
  ),
  fn('_-_(duration, duration): duration', (args) =>
    checkedDuration(durationAt(args, 0).nanos - durationAt(args, 1).nanos),
  ),
  fn('-_(duration): duration', (args) => checkedDuration(-durationAt(args, 0).nanos)),
];

function moved(from: Timestamp, by: bigint): Timestamp {
  return checkedTimestamp(from.nanos + by);
}

export const OPERATORS: Library = [
  ...equalities(),
  ...comparisons(),
  fn('_in_(A, list<A>): bool', isIn),
  fn('_in_(A, map<A, B>): bool', isIn),
  fn('!_(bool): bool', (args) => !boolAt(args, 0)),
  fn('-_(int): int', (args) => checkedInt(-intAt(args, 0))),
  fn('-_(double): double', (args) => new Double(-doubleAt(args, 0))),
  ...arithmetic('int', intAt, checkedInt),
  ...arithmetic('uint', uintAt, (value) => new Uint(checkedUint(value))),
  fn(
    '_+_(double, double): double',
    ofDoubles((a, b) => a + b),
  ),
  fn(
    '_-_(double, double): double',
    ofDoubles((a, b) => a - b),
  ),
  fn(
    '_*_(double, double): double',
    ofDoubles((a, b) => a * b),
  ),
  fn(
    '_/_(double, double): double',
    ofDoubles((a, b) => a / b),
  ),
  ...JOINING,
  ...TIMES,
];
