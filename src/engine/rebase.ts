// What was filled in beside the parts of classes, put into a template that does not have these parts.
import type { PodTemplate } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';

/**
 * The template `onto` with everything in which `after` differs from `before`. Fields and entries that only `before` and
 * `after` have, since they belong to a class, are left out. Entries of lists are told apart by their names, and those of one name
 * by their order.
 * @param after made of `before` by copying along changed paths: what is unchanged is the same reference
 * @param before `onto` with the parts of classes
 */
export function rebase(after: PodTemplate, before: PodTemplate, onto: PodTemplate): PodTemplate {
  return after === before ? onto : rebaseObject({ ...after }, { ...before }, { ...onto });
}

function rebaseValue(after: unknown, before: unknown, onto: unknown): unknown {
  if (after === before) return onto;
  if (Array.isArray(after) && Array.isArray(before)) return rebaseList(after, before, Array.isArray(onto) ? onto : []);
  if (isJsonObject(after) && isJsonObject(before)) {
    const rebased = rebaseObject(after, before, isJsonObject(onto) ? onto : {});
    return onto === undefined && Object.keys(rebased).length === 0 ? undefined : rebased;
  }
  return after;
}

function rebaseObject(after: JsonObject, before: JsonObject, onto: JsonObject): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(onto)) if (Object.hasOwn(after, key)) result[key] = onto[key];
  for (const [key, value] of Object.entries(after)) {
    const old = ownField(before, key);
    if (value === old) continue;
    const rebased = rebaseValue(value, old, ownField(onto, key));
    if (rebased !== undefined) result[key] = rebased;
  }
  return result;
}

function rebaseList(after: readonly unknown[], before: readonly unknown[], onto: readonly unknown[]): unknown {
  const olds = new Entries(before);
  const owns = new Entries(onto);
  const result: unknown[] = [];
  for (const entry of after) {
    const old = olds.take(entry);
    if (old === undefined) {
      result.push(entry);
      continue;
    }
    const own = owns.take(entry);
    if (own !== undefined) result.push(rebaseValue(entry, old, own));
  }
  return result.length === 0 && onto.length === 0 ? undefined : result;
}

/** The entries of a list, to be taken out one after the other by what they are called; those without a name by what they are. */
class Entries {
  readonly #alike = new Map<unknown, unknown[]>();

  constructor(list: readonly unknown[]) {
    for (const entry of list.toReversed()) {
      const key = keyOf(entry);
      const alike = this.#alike.get(key);
      if (alike) alike.push(entry);
      else this.#alike.set(key, [entry]);
    }
  }

  /** The first that is left of those called like this one. */
  take(entry: unknown): unknown {
    return this.#alike.get(keyOf(entry))?.pop();
  }
}

/** What an entry is called in its list. A volume can be mounted more than once. */
function keyOf(entry: unknown): unknown {
  const name = stringField(entry, 'name');
  if (name === undefined) return entry;
  return JSON.stringify([name, ownField(entry, 'mountPath') ?? null, ownField(entry, 'devicePath') ?? null]);
}
