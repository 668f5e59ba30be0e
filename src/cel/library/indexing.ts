// `list[0]`, `map['key']`, and the same with `[?…]`, which gives an optional.
// Source: github.com/google/cel-go/cel/library.go, and common/types/{list,map}.go.
import { Failure } from '../run/budget.ts';
import { memberOf } from '../values/equal.ts';
import { Double, isList, kindOf, NONE, Optional, toValue, Uint, type Value } from '../values/value.ts';
import { type Arguments, at } from './arguments.ts';
import { fn, type Library } from './function.ts';

/** What stands at an index or under a key; undefined where nothing does. Throws `Failure` for what has neither. */
function found(holder: Value, key: Value): Value | undefined {
  if (isList(holder)) {
    const index = positionOf(key);
    return index < 0 || index >= holder.length ? undefined : toValue(holder[index]);
  }
  if (kindOf(holder) === 'map') return memberOf(holder, key);
  throw new Failure(`${kindOf(holder)} has no entries to ask for`);
}

function positionOf(key: Value): number {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  if (key instanceof Double && Number.isInteger(key.value)) return key.value;
  throw new Failure(`the index of a list is an int, and not ${kindOf(key)}`);
}

function entry(args: Arguments): Value {
  const [holder, key] = [at(args, 0), at(args, 1)];
  const value = found(holder, key);
  if (value !== undefined) return value;
  throw new Failure(isList(holder) ? `index out of bounds: ${positionOf(key)}` : missingKey(key));
}

/** `no such key: a`, with what to write instead. */
export function missingKey(key: Value): string {
  const word = typeof key === 'string' || typeof key === 'bigint' ? String(key) : kindOf(key);
  return `no such key: ${word} (ask has(…) before, or .?field.orValue(…))`;
}

function optionalEntry(args: Arguments): Optional {
  const holder = at(args, 0);
  const inner = holder instanceof Optional ? holder.value : holder;
  return inner === undefined ? NONE : optionalOf(found(inner, at(args, 1)));
}

function optionalOf(value: Value | undefined): Optional {
  return value === undefined ? NONE : new Optional(value);
}

export const INDEXING: Library = [
  fn('_[_](list<A>, int): A', entry),
  fn('_[_](map<A, B>, A): B', entry),
  fn('_[_](optional<list<A>>, int): optional<A>', optionalEntry),
  fn('_[_](optional<map<A, B>>, A): optional<B>', optionalEntry),
  fn('_[?_](list<A>, int): optional<A>', optionalEntry),
  fn('_[?_](optional<list<A>>, int): optional<A>', optionalEntry),
  fn('_[?_](map<A, B>, A): optional<B>', optionalEntry),
  fn('_[?_](optional<map<A, B>>, A): optional<B>', optionalEntry),
];
