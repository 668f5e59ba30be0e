// What becomes of a stored template that nobody has a schema of: by JSON merge patches (RFC 7396), which are made here from two
// objects, and by a server-side apply.
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';

/** The patch that makes one object of the other, but for nulls, which it cannot say. */
export function mergePatchBetween(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(from)) if (to[key] === undefined) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const had = from[key];
    if (value === undefined || isDeepStrictEqual(value, had)) continue;
    patch[key] = isJsonObject(value) && isJsonObject(had) ? mergePatchBetween(had, value) : value;
  }
  return patch;
}

/** The object after a patch. */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const patched: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete patched[key];
    else patched[key] = mergePatched(patched[key], value);
  }
  return patched;
}

/**
 * The object after its manager applied another configuration than before: what it had written and leaves out is gone, what was
 * filled in and is nobody's stays, and lists are replaced.
 */
export function appliedOver(stored: unknown, before: unknown, applied: unknown): unknown {
  if (!isJsonObject(stored) || !isJsonObject(applied)) return applied;
  const had = isJsonObject(before) ? before : {};
  const kept = Object.entries(stored).filter(([key]) => !(key in applied) && !(key in had));
  const written = Object.entries(applied).map(([key, value]) => [key, appliedOver(stored[key], had[key], value)]);
  return Object.fromEntries([...kept, ...written]);
}
