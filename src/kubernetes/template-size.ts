// How much there is to judge in a pod template. A request of 8 MB can hold two million containers. Reporting what is wrong
// with each of them, or filling in their fields, would take more memory than a webhook has.

import { isJsonObject, type JsonObject } from '../model/json.ts';
import { CONTAINER_LISTS } from './containers.ts';

/** Real pods have far fewer: etcd stores at most 1.5 MB, which is enough for about three thousand ordinary containers. */
export const MOST_ENTRIES = 20_000;

/**
 * The number of containers, volumes, labels, annotations and entries of the lists that rules go through. The template may
 * have any shape. Counting stops soon after {@link MOST_ENTRIES}.
 */
export function entriesIn(template: unknown): number {
  // Without `ownField`, which takes four times as long: objects inherit nothing under these names.
  if (!isJsonObject(template)) return 0;
  const { metadata, spec } = template;
  const metadataEntries = isJsonObject(metadata) ? membersOf(metadata.labels) + membersOf(metadata.annotations) : 0;
  return isJsonObject(spec) ? entriesInSpec(spec, metadataEntries) : metadataEntries;
}

function entriesInSpec(spec: JsonObject, start: number): number {
  const { securityContext } = spec;
  let count = start + membersOf(spec.volumes);
  if (isJsonObject(securityContext)) {
    count += membersOf(securityContext.sysctls) + membersOf(securityContext.supplementalGroups);
  }
  for (const list of CONTAINER_LISTS) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    count += containers.length;
    for (const container of containers) {
      if (count > MOST_ENTRIES) return count;
      if (isJsonObject(container)) count += entriesInContainer(container);
    }
  }
  return count;
}

function entriesInContainer({ env, ports, volumeDevices, volumeMounts, securityContext }: JsonObject): number {
  const capabilities = isJsonObject(securityContext) ? securityContext.capabilities : undefined;
  const changes = isJsonObject(capabilities) ? membersOf(capabilities.add) + membersOf(capabilities.drop) : 0;
  return membersOf(ports) + membersOf(volumeDevices) + membersOf(volumeMounts) + membersOf(env) + changes;
}

function membersOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
