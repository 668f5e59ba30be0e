// The places of containers in a template to which classes have added some: those of init containers go to the front.
import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { type ListPlaces, NO_PLACES } from '../model/list-places.ts';

/**
 * Where the containers of `after` stood in `before`. Filling in adds containers under names that `before` does not have,
 * and keeps the order of the others.
 * @param prefix where the template stands in the object, with a dot at the end; empty for a Pod
 */
export function placesBefore(before: PodTemplate, after: PodTemplate, prefix: string): ListPlaces {
  if (before === after) return NO_PLACES;
  let places: Map<string, readonly (number | undefined)[]> | undefined;
  for (const list of CONTAINER_LISTS) {
    const old = before.spec?.[list] ?? [];
    const members = after.spec?.[list] ?? [];
    if (members.length === old.length) continue;
    let next = 0;
    const indices = members.map(({ name }) => (next < old.length && old[next]?.name === name ? next++ : undefined));
    places = (places ?? new Map()).set(`${prefix}spec.${list}`, indices);
  }
  return places ?? NO_PLACES;
}
