// A pod as expressions see it: as the policy judges it, without what the capabilities in the policy's list grant.
import { standsForGranted } from '../../grants/subtract.ts';
import { CONTAINER_LISTS, type PodView } from '../../kubernetes/containers.ts';
import type { JsonObject } from '../../model/json.ts';

/** `metadata` and `spec` of a view. A pod that nothing was granted is the one that was sent: nothing is copied. */
export function podObject({ metadata, spec, containers, granted }: PodView): JsonObject {
  if (granted === undefined) return { metadata, spec };
  const rest: Record<string, unknown> = { ...spec };
  for (const list of CONTAINER_LISTS) {
    const left = containers.filter((ref) => ref.list === list).map(({ container }) => container);
    if (spec[list]) rest[list] = left;
  }
  if (spec.volumes) rest.volumes = spec.volumes.filter((volume) => !standsForGranted(volume));
  return { metadata, spec: rest };
}
