// Values of a document together with the keys that lead to them, so that whoever finds something wrong can say where.
import { isJsonObject, ownField, stringField } from '../model/json.ts';
import type { DocumentProblem } from './problems.ts';

/** A value, which may be absent or of any type, and where it stands. */
export interface Located {
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** What is below some keys. */
export function at({ keys, value }: Located, ...path: readonly string[]): Located {
  return { keys: [...keys, ...path], value: path.reduce<unknown>(ownField, value) };
}

/** The members of a list below some keys; none where it is not a list. */
export function eachAt(parent: Located, ...path: readonly string[]): readonly Located[] {
  const { keys, value } = at(parent, ...path);
  if (!Array.isArray(value)) return [];
  return value.map((member: unknown, index) => ({ keys: [...keys, String(index)], value: member }));
}

/** The fields of an object below some keys; none where it is not an object. */
export function fieldsAt(parent: Located, ...path: readonly string[]): readonly (readonly [string, Located])[] {
  const { keys, value } = at(parent, ...path);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([key, member]) => [key, { keys: [...keys, key], value: member }]);
}

/** The name of something that has one. */
export function nameOf({ value }: Located): string | undefined {
  return stringField(value, 'name');
}

/** True where there is something. */
export function isThere({ value }: Located): boolean {
  return value !== undefined;
}

/** A problem with a value. */
export function valueProblem({ keys }: Located, message: string): DocumentProblem {
  return { keys, what: 'value', message };
}

/** A problem with a key itself, whatever its value. */
export function keyProblem({ keys }: Located, message: string): DocumentProblem {
  return { keys, what: 'key', message };
}
