// Which parts of a pod belong to the classes it is granted. Parts are recognised by comparing them with the class, never by a
// label or annotation that a user could set as well.
import type { ContainerRef } from '../kubernetes/containers.ts';
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import type { Implementation } from './class.ts';

/** A class that a pod is granted. The parts of it that are in the pod equal the class's, since merging found no conflict. */
export interface GrantedClass {
  readonly name: string;
  readonly implementation: Implementation;
  /** The workload's own containers that get what the class grants, by name. */
  readonly chosen: ReadonlySet<string>;
  /** What is missing from the pod, in words. */
  readonly missing: readonly string[];
  /** Containers that other webhooks are known to put first, and that were passed over when choosing the first. */
  readonly passedOver: readonly string[];
}

/** True for a container that is the class's own. */
export function isClassContainer({ implementation }: GrantedClass, name: string): boolean {
  return implementation.template.containerNames.has(name);
}

/** True for a volume that is the class's own. */
export function isClassVolume({ implementation }: GrantedClass, name: string): boolean {
  return implementation.template.volumeNames.has(name);
}

/** The mounts, devices and variables that the class grants this container, by field; none for one that it did not choose. */
export function grantedMounts(
  granted: GrantedClass,
  ref: ContainerRef,
): Readonly<Record<MountField, readonly JsonObject[]>> {
  if (ref.list === 'ephemeralContainers' || !granted.chosen.has(ref.name)) return NO_MOUNTS;
  return granted.implementation.grant;
}

const NO_MOUNTS = { volumeMounts: [], volumeDevices: [], env: [] };
const MOUNT_FIELDS = ['volumeMounts', 'volumeDevices', 'env'] as const;

/** The names of the volumes a container uses, each with the field and place it stands in. */
export function mountsOf(ref: ContainerRef): readonly MountRef[] {
  const mounts: MountRef[] = [];
  for (const field of MOUNT_FIELDS) {
    const list = ownField(ref.container, field);
    if (!Array.isArray(list)) continue;
    for (const [index, mount] of list.entries()) {
      const volume = field === 'env' ? volumeOfVariable(mount) : stringField(mount, 'name');
      if (volume !== undefined) mounts.push({ field, index, volume, mount });
    }
  }
  return mounts;
}

/**
 * The volume that a variable takes its value from, by `fileKeyRef` (KEP-3721): the kubelet reads a file of the volume, which
 * the container does not need to mount. Undefined for any other variable.
 */
export function volumeOfVariable(variable: unknown): string | undefined {
  return stringField(ownField(ownField(variable, 'valueFrom'), 'fileKeyRef'), 'volumeName');
}

type MountField = (typeof MOUNT_FIELDS)[number];

/** A use of a volume by a container. */
export interface MountRef {
  readonly field: MountField;
  readonly index: number;
  readonly volume: string;
  readonly mount: unknown;
}
