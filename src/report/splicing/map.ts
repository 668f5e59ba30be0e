// The members of a map in a syntax tree, and those that it lacks.
import { isScalar, type Scalar, type YAMLMap } from 'yaml';
import { isJsonObject, type JsonObject, sameJson } from '../../model/json.ts';
import type { EditedText } from './edited-text.ts';
import { CannotSplice } from './edits.ts';

/** Edits a member so that it has the value `after`. Maps and lists call it for each of their members. */
export type Visit = (node: unknown, after: unknown) => void;

/** A member of a map, with the name its key has in JSON. */
export interface NamedPair {
  readonly name: string;
  readonly key: Scalar;
  readonly value: unknown;
}

/** The members of a map, in order. */
export function pairsOf(map: YAMLMap): NamedPair[] {
  return map.items.map(({ key, value }) => {
    const name = keyName(key);
    if (!isScalar(key) || name === undefined) throw new CannotSplice('a key is not a scalar');
    return { name, key, value };
  });
}

/** What a key is called in JSON; undefined for keys that JSON cannot have. */
export function keyName(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  const { value } = key;
  if (value === null) return '';
  // The merge key of YAML 1.1, as the parser has it.
  if (typeof value === 'symbol') return value.description;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** True for the merge key of YAML 1.1, whose value is not a member of the map. */
export function isMerge(name: string, after: JsonObject): boolean {
  return name === '<<' && !Object.hasOwn(after, name);
}

/** The keys of `after` that the map lacks. Keys that its merges bring with the right value are not missing. */
export function missingKeys(
  edited: EditedText,
  map: YAMLMap,
  pairs: readonly NamedPair[],
  after: JsonObject,
): string[] {
  const names = new Set(pairs.map((pair) => pair.name));
  const merges = [...names].some((name) => isMerge(name, after));
  for (const name of names) {
    if (!Object.hasOwn(after, name) && !isMerge(name, after)) throw new CannotSplice(`${name} is removed`);
  }
  const merged: unknown = merges ? map.toJS(edited.tree) : undefined;
  return Object.keys(after).filter((name) => {
    if (names.has(name)) return false;
    return !(isJsonObject(merged) && Object.hasOwn(merged, name) && sameJson(merged[name], after[name]));
  });
}
