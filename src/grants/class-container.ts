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

function withoutMounts(container: JsonObject, shared: readonly JsonObject[]): JsonObject {
  const mounts = ownField(container, 'volumeMounts');
  if (!Array.isArray(mounts)) return container;
  const kept = mounts.filter((mount) => !shared.some((one) => isSameMount(one, mount)));
  return kept.length === mounts.length ? container : { ...container, volumeMounts: kept };
}

/** True where a mount is one of those that are shared. The API server does not store `readOnly: false`. */
export function isSameMount(shared: JsonObject, mount: unknown): boolean {
  if (!isJsonObject(mount)) return false;
  const { readOnly, ...rest } = mount;
  return valueDifference(shared, readOnly === false ? rest : mount) === undefined;
}

function withoutKeys(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}
