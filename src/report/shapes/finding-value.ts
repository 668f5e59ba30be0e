// What output shows of the value at an offending field. Manifests hold secrets and whole volumes: not everything is shown.
import type { FieldRef } from '../../model/finding.ts';
import { cutUnits } from '../../model/one-line.ts';

/** The longest text that is shown, and the longest list by the JSON of it, in UTF-16 units. */
const LONGEST = 256;

/** Paths into environment variables, which often hold secrets. */
const IN_ENV = /(?:^|\.)env(?:From)?(?:[.[]|$)/;

/**
 * The value as `-o json` shows it: numbers, booleans, text (cut to 256 characters, the last of them then `…`), and short
 * lists of these. Undefined where nothing is to be shown: where nothing or null stands, for objects, for longer lists and
 * lists of anything else, and for whatever belongs to an environment variable.
 */
export function shownValue({ path, value }: FieldRef): unknown {
  if (IN_ENV.test(path)) return undefined;
  if (isScalar(value)) return typeof value === 'string' ? cutUnits(value, LONGEST) : value;
  return Array.isArray(value) && isShort(value) ? value : undefined;
}

function isShort(list: readonly unknown[]): boolean {
  return list.length <= LONGEST && list.every(isScalar) && JSON.stringify(list).length <= LONGEST;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
