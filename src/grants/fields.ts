// Merges and removes the fields that a class sets: objects key by key, lists member by member, anything else as one value.
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';
import { canonicalValue } from './canonical.ts';
import { type Difference, valueDifference } from './difference.ts';

/** An object with a class's fields merged in. */
export interface MergedFields {
  /** The same reference as was passed in where nothing was missing. */
  readonly value: JsonObject | undefined;
  /** The paths of what was added. */
  readonly added: readonly string[];
  readonly conflicts: readonly Difference[];
}

/**
 * Adds the wanted fields that are missing. A field that is there with another value is a conflict and stays as it is.
 * @param existing the object, or anything else where there is none
 * @param path where the object stands, as a prefix for the paths in the result
 */
export function mergeFields(existing: unknown, wanted: JsonObject, path = ''): MergedFields {
  const present = isJsonObject(existing) ? existing : undefined;
  const added: string[] = [];
  const conflicts: Difference[] = [];
  let value = present;
  for (const [key, member] of Object.entries(wanted)) {
    const at = path === '' ? key : `${path}.${key}`;
    const found = ownField(present, key);
    if (isJsonObject(member) && !isAtomic(key) && Object.keys(member).length > 0) {
      const merged = mergeFields(found, member, at);
      added.push(...merged.added);
      conflicts.push(...merged.conflicts);
      if (merged.value !== found && merged.value !== undefined) value = { ...value, [key]: merged.value };
    } else if (Array.isArray(member)) {
      const list: readonly unknown[] = Array.isArray(found) ? found : [];
      const wishes: readonly unknown[] = member;
      const lacking = wishes.filter((wish) => !list.some((had) => !valueDifference(wish, had)));
      if (lacking.length === 0) continue;
      added.push(at);
      value = { ...value, [key]: [...list, ...lacking] };
    } else if (path === 'nodeSelector' && member === '' && (found === undefined || found === null)) {
      // A node label with an empty value (`node-role.kubernetes.io/worker: ""`) is not the same as no label.
      added.push(at);
      value = { ...value, [key]: member };
    } else if (canonicalValue(found) === undefined) {
      if (canonicalValue(member) === undefined) continue;
      added.push(at);
      value = { ...value, [key]: member };
    } else {
      const differs = valueDifference(member, found);
      if (differs) conflicts.push({ ...differs, path: differs.path === '' ? at : `${at}.${differs.path}` });
    }
  }
  return { value, added, conflicts };
}

/** Called with the path of a list that lost entries, and the indices that the others had before. */
export type Shortened = (path: string, kept: readonly number[]) => void;

/**
 * The fields without those that equal the class's: for judging, and for evaluating conditions.
 * @param path of these fields; empty for none
 */
export function withoutFields(existing: JsonObject, granted: JsonObject, path = '', shortened?: Shortened): JsonObject {
  const rest: Record<string, unknown> = { ...existing };
  for (const [key, member] of Object.entries(granted)) {
    const found = ownField(existing, key);
    if (found === undefined) continue;
    const at = path === '' ? key : `${path}.${key}`;
    if (isJsonObject(member) && isJsonObject(found) && !isAtomic(key)) {
      rest[key] = withoutFields(found, member, at, shortened);
    } else if (Array.isArray(member) && Array.isArray(found)) {
      const kept = [...found.keys()].filter(
        (index) => !member.some((wish: unknown) => !valueDifference(wish, found[index])),
      );
      rest[key] = kept.map((index): unknown => found[index]);
      if (kept.length < found.length) shortened?.(at, kept);
    } else if (!valueDifference(member, found)) delete rest[key];
  }
  return rest;
}

/** Discriminated unions, compared as a whole: a profile's path means nothing without its type. */
function isAtomic(key: string): boolean {
  return key === 'seccompProfile' || key === 'appArmorProfile' || key === 'seLinuxOptions';
}
