// How much there is to judge in a pod template. A body of 8 MB can hold two million containers: saying what is wrong with
// each of them, or filling them in, would take more memory than a webhook has.
import { CONTAINER_LISTS } from './containers.ts';
import { ownField } from './json.ts';

/** No real pod comes near: 1.5 MB, which is what etcd stores, holds some three thousand containers as they are written. */
export const MOST_ENTRIES = 20_000;

/**
 * The number of containers, volumes, labels and other members of the lists and maps that Sandgate goes through. Total:
 * the template may have any shape. Beyond {@link MOST_ENTRIES} it counts no further.
 */
export function entriesIn(template: unknown): number {
  const metadata = ownField(template, 'metadata');
  const spec = ownField(template, 'spec');
  const security = ownField(spec, 'securityContext');
  let count =
    membersOf(metadata, 'labels') +
    membersOf(metadata, 'annotations') +
    membersOf(spec, 'volumes') +
    membersOf(security, 'sysctls') +
    membersOf(security, 'supplementalGroups');
  for (const list of CONTAINER_LISTS) {
    const containers = ownField(spec, list);
    if (!Array.isArray(containers)) continue;
    count += containers.length;
    for (const container of containers) {
      if (count > MOST_ENTRIES) return count;
      const capabilities = ownField(ownField(container, 'securityContext'), 'capabilities');
      count +=
        membersOf(container, 'ports') +
        membersOf(container, 'volumeDevices') +
        membersOf(capabilities, 'add') +
        membersOf(capabilities, 'drop');
    }
  }
  return count;
}

function membersOf(value: unknown, key: string): number {
  const field = ownField(value, key);
  if (Array.isArray(field)) return field.length;
  return typeof field === 'object' && field !== null ? Object.keys(field).length : 0;
}
