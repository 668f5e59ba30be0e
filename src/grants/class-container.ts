// Whether a container of a pod is the one that a class has: but for the fields that the class leaves free, and for what it shares
// of the workload's mounts.
import type { PodSpec } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import type { Implementation } from './class.ts';
import { containerDifference, type Difference, valueDifference } from './difference.ts';

/**
 * Compares a container of a pod with the one of its name in a class.
 * @param pod the spec of the pod
 * @param shared the mounts that the class's container shares with the workload: each of them may be there or not, since a
 * mount can be added to the workload's container after the class was given
 */
export function classContainerDifference(
  expected: JsonObject,
  actual: JsonObject,
  implementation: Implementation,
  pod: PodSpec,
  shared: readonly JsonObject[],
): Difference | undefined {
  const free = implementation.free.get(stringField(expected, 'name') ?? '');
  const own = shared.length === 0 ? actual : withoutMounts(actual, shared);
  if (free === undefined) return containerDifference(expected, own, pod);
  return containerDifference(withoutKeys(expected, free), withoutKeys(own, free), pod);
}

/** The mounts of a container that are among those that are shared. Each is compared with one other: there can be thousands. */
export function mountsShared(container: JsonObject, shared: readonly JsonObject[]): ReadonlySet<unknown> {
  const mounts = ownField(container, 'volumeMounts');
  const byPath = new Map(shared.map((one) => [one.mountPath, one]));
  return new Set(Array.isArray(mounts) ? mounts.filter((mount) => isSame(byPath.get(pathOf(mount)), mount)) : []);
}

/** The path at which something is mounted. */
export function pathOf(mount: unknown): string | undefined {
  return stringField(mount, 'mountPath');
}

/** The API server does not store `readOnly: false`. */
function isSame(shared: JsonObject | undefined, mount: unknown): boolean {
  if (shared === undefined || !isJsonObject(mount)) return false;
  const { readOnly, ...rest } = mount;
  return valueDifference(shared, readOnly === false ? rest : mount) === undefined;
}

function withoutMounts(container: JsonObject, shared: readonly JsonObject[]): JsonObject {
  const mounts = ownField(container, 'volumeMounts');
  const left = mountsShared(container, shared);
  if (left.size === 0 || !Array.isArray(mounts)) return container;
  return { ...container, volumeMounts: mounts.filter((mount) => !left.has(mount)) };
}

function withoutKeys(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}
