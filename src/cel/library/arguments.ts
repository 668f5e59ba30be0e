// The arguments of a call. Their kinds have been looked at before a function is called, so that another one is a fault.
import { type Budget, Failure } from '../run/budget.ts';
import { Bytes, Double, Duration, isList, Optional, Timestamp, toValue, Uint, type Value } from '../values/value.ts';

/** The arguments of one call, in order. That of a method's target is the first. */
export type Arguments = readonly Value[];

export function at(args: Arguments, index: number): Value {
  const value = args[index];
  if (value === undefined) throw new Failure(`argument ${index + 1} is missing`);
  return value;
}

export function textAt(args: Arguments, index: number): string {
  const value = args[index];
  if (typeof value === 'string') return value;
  throw wrong(index, 'string');
}

export function boolAt(args: Arguments, index: number): boolean {
  const value = args[index];
  if (typeof value === 'boolean') return value;
  throw wrong(index, 'bool');
}

export function intAt(args: Arguments, index: number): bigint {
  const value = args[index];
  if (typeof value === 'bigint') return value;
  throw wrong(index, 'int');
}

export function doubleAt(args: Arguments, index: number): number {
  return boxedAt(args, index, Double).value;
}

export function uintAt(args: Arguments, index: number): bigint {
  return boxedAt(args, index, Uint).value;
}

export function bytesAt(args: Arguments, index: number): Uint8Array {
  return boxedAt(args, index, Bytes).value;
}

export function timestampAt(args: Arguments, index: number): Timestamp {
  return boxedAt(args, index, Timestamp);
}

export function durationAt(args: Arguments, index: number): Duration {
  return boxedAt(args, index, Duration);
}

export function optionalAt(args: Arguments, index: number): Optional {
  return boxedAt(args, index, Optional);
}

/** A list as it is: its entries are to be read with {@link toValue}. */
export function listAt(args: Arguments, index: number): readonly unknown[] {
  const value = args[index];
  if (value !== undefined && isList(value)) return value;
  throw wrong(index, 'list');
}

/** The entries of a list as values, which costs one for each. */
export function valuesAt(args: Arguments, index: number, budget: Budget): readonly Value[] {
  const list = listAt(args, index);
  budget.charge(list.length);
  return list.map(toValue);
}

/** A value of one of the classes that values have. */
export function boxedAt<T extends Value>(
  args: Arguments,
  index: number,
  type: abstract new (...args: never[]) => T,
): T {
  const value = args[index];
  if (value instanceof type) return value;
  throw wrong(index, type.name);
}

function wrong(index: number, expected: string): Failure {
  return new Failure(`argument ${index + 1} is not of the type ${expected}`);
}
