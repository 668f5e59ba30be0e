// What of a pod belongs to the classes it is granted, found by content: nobody's mark is believed.
import type { ContainerRef } from '../kubernetes/containers.ts';
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import type { Implementation } from './class.ts';

/** A class a pod is granted, as far as its parts are there. Parts that are there equal the class's: merging found no conflict. */
export interface GrantedClass {
  readonly name: string;
  readonly implementation: Implementation;
  /** The workload's own containers that are given something. */
  readonly chosen: ReadonlySet<string>;
  /** What is missing from the pod, in words. */
  readonly missing: readonly string[];
}

/** True for a container that is the class's own. */
export function isClassContainer({ implementation }: GrantedClass, name: string): boolean {
  return implementation.template.containerNames.has(name);
}

/** True for a volume that is the class's own. */
export function isClassVolume({ implementation }: GrantedClass, name: string): boolean {
  return implementation.template.volumeNames.has(name);
}

/** The mounts, devices and variables the class gives to the containers it chose: by the field they stand in. */
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

/** KEP-3721: the kubelet reads the value from a file of a volume, which the container need not mount for that. */
export function volumeOfVariable(variable: unknown): string | undefined {
  return stringField(ownField(ownField(variable, 'valueFrom'), 'fileKeyRef'), 'volumeName');
}

type MountField = (typeof MOUNT_FIELDS)[number];

export interface MountRef {
  readonly field: MountField;
  readonly index: number;
  readonly volume: string;
  readonly mount: unknown;
}
