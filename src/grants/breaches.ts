// Uses of a class's parts by anything in the pod that is not the class's own.
import { type ContainerRef, containerPath, type PodView } from '../kubernetes/containers.ts';
import type { Failure } from '../model/finding.ts';
import { ownField, stringField } from '../model/json.ts';
import { choiceMatters } from './chosen.ts';
import { valueDifference, variableDifference } from './difference.ts';
import {
  type GrantedClass,
  grantedMounts,
  isClassContainer,
  isClassVolume,
  mountsOf,
  volumeOfVariable,
} from './granted.ts';
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
  const { containerNames } = granted.implementation.template;
  if (shares && (containerNames.size > 0 || (usesVolumes(granted) && others(granted, all, view)))) {
    failures.push({
      reason: 'capability_process_namespace',
      detail:
        containerNames.size > 0
          ? `shareProcessNamespace lets every container reach the processes of class ${quoteShort(granted.name)}`
          : `shareProcessNamespace lets every container reach the volumes that class ${quoteShort(granted.name)} gives to container ${quoteShort([...granted.chosen].join(', '))}, through /proc`,
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

/**
 * An ephemeral container in the process namespace of its target reaches the target's files through /proc/1/root, and with them
 * whatever is mounted there. Ephemeral containers are granted nothing, so none may have such a target.
 */
function enteredProcesses(granted: GrantedClass, ref: ContainerRef): Failure[] {
  const target = stringField(ref.container, 'targetContainerName');
  if (ref.list !== 'ephemeralContainers' || target === undefined) return [];
  const isOwn = isClassContainer(granted, target);
  if (!isOwn && !(granted.chosen.has(target) && choiceMatters(granted.implementation.grant))) return [];
  const because = isOwn
    ? `which belongs to class ${quoteShort(granted.name)}`
    : `which has what class ${quoteShort(granted.name)} grants: leave out targetContainerName (kubectl debug --target)`;
  return [
    {
      reason: `capability_process_namespace: ${target}`,
      detail: `ephemeral container ${quoteShort(ref.name)} must not enter the processes of container ${quoteShort(target)}, ${because}`,
      fields: [{ path: containerPath(ref, 'targetContainerName'), container: ref.name }],
    },
  ];
}

function usesVolumes({ implementation: { grant } }: GrantedClass): boolean {
  const { volumeMounts, volumeDevices, env } = grant;
  return volumeMounts.length + volumeDevices.length > 0 || env.some((one) => volumeOfVariable(one) !== undefined);
}

/** True where the pod has a container that is neither given what the class grants nor some class's own. */
function others({ chosen }: GrantedClass, all: readonly GrantedClass[], view: PodView): boolean {
  return view.containers.some(
    ({ list, name }) =>
      list === 'ephemeralContainers' || !(chosen.has(name) || all.some((one) => isClassContainer(one, name))),
  );
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
