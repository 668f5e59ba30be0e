// Whether two pod specs say the same, however they are written. A controller that writes a whole Sandbox back, to take it
// over from a pool or to suspend it, writes its spec as Go does: with `resources: {}` in every container, without
// `hostNetwork: false`, with `1Gi` in place of `1024Mi`. That is no edit of the template by anybody.
import { canonicalContainer, canonicalValue, canonicalVolume } from '../grants/canonical.ts';
import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import { isJsonObject, type JsonObject, ownField, sameJson } from '../model/json.ts';

/** Where Go leaves out a false. */
const FLAGS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** True where both are the same to the API server, its defaults included. Total for any JSON. */
export function sameSpec(a: unknown, b: unknown): boolean {
  if (sameJson(a, b)) return true;
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  return (
    sameJson(restOf(a), restOf(b)) &&
    CONTAINER_LISTS.every((list) => sameMembers(a, b, list, canonicalContainer)) &&
    sameMembers(a, b, 'volumes', canonicalVolume)
  );
}

/** All but the lists, which are compared one by one: the first real difference spares us the rest of a large object. */
function restOf(spec: JsonObject): unknown {
  const rest: Record<string, unknown> = { ...spec };
  for (const list of [...CONTAINER_LISTS, 'volumes']) delete rest[list];
  for (const flag of FLAGS) if (rest[flag] === false) delete rest[flag];
  return canonicalValue(rest);
}

/** What is no list, or no object in it, stays what it is, and differs from one. */
function sameMembers(a: JsonObject, b: JsonObject, list: string, canonical: (member: unknown) => JsonObject): boolean {
  const before = listIn(a, list);
  const after = listIn(b, list);
  if (!Array.isArray(before) || !Array.isArray(after)) return sameJson(before, after);
  return before.length === after.length && before.every((member, index) => isSame(member, after[index], canonical));
}

/** An empty list is none. */
function listIn(spec: JsonObject, list: string): unknown {
  const members = ownField(spec, list) ?? undefined;
  return Array.isArray(members) && members.length === 0 ? undefined : members;
}

function isSame(a: unknown, b: unknown, canonical: (member: unknown) => JsonObject): boolean {
  return sameJson(a, b) || (isJsonObject(a) && isJsonObject(b) && sameJson(canonical(a), canonical(b)));
}
