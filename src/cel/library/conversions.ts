// Conversions between types, and the sizes of things. Source: github.com/google/cel-spec/doc/langdef.md, "List of Standard
// Definitions"; errors and roundings are those of github.com/google/cel-go/common/types.
import { Failure, textCost } from '../run/budget.ts';
import { nameOf, type SimpleKind } from '../types/type.ts';
import { sizeOfMap } from '../values/equal.ts';
import { Bytes, Double, kindOf, TypeName, Uint, type Value } from '../values/value.ts';
import { at, boolAt, bytesAt, doubleAt, durationAt, intAt, listAt, textAt, timestampAt, uintAt } from './arguments.ts';
import { doubleText } from './double-text.ts';
import { fn, type Library, method, type Run } from './function.ts';
import { checkedInt, checkedUint } from './ranges.ts';
import { durationText, timestampText } from './time-text.ts';

/** The number of characters of a text: code points, as Go counts them. */
export function lengthOf(text: string): number {
  let length = text.length;
  // Nearly every text has no character outside of the first 65,536.
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(index + 1);
    if (next >= 0xdc00 && next <= 0xdfff) length--;
  }
  return length;
}

const sizeOfText: Run = (args, budget) => {
  const text = textAt(args, 0);
  budget.charge(textCost(text.length));
  return BigInt(lengthOf(text));
};
const sizeOfBytes: Run = (args) => BigInt(bytesAt(args, 0).length);
const sizeOfList: Run = (args) => BigInt(listAt(args, 0).length);
const sizeOfEntries: Run = (args, budget) => {
  const size = sizeOfMap(at(args, 0));
  budget.charge(size);
  return BigInt(size);
};

const SIZES: Library = [
  fn('size(string): int', sizeOfText),
  fn('size(bytes): int', sizeOfBytes),
  fn('size(list<A>): int', sizeOfList),
  fn('size(map<A, B>): int', sizeOfEntries),
  method('string', 'size(): int', sizeOfText),
  method('bytes', 'size(): int', sizeOfBytes),
  method('list<A>', 'size(): int', sizeOfList),
  method('map<A, B>', 'size(): int', sizeOfEntries),
];

/** The name of a value's type, as `type()` gives it. */
export function typeNameOf(value: Value): TypeName {
  const kind = kindOf(value);
  return new TypeName(kind === 'null' ? 'null_type' : (LIBRARY_TYPES[kind] ?? kind));
}

const LIBRARY_TYPES: Readonly<Partial<Record<string, string>>> = {
  quantity: 'kubernetes.Quantity',
  semver: 'kubernetes.Semver',
  url: 'kubernetes.URL',
  format: 'kubernetes.NamedFormat',
  ip: 'net.IP',
  cidr: 'net.CIDR',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  optional: 'optional_type',
};

/** The names that stand for types in an expression, such as `int` in `type(1) == int`. */
export const TYPE_NAMES: ReadonlyMap<string, TypeName> = new Map(
  ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type'].map((name) => [
    name,
    new TypeName(name),
  ]),
);

const same: Run = (args) => at(args, 0);

const INTS: Library = [
  fn('int(int): int', same),
  fn('int(uint): int', (args) => checkedInt(uintAt(args, 0))),
  fn('int(double): int', (args) => intOf(doubleAt(args, 0))),
  fn('int(timestamp): int', (args) => floorDivided(timestampAt(args, 0).nanos, 1_000_000_000n)),
  fn('int(duration): int', (args) => durationAt(args, 0).nanos),
  fn('int(string): int', (args, budget) => {
    const text = textAt(args, 0);
    budget.charge(textCost(text.length));
    if (!/^[+-]?\d{1,30}$/.test(text)) throw conversionFailure('int');
    return checkedInt(BigInt(text.startsWith('+') ? text.slice(1) : text));
  }),
  fn('uint(uint): uint', same),
  fn('uint(int): uint', (args) => new Uint(checkedUint(intAt(args, 0)))),
  fn('uint(double): uint', (args) => new Uint(checkedUint(intOf(doubleAt(args, 0))))),
  fn('uint(string): uint', (args, budget) => {
    const text = textAt(args, 0);
    budget.charge(textCost(text.length));
    if (!/^\d{1,30}$/.test(text)) throw conversionFailure('uint');
    return new Uint(checkedUint(BigInt(text)));
  }),
];

const DOUBLES: Library = [
  fn('double(double): double', same),
  fn('double(int): double', (args) => new Double(Number(intAt(args, 0)))),
  fn('double(uint): double', (args) => new Double(Number(uintAt(args, 0)))),
  fn('double(string): double', (args, budget) => {
    const text = textAt(args, 0);
    budget.charge(textCost(text.length));
    const special = /^([+-]?)(?:inf|infinity)$/i.exec(text);
    if (special) return new Double(special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    if (/^nan$/i.test(text)) return new Double(Number.NaN);
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) throw conversionFailure('double');
    return new Double(Number(text));
  }),
];

const TEXTS: Library = [
  fn('string(string): string', same),
  fn('string(bool): string', (args) => String(boolAt(args, 0))),
  fn('string(int): string', (args) => String(intAt(args, 0))),
  fn('string(uint): string', (args) => String(uintAt(args, 0))),
  fn('string(double): string', (args) => doubleText(doubleAt(args, 0))),
  fn('string(timestamp): string', (args) => timestampText(timestampAt(args, 0))),
  fn('string(duration): string', (args) => durationText(durationAt(args, 0))),
  fn('string(bytes): string', (args, budget) => {
    const bytes = bytesAt(args, 0);
    budget.charge(textCost(bytes.length));
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Failure('invalid UTF-8 in bytes, cannot convert to string');
    }
  }),
  fn('bytes(bytes): bytes', same),
  fn('bytes(string): bytes', (args, budget) => {
    const text = textAt(args, 0);
    budget.charge(textCost(text.length));
    return new Bytes(new TextEncoder().encode(text));
  }),
];

const BOOLS: Library = [
  fn('bool(bool): bool', same),
  fn('bool(string): bool', (args) => {
    const text = textAt(args, 0);
    if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
    if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
    throw conversionFailure('bool');
  }),
];

export const CONVERSIONS: Library = [
  ...SIZES,
  ...INTS,
  ...DOUBLES,
  ...TEXTS,
  ...BOOLS,
  fn('dyn(A): dyn', same),
  fn('type(A): type', (args) => typeNameOf(at(args, 0))),
];

function intOf(value: number): bigint {
  // The ends are excluded: doubles next to them do not fit.
  if (!Number.isFinite(value) || value <= -(2 ** 63) || value >= 2 ** 63) throw new Failure('integer overflow');
  return BigInt(Math.trunc(value));
}

function floorDivided(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

function conversionFailure(kind: SimpleKind): Failure {
  return new Failure(`the text is not of the form of ${nameOf({ kind })}`);
}
