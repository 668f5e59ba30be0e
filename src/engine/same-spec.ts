// Whether two pod specs say the same, however they are written. A controller that writes a whole Sandbox back, to take it
// over from a pool or to suspend it, writes its spec as Go does: with `resources: {}` in every container, without
// `hostNetwork: false`, with `1Gi` in place of `1024Mi`. That is no edit of the template by anybody.
import { canonicalContainer, canonicalValue, canonicalVolume } from '../capabilities/canonical.ts';
import { CONTAINER_LISTS } from '../model/containers.ts';
import { isJsonObject, type JsonObject, ownField, sameJson } from '../model/json.ts';

/** Where Go leaves out a false. */
const FLAGS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** True where both are the same to the API server, its defaults included. Total for any JSON. */
export function sameSpec(a: unknown, b: unknown): boolean {
  return sameJson(a, b) || (isJsonObject(a) && isJsonObject(b) && sameJson(canonicalSpec(a), canonicalSpec(b)));
}

function canonicalSpec(spec: JsonObject): JsonObject {
  const lists: [string, unknown][] = [['volumes', eachOf(spec, 'volumes', canonicalVolume)]];
  for (const list of CONTAINER_LISTS) lists.push([list, eachOf(spec, list, canonicalContainer)]);
  const unset = FLAGS.filter((flag) => ownField(spec, flag) === false);
  const handled = [...lists.map(([key]) => key), ...unset].map((key) => [key, null]);
  const rest = canonicalValue({ ...spec, ...Object.fromEntries(handled) });
  return { ...(isJsonObject(rest) && rest), ...Object.fromEntries(lists) };
}

/** The members of a list, each in one form. What is no list, or no object in it, stays what it is, and differs from one. */
function eachOf(spec: JsonObject, key: string, canonical: (member: unknown) => JsonObject): unknown {
  const list = ownField(spec, key);
  if (!Array.isArray(list)) return list ?? undefined;
  if (list.length === 0) return undefined;
  return list.map((member: unknown) => (isJsonObject(member) ? canonical(member) : member));
}
