// Optional values. Source: github.com/google/cel-go/cel/library.go, `OptionalTypes`. The second operand of `or` and `orValue`
// is evaluated only where it is needed: run/compile.ts does that.

import { Failure } from '../run/budget.ts';
import { sizeOfMap } from '../values/equal.ts';
import {
  Bytes,
  Double,
  Duration,
  isList,
  kindOf,
  NONE,
  Optional,
  Timestamp,
  toValue,
  Uint,
  type Value,
} from '../values/value.ts';
import { at, listAt, optionalAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';

/** True for `0`, `''`, `false`, `null`, and what is empty. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0n) return true;
  if (isList(value)) return value.length === 0;
  if (value instanceof Double || value instanceof Uint) return Number(value.value) === 0;
  if (value instanceof Bytes) return value.value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return false;
  return kindOf(value) === 'map' && sizeOfMap(value) === 0;
}

/** What an optional holds. Throws `Failure` where that is nothing. */
export function unwrapped({ value }: Optional): Value {
  if (value === undefined) throw new Failure('optional.none() has no value (use orValue)');
  return value;
}

function present(list: readonly unknown[]): readonly Value[] {
  return list.flatMap((entry) => {
    const value = toValue(entry);
    return value instanceof Optional && value.value !== undefined ? [value.value] : [];
  });
}

export const OPTIONALS: Library = [
  fn('optional.of(A): optional<A>', (args) => new Optional(at(args, 0))),
  fn('optional.none(): optional<A>', () => NONE),
  fn('optional.ofNonZeroValue(A): optional<A>', (args) => (isZero(at(args, 0)) ? NONE : new Optional(at(args, 0)))),
  fn('optional.unwrap(list<optional<A>>): list<A>', (args, budget) => {
    budget.charge(listAt(args, 0).length);
    return present(listAt(args, 0));
  }),
  method('list<optional<A>>', 'unwrapOpt(): list<A>', (args, budget) => {
    budget.charge(listAt(args, 0).length);
    return present(listAt(args, 0));
  }),
  method('optional<A>', 'hasValue(): bool', (args) => optionalAt(args, 0).value !== undefined),
  method('optional<A>', 'value(): A', (args) => unwrapped(optionalAt(args, 0))),
  method('optional<A>', 'or(optional<A>): optional<A>', (args) =>
    optionalAt(args, 0).value === undefined ? optionalAt(args, 1) : optionalAt(args, 0),
  ),
  method('optional<A>', 'orValue(A): A', (args) => optionalAt(args, 0).value ?? at(args, 1)),
];
