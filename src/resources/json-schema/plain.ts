// Keywords about a value by itself: its type, what it may be, and how much is in it.
import { isJsonObject } from '../../model/json.ts';
import type { Keyword, Keywords } from './keyword.ts';

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: Number.isFinite,
  integer: Number.isInteger,
  array: Array.isArray,
  object: isJsonObject,
};

/** Whether a value is of a type, or of one of several, as `type` names them. */
export function isOfType(value: unknown, types: unknown): boolean {
  if (Array.isArray(types)) return types.some((name) => isOfType(value, name));
  return TYPES[String(types)]?.(value) ?? false;
}

/** A keyword that the value meets or not. */
function test(keyword: string, meets: (value: unknown, expected: unknown) => boolean): Keyword {
  return (visit, expected) => {
    if (!meets(visit.value, expected)) visit.report(keyword);
  };
}

/** The most that something may be of which only some values have a size. */
function most(keyword: string, sizeOf: (value: unknown) => number | undefined): Keyword {
  return test(keyword, (value, limit) => (sizeOf(value) ?? Number.NEGATIVE_INFINITY) <= Number(limit));
}

/** The least that something may be of which only some values have a size. */
function least(keyword: string, sizeOf: (value: unknown) => number | undefined): Keyword {
  return test(keyword, (value, limit) => (sizeOf(value) ?? Number.POSITIVE_INFINITY) >= Number(limit));
}

function itself(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** In characters, and not in the units of UTF-16. */
function lengthOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  let length = 0;
  for (const _ of value) length++;
  return length;
}

function itemsIn(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function membersIn(value: unknown): number | undefined {
  return isJsonObject(value) ? Object.keys(value).length : undefined;
}

/** Made once each. They are those of our own schemas. */
const patterns = new Map<string, RegExp>();

function matches(value: unknown, expected: unknown): boolean {
  if (typeof value !== 'string') return true;
  const source = String(expected);
  const pattern = patterns.get(source) ?? new RegExp(source, 'u');
  patterns.set(source, pattern);
  return pattern.test(value);
}

export const PLAIN: Keywords = {
  type: test('type', isOfType),
  maximum: most('maximum', itself),
  minimum: least('minimum', itself),
  maxLength: most('maxLength', lengthOf),
  minLength: least('minLength', lengthOf),
  pattern: test('pattern', matches),
  // Of scalars: our schemas have no others.
  const: test('const', (value, expected) => value === expected),
  enum: test('enum', (value, expected) => Array.isArray(expected) && expected.includes(value)),
};

export const SIZES: Keywords = {
  maxItems: most('maxItems', itemsIn),
  minItems: least('minItems', itemsIn),
  maxProperties: most('maxProperties', membersIn),
  minProperties: least('minProperties', membersIn),
};
