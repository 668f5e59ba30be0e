// Whether two pod specs mean the same, however they are written. A controller that writes a whole Sandbox back, to adopt it
// from a pool or to suspend it, serialises its spec as Go does: with `resources: {}` in every container, without
// `hostNetwork: false`, with `1Gi` instead of `1024Mi`. Nobody has edited the template then.
import { canonicalContainer, canonicalValue, canonicalVolume } from '../grants/canonical.ts';
import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import { isJsonObject, type JsonObject, ownField, sameJson } from '../model/json.ts';

/** Fields that Go's `omitempty` drops where they are false. */
const FLAGS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** True where the API server would store both specs alike, with its defaults applied. Total for any JSON. */
export function sameSpec(a: unknown, b: unknown): boolean {
  if (sameJson(a, b)) return true;
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  return (
    sameJson(restOf(a), restOf(b)) &&
    CONTAINER_LISTS.every((list) => sameMembers(a, b, list, canonicalContainer)) &&
    sameMembers(a, b, 'volumes', canonicalVolume)
  );
}

/** Everything but the lists: these are compared member by member, and the comparison stops at the first difference. */
function restOf(spec: JsonObject): unknown {
  const rest: Record<string, unknown> = { ...spec };
  for (const list of [...CONTAINER_LISTS, 'volumes']) delete rest[list];
  for (const flag of FLAGS) if (rest[flag] === false) delete rest[flag];
  return canonicalValue(rest);
}

/** Values that are not lists are compared as they are. */
function sameMembers(a: JsonObject, b: JsonObject, list: string, canonical: (member: unknown) => JsonObject): boolean {
  const before = listIn(a, list);
  const after = listIn(b, list);
  if (!Array.isArray(before) || !Array.isArray(after)) return sameJson(before, after);
  return before.length === after.length && before.every((member, index) => isSame(member, after[index], canonical));
}

/** The list, or undefined where it is absent, null or empty. */
function listIn(spec: JsonObject, list: string): unknown {
  const members = ownField(spec, list) ?? undefined;
  return Array.isArray(members) && members.length === 0 ? undefined : members;
}

function isSame(a: unknown, b: unknown, canonical: (member: unknown) => JsonObject): boolean {
  return sameJson(a, b) || (isJsonObject(a) && isJsonObject(b) && sameJson(canonical(a), canonical(b)));
}
