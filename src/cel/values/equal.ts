// Whether two values are equal. Source: github.com/google/cel-spec/doc/langdef.md, "Equality": numbers are equal across their
// kinds, and values of different kinds are not equal, which is not an error.
import { compareBytes } from '../../model/bytes.ts';
import { ownField } from '../../model/json.ts';
import { type Budget, Failure, textCost } from '../run/budget.ts';
import { EntryMap } from './entry-map.ts';
import {
  Bytes,
  Double,
  Duration,
  isList,
  isPlainObject,
  Opaque,
  Optional,
  Timestamp,
  TypeName,
  toValue,
  Uint,
  type Value,
} from './value.ts';

/** Lists and maps can be nested as deep as somebody sends them. */
export const MOST_DEPTH = 200;

/** True where two values are equal. Throws `Failure` where they are nested too deeply. */
export function equal(a: Value, b: Value, budget: Budget, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a === 'string') {
    if (typeof b === 'string' && a.length === b.length) budget.charge(textCost(a.length));
    return false;
  }
  if (typeof a === 'boolean') return false;
  if (typeof a === 'bigint') return equalsInt(a, b);
  return a !== null && b !== null && typeof b === 'object' ? equalObjects(a, b, budget, depth) : equalsInt(b, a);
}

/** True where `number` is an int and the other number has the same value. */
function equalsInt(number: Value, other: Value): boolean {
  if (typeof number !== 'bigint') return false;
  if (other instanceof Double) return Number.isInteger(other.value) && BigInt(other.value) === number;
  return other instanceof Uint && other.value === number;
}

function equalObjects(a: object & Value, b: object & Value, budget: Budget, depth: number): boolean {
  if (depth > MOST_DEPTH) throw new Failure('lists and maps are nested too deeply to be compared');
  budget.charge(1);
  if (isList(a)) return isList(b) && equalLists(a, b, budget, depth + 1);
  if (isMap(a)) return isMap(b) && equalMaps(a, b, budget, depth + 1);
  if (a instanceof Double) {
    if (b instanceof Double) return a.value === b.value;
    return b instanceof Uint && Number.isInteger(a.value) && BigInt(a.value) === b.value;
  }
  if (a instanceof Uint)
    return b instanceof Uint ? a.value === b.value : b instanceof Double && equalObjects(b, a, budget, depth);
  if (a instanceof Bytes) {
    budget.charge(textCost(a.value.length));
    return b instanceof Bytes && compareBytes(a.value, b.value) === 0;
  }
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name;
  if (a instanceof Opaque) return b instanceof Opaque && a.kind === b.kind && a.identity === b.identity;
  if (!(a instanceof Optional) || !(b instanceof Optional)) return false;
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value, budget, depth + 1);
}

function equalLists(a: readonly unknown[], b: readonly unknown[], budget: Budget, depth: number): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    budget.charge(1);
    if (!equal(toValue(a[index]), toValue(b[index]), budget, depth)) return false;
  }
  return true;
}

function isMap(value: Value): boolean {
  return value instanceof EntryMap || isPlainObject(value);
}

function equalMaps(a: Value, b: Value, budget: Budget, depth: number): boolean {
  const entries = [...entriesOf(a)];
  budget.charge(entries.length + sizeOfMap(b));
  if (entries.length !== sizeOfMap(b)) return false;
  for (const [key, value] of entries) {
    const other = memberOf(b, key);
    if (other === undefined || !equal(value, other, budget, depth)) return false;
  }
  return true;
}

/** The entries of a map. A null field of JSON is an absent one, as it is to the API server. */
export function* entriesOf(map: Value): Iterable<readonly [Value, Value]> {
  if (map instanceof EntryMap) yield* map.entries();
  else if (isPlainObject(map)) {
    for (const key of Object.keys(map)) {
      const field = map[key];
      if (field !== undefined && field !== null) yield [key, toValue(field)];
    }
  }
}

/** How many entries a map has. */
export function sizeOfMap(map: Value): number {
  if (map instanceof EntryMap) return map.size;
  let size = 0;
  if (isPlainObject(map)) for (const key of Object.keys(map)) if (map[key] !== undefined && map[key] !== null) size++;
  return size;
}

/** What a map has under a key; undefined where it has nothing. */
export function memberOf(map: Value, key: Value): Value | undefined {
  if (map instanceof EntryMap) return map.get(key);
  if (typeof key !== 'string') return undefined;
  const field = isPlainObject(map) ? ownField(map, key) : undefined;
  return field === undefined || field === null ? undefined : toValue(field);
}
