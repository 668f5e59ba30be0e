// Uses of a class's parts by anything in the pod that is not the class's own.
import { type ContainerRef, containerPath, type PodView } from '../kubernetes/containers.ts';
import type { Failure } from '../model/finding.ts';
import { ownField, stringField } from '../model/json.ts';
import { valueDifference, variableDifference } from './difference.ts';
import { type GrantedClass, grantedMounts, isClassContainer, isClassVolume, mountsOf } from './granted.ts';
import { quoteShort } from './quote.ts';

/**
 * Every use of a class's volumes, processes or names by something that is not the class's: mounts (also by subPath, as a
 * block device, in init and ephemeral containers), variables with their value from a file of one, a shared process
 * namespace, an ephemeral container that enters one.
 */
export function breachesOf(granted: GrantedClass, all: readonly GrantedClass[], view: PodView): readonly Failure[] {
  const failures: Failure[] = [];
  for (const ref of view.containers) {
    if (all.some((other) => isClassContainer(other, ref.name)) && ref.list !== 'ephemeralContainers') continue;
    failures.push(...foreignMounts(granted, all, ref), ...enteredProcesses(granted, ref));
  }
  const shares = ownField(view.spec, 'shareProcessNamespace') === true;
  const { containers, initContainers, podFields } = granted.implementation.template;
  if (shares && containers.length + initContainers.length > 0 && podFields.shareProcessNamespace !== true) {
    failures.push({
      reason: 'capability_process_namespace',
      detail: `shareProcessNamespace lets every container reach the processes of class ${quoteShort(granted.name)}`,
      fields: [{ path: 'spec.shareProcessNamespace' }],
    });
  }
  return failures;
}

function foreignMounts(granted: GrantedClass, all: readonly GrantedClass[], ref: ContainerRef): Failure[] {
  const failures: Failure[] = [];
  for (const { field, index, volume, mount } of mountsOf(ref)) {
    if (!isClassVolume(granted, volume)) continue;
    const allowed = all.flatMap((other) => grantedMounts(other, ref)[field]);
    const writable = ownField(mount, 'readOnly') === false ? { ...asObject(mount), readOnly: undefined } : mount;
    const differs = field === 'env' ? variableDifference : valueDifference;
    if (allowed.some((wish) => differs(wish, writable) === undefined)) continue;
    const at = stringField(mount, PLACE_OF[field]) ?? '';
    failures.push({
      reason: `capability_volume_not_granted: ${volume}`,
      detail: `container ${quoteShort(ref.name)} must not use volume ${quoteShort(volume)} ${field === 'env' ? 'in variable' : 'at'} ${quoteShort(at)}: it belongs to class ${quoteShort(granted.name)}`,
      fields: [{ path: containerPath(ref, `${field}[${index}]`), container: ref.name }],
    });
  }
  return failures;
}

/** The field that says where a container has it, or under which name. */
const PLACE_OF = { volumeMounts: 'mountPath', volumeDevices: 'devicePath', env: 'name' } as const;

function enteredProcesses(granted: GrantedClass, ref: ContainerRef): Failure[] {
  const target = stringField(ref.container, 'targetContainerName');
  if (ref.list !== 'ephemeralContainers' || target === undefined || !isClassContainer(granted, target)) return [];
  return [
    {
      reason: `capability_process_namespace: ${target}`,
      detail: `ephemeral container ${quoteShort(ref.name)} must not enter the processes of container ${quoteShort(target)}, which belongs to class ${quoteShort(granted.name)}`,
      fields: [{ path: containerPath(ref, 'targetContainerName'), container: ref.name }],
    },
  ];
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
