// The places of containers in a template to which classes have added some: those of init containers go to the front.
import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { type ListPlaces, NO_PLACES, sentPath } from '../model/list-places.ts';
import { fieldPrefix, findTemplates } from '../workloads/template.ts';
import type { Workload } from '../workloads/workload.ts';

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

/**
 * The findings of a filled-in object with the paths that their fields have in the object that was sent.
 * @param workload where templates stand in objects of this kind
 */
export function findingsAsSent(
  findings: readonly Finding[],
  sent: JsonObject,
  filled: JsonObject,
  workload: Pick<Workload, 'templates' | 'partials'>,
): readonly Finding[] {
  if (sent === filled || findings.length === 0) return findings;
  const places = new Map<string, readonly (number | undefined)[]>();
  const before = findTemplates(sent, workload);
  for (const [index, { tokens, value }] of findTemplates(filled, workload).entries()) {
    const old = before[index]?.value;
    if (!isPodTemplate(old) || !isPodTemplate(value)) continue;
    for (const [list, indices] of placesBefore(old, value, fieldPrefix(tokens))) places.set(list, indices);
  }
  if (places.size === 0) return findings;
  return findings.map((finding) => ({
    ...finding,
    fields: finding.fields.map((field) => ({ ...field, path: sentPath(field.path, places) })),
  }));
}
