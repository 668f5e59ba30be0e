// Changes to a pod, or to an object around one, by the names of what is in it.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';

export type Change = (pod: JsonObject) => JsonObject;

/** Stands for a new member of a list. */
export const NEXT = '+';

/**
 * Puts a value at a path; `undefined` takes away what is there. A key leads to the member of a list that has it as its name
 * or mount path, {@link NEXT} to a new one.
 */
export function put(value: unknown, ...keys: readonly string[]): Change {
  return (pod) => {
    const changed = withValue(pod, keys, value);
    if (!isJsonObject(changed)) throw new Error('a pod is an object');
    return changed;
  };
}

/** What stands at such a path; undefined where nothing does. */
export function found(target: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce(
    (value, key) => (Array.isArray(value) ? value.find((member) => isCalled(member, key)) : at(value, key)),
    target,
  );
}

/** One change after the other. */
export function all(...changes: readonly Change[]): Change {
  return (pod) => changes.reduce((changed, change) => change(changed), pod);
}

function withValue(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target) || (target === undefined && key === NEXT)) {
    const members: readonly unknown[] = Array.isArray(target) ? target : [];
    const index = key === NEXT ? members.length : members.findIndex((member) => isCalled(member, key));
    if (index === -1) throw new Error(`nothing is called ${key}`);
    const member = withValue(members[index], rest, value);
    return members.toSpliced(index, 1, ...(member === undefined ? [] : [member]));
  }
  const fields = isJsonObject(target) ? target : {};
  const { [key]: had, ...others } = fields;
  const member = withValue(had, rest, value);
  // In its place, where it has one.
  return member === undefined ? others : { ...fields, [key]: member };
}

function isCalled(member: unknown, key: string): boolean {
  return at(member, 'name') === key || at(member, 'mountPath') === key;
}
