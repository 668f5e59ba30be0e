// Lists. Sources: k8s.io/apiserver/pkg/cel/library/lists.go; github.com/google/cel-go/ext/lists.go, version 3, which Kubernetes
// has since 1.34.
import { type Budget, Failure } from '../run/budget.ts';
import { compare } from '../values/compare.ts';
import { equal } from '../values/equal.ts';
import { Double, Duration, isList, kindOf, Optional, toValue, Uint, type Value } from '../values/value.ts';
import { type Arguments, at, intAt, listAt, valuesAt } from './arguments.ts';
import { fn, type Library, method, type Overload } from './function.ts';
import { checkedDuration, checkedInt, checkedUint } from './ranges.ts';
import { positionAt } from './strings.ts';

/** What can be ordered, and so what lists of can be sorted. */
const ORDERED = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const;
const NUMBERS = ['int', 'uint', 'double', 'duration'] as const;
/** `lists.range(1000000)` would be a list of that length. */
const MOST_RANGE = 100_000n;

function ofOrdered(make: (kind: string) => Overload): Library {
  return ORDERED.map(make);
}

function isSorted(args: Arguments, budget: Budget): boolean {
  const values = valuesAt(args, 0, budget);
  return values.every((value, index) => {
    const before = values[index - 1];
    return before === undefined || !(compare(before, value, budget) > 0);
  });
}

/** @param sign of the order in which another value goes before the best so far */
function best(name: string, sign: -1 | 1, args: Arguments, budget: Budget): Value {
  const [first, ...rest] = valuesAt(args, 0, budget);
  if (first === undefined) throw new Failure(`${name} called on empty list`);
  let found = first;
  for (const value of rest) if (compare(value, found, budget) * sign > 0) found = value;
  return found;
}

function sum(kind: (typeof NUMBERS)[number], args: Arguments, budget: Budget): Value {
  let whole = 0n;
  let real = 0;
  for (const value of valuesAt(args, 0, budget)) {
    if (kindOf(value) !== kind) throw new Failure(`sum of a list that holds ${kindOf(value)}`);
    if (typeof value === 'bigint') whole = checkedInt(whole + value);
    else if (value instanceof Uint) whole = checkedUint(whole + value.value);
    else if (value instanceof Duration) whole = checkedDuration(whole + value.nanos).nanos;
    else if (value instanceof Double) real += value.value;
  }
  if (kind === 'double') return new Double(real);
  if (kind === 'uint') return new Uint(whole);
  return kind === 'int' ? whole : new Duration(whole);
}

function positionOf(args: Arguments, budget: Budget, backwards: boolean): bigint {
  const list = listAt(args, 0);
  const wanted = at(args, 1);
  for (let step = 0; step < list.length; step++) {
    budget.charge(1);
    const index = backwards ? list.length - 1 - step : step;
    if (equal(toValue(list[index]), wanted, budget)) return BigInt(index);
  }
  return -1n;
}

function flattened(list: readonly unknown[], depth: bigint, budget: Budget): readonly unknown[] {
  const result: unknown[] = [];
  for (const entry of list) {
    budget.charge(1);
    const value = toValue(entry);
    if (!isList(value) || depth === 0n) result.push(value);
    // Not `push(...)`: there can be more of them than a call takes arguments.
    else for (const inner of flattened(value, depth - 1n, budget)) result.push(inner);
  }
  return result;
}

function distinct(args: Arguments, budget: Budget): readonly Value[] {
  const found: Value[] = [];
  for (const value of valuesAt(args, 0, budget)) {
    budget.charge(found.length);
    if (!found.some((known) => equal(known, value, budget))) found.push(value);
  }
  return found;
}

/** The values in order of their keys, which are of one kind; those with equal keys stay as they come. */
export function sortedBy(values: readonly Value[], keys: readonly Value[], budget: Budget): readonly Value[] {
  const [first] = keys;
  const kind = first === undefined ? undefined : kindOf(first);
  if (keys.some((key) => kindOf(key) !== kind)) throw new Failure('list elements must have the same type');
  if (!ORDERED.some((ordered) => kind === undefined || ordered === kind)) {
    throw new Failure('list elements must be comparable');
  }
  budget.charge(values.length);
  const pairs = values.map((value, index) => ({ value, key: keys[index] ?? null }));
  return pairs.toSorted((a, b) => compare(a.key, b.key, budget)).map(({ value }) => value);
}

export const LISTS: Library = [
  ...ofOrdered((kind) => method(`list<${kind}>`, 'isSorted(): bool', isSorted)),
  ...ofOrdered((kind) => method(`list<${kind}>`, `min(): ${kind}`, (args, budget) => best('min', -1, args, budget))),
  ...ofOrdered((kind) => method(`list<${kind}>`, `max(): ${kind}`, (args, budget) => best('max', 1, args, budget))),
  ...NUMBERS.map((kind) => method(`list<${kind}>`, `sum(): ${kind}`, (args, budget) => sum(kind, args, budget))),
  method('list<A>', 'indexOf(A): int', (args, budget) => positionOf(args, budget, false)),
  method('list<A>', 'lastIndexOf(A): int', (args, budget) => positionOf(args, budget, true)),
  method('list<A>', 'slice(int, int): list<A>', (args, budget) => {
    const list = listAt(args, 0);
    const [start, end] = [positionAt(args, 1, list.length), positionAt(args, 2, list.length)];
    if (start > end) throw new Failure(`invalid slice range: ${start} is after ${end}`);
    budget.charge(end - start);
    return list.slice(start, end);
  }),
  method('list<list<A>>', 'flatten(): list<A>', (args, budget) => flattened(listAt(args, 0), 1n, budget)),
  method('list<dyn>', 'flatten(int): list<dyn>', (args, budget) => {
    const depth = intAt(args, 1);
    if (depth < 0n) throw new Failure('level must be non-negative');
    return flattened(listAt(args, 0), depth, budget);
  }),
  method('list<A>', 'distinct(): list<A>', distinct),
  method('list<A>', 'reverse(): list<A>', (args, budget) => valuesAt(args, 0, budget).toReversed()),
  method('list<A>', 'first(): optional<A>', (args) => entryAt(listAt(args, 0), 0)),
  method('list<A>', 'last(): optional<A>', (args) => entryAt(listAt(args, 0), -1)),
  ...ofOrdered((kind) =>
    method(`list<${kind}>`, `sort(): list<${kind}>`, (args, budget) => {
      const values = valuesAt(args, 0, budget);
      return sortedBy(values, values, budget);
    }),
  ),
  fn('lists.range(int): list<int>', (args, budget) => {
    const size = intAt(args, 0);
    if (size > MOST_RANGE) throw new Failure(`a range of more than ${MOST_RANGE} numbers`);
    budget.charge(Math.max(0, Number(size)));
    return Array.from({ length: Math.max(0, Number(size)) }, (_, index) => BigInt(index));
  }),
];

function entryAt(list: readonly unknown[], index: number): Optional {
  return new Optional(list.length === 0 ? undefined : toValue(list.at(index)));
}
