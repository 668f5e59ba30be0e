// The mounts of a pod: of init containers, containers and ephemeral containers.
import { type ContainerRef, containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { FieldsOf } from '../../kubernetes/field-type.ts';
import type { Violation } from '../../model/finding.ts';
import { append, inContainer } from '../../pod-security/violations.ts';

export type VolumeMount = FieldsOf<'VolumeMount'>;

/** A mount and its place. */
export interface Mount {
  readonly ref: ContainerRef;
  readonly index: number;
  readonly mount: VolumeMount;
}

/** Which volumes are meant, by name. */
interface Names {
  has(name: string): boolean;
}

/** The mounts of these volumes, in order. */
export function mountsOfVolumes({ containers }: PodView, names: Names): readonly Mount[] {
  const found: Mount[] = [];
  for (const ref of containers) {
    for (const [index, mount] of ref.container.volumeMounts?.entries() ?? []) {
      if (names.has(mount.name ?? '')) found.push({ ref, index, mount });
    }
  }
  return found;
}

/** A violation of a field of a mount. */
export function inMount({ ref, index, mount }: Mount, field: keyof VolumeMount, kind: string): Violation {
  const path = `volumeMounts[${index}].${field}`;
  return { ...inContainer(ref, path, mount[field]), volume: mount.name ?? '', kind };
}

/** True for a mount that cannot be written to, as far as the mount says. */
export function isReadOnly({ readOnly, bindMountOptions }: VolumeMount): boolean {
  return readOnly === true && !bindMountOptions?.includes('rw');
}

/** What a mount that must be read-only has to do. */
export function mustBeReadOnly(volume: string): string {
  return `must mount volume "${volume}" with readOnly=true`;
}

/**
 * The violations with those of these volumes' mounts that are not read-only, and of their devices, of which only the volume
 * itself can say that they are.
 */
export function findWritable(pod: PodView, names: Names, before: Violation[] | undefined): Violation[] | undefined {
  let found = before;
  for (const one of mountsOfVolumes(pod, names)) {
    if (!isReadOnly(one.mount)) found = append(found, inMount(one, 'readOnly', mustBeReadOnly(one.mount.name ?? '')));
  }
  for (const ref of pod.containers) {
    for (const [index, device] of ref.container.volumeDevices?.entries() ?? []) {
      const volume = device.name ?? '';
      if (!names.has(volume)) continue;
      const kind = `must use volume "${volume}" as a device only where the volume says readOnly=true`;
      found = append(found, {
        path: containerPath(ref, `volumeDevices[${index}].name`),
        container: ref.name,
        of: ref,
        value: device.name,
        volume,
        kind,
      });
    }
  }
  return found;
}
