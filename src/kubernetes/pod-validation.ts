// The rules of Kubernetes' pod validation that something which is added to a valid pod can break: two fields that are fine
// each by itself and are refused together. Capability classes and fill-ins ask this one table, so that neither makes a pod
// that the API server refuses.
// Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/validation/validation.go; each row names its function there.
import { type JsonObject, ownField } from '../model/json.ts';
import { type ContainerRef, containerPath, type PodView } from './containers.ts';
import { legacyProfileConflicts } from './legacy-profiles.ts';
import { podResourceConflicts } from './pod-level-resources.ts';

/** One of the two fields of a conflict. */
export interface ConflictSide {
  /** Inside the pod template: `spec.hostUsers`. */
  readonly path: string;
  readonly container?: string;
  /** The field and its value in words: `hostUsers false`, `volumeDevices of container "a"`. */
  readonly text: string;
  /** What whoever wrote it can do, as an instruction. */
  readonly change: string;
}

/** Two fields that the API server does not accept together. */
export interface PodConflict {
  /** The id of the rule. */
  readonly rule: string;
  readonly sides: readonly [ConflictSide, ConflictSide];
}

/** One rule of pod validation. */
export interface PodRule {
  readonly id: string;
  /** The function in Kubernetes' validation.go. */
  readonly source: string;
  /** Every pair of fields of the pod that breaks the rule. */
  readonly find: (pod: PodView) => readonly (readonly [ConflictSide, ConflictSide])[];
}

const HOST_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** The rules about a user namespace of the pod's own. */
export const USER_NAMESPACE_RULES: readonly PodRule[] = [
  {
    id: 'host-namespace',
    source: 'validateHostUsers',
    find: ({ spec }) => {
      if (spec.hostUsers !== false) return [];
      return HOST_NAMESPACES.filter((field) => spec[field] === true).map(
        (field) => [HOST_USERS, podSide(field, true)] as const,
      );
    },
  },
  {
    id: 'volume-devices',
    source: 'validateHostUsers',
    find: ({ spec, containers }) => {
      if (spec.hostUsers !== false) return [];
      return containers
        .filter(({ container }) => (container.volumeDevices?.length ?? 0) > 0)
        .map((ref) => [HOST_USERS, containerSide(ref, 'volumeDevices')] as const);
    },
  },
];

/** The rules about seccomp and AppArmor profiles and the annotations that came before the fields. */
export const PROFILE_RULES: readonly PodRule[] = [
  { id: 'legacy-seccomp', source: 'validateSeccompAnnotationsAndFields', find: legacyProfileConflicts('seccomp') },
  {
    id: 'legacy-apparmor',
    source: 'validateAppArmorAnnotationsAndFieldsMatchOnCreate',
    find: legacyProfileConflicts('appArmor'),
  },
];

/** Every rule that an addition can break. */
export const POD_RULES: readonly PodRule[] = [
  ...USER_NAMESPACE_RULES,
  {
    id: 'unmasked-proc',
    source: 'ValidateSecurityContext',
    find: ({ spec, containers }) => {
      if (spec.hostUsers === false) return [];
      return containers
        .filter(({ container }) => container.securityContext?.procMount === 'Unmasked')
        .map((ref) => {
          const without: ConflictSide = {
            path: 'spec.hostUsers',
            text: 'a pod without hostUsers false',
            change: 'set hostUsers to false',
          };
          return [containerSide(ref, 'securityContext.procMount', 'Unmasked'), without] as const;
        });
    },
  },
  {
    id: 'escalation',
    source: 'ValidateSecurityContext',
    find: ({ containers }) =>
      containers.flatMap((ref) => {
        const against = escalationConflict(ref.container.securityContext);
        if (against === undefined || ref.container.securityContext?.allowPrivilegeEscalation !== false) return [];
        const other =
          against === 'privileged'
            ? containerSide(ref, 'securityContext.privileged', true)
            : containerSide(ref, 'securityContext.capabilities.add', against);
        return [[containerSide(ref, 'securityContext.allowPrivilegeEscalation', false), other] as const];
      }),
  },
  {
    id: 'windows',
    source: 'validateWindows',
    find: (pod) => {
      if (pod.spec.os?.name !== 'windows') return [];
      const os: ConflictSide = {
        path: 'spec.os.name',
        text: 'spec.os.name windows',
        change: 'run this pod on Linux (set spec.os.name to linux, or leave it out)',
      };
      return linuxFields(pod).map((side) => [side, os] as const);
    },
  },
  {
    id: 'linux',
    source: 'validateLinux',
    find: ({ spec, containers }) => {
      if (spec.os?.name !== 'linux') return [];
      const os: ConflictSide = {
        path: 'spec.os.name',
        text: 'spec.os.name linux',
        change: 'run this pod on Windows (set spec.os.name to windows)',
      };
      const field = 'securityContext.windowsOptions';
      const sides = containers
        .filter(({ container }) => isThere(container.securityContext, 'windowsOptions'))
        .map((ref) => containerSide(ref, field));
      if (isThere(spec.securityContext, 'windowsOptions')) sides.push(podSide(field));
      return sides.map((side) => [side, os] as const);
    },
  },
  {
    id: 'host-sysctl',
    source: 'ValidateHostSysctl',
    find: ({ spec }) => {
      const sysctls = ownField(spec.securityContext, 'sysctls');
      if (!Array.isArray(sysctls)) return [];
      return sysctls.flatMap((sysctl, index) => {
        const name = String(ownField(sysctl, 'name'));
        const against = hostNamespaceOf(name);
        if (against === undefined || spec[against] !== true) return [];
        const side = {
          path: `spec.securityContext.sysctls[${index}]`,
          text: `sysctl ${name}`,
          change: `remove sysctl ${name}`,
        };
        return [[side, podSide(against, true)] as const];
      });
    },
  },
  {
    id: 'mount-path',
    source: 'ValidateVolumeMounts',
    find: ({ containers }) =>
      containers.flatMap((ref) =>
        (ref.container.volumeDevices ?? []).flatMap((device, at) => {
          const index = (ref.container.volumeMounts ?? []).findIndex((mount) => mount.mountPath === device.devicePath);
          if (index === -1) return [];
          const path = String(device.devicePath);
          return [
            [
              containerSide(ref, `volumeMounts[${index}]`, path),
              containerSide(ref, `volumeDevices[${at}]`, path),
            ] as const,
          ];
        }),
      ),
  },
  {
    id: 'host-port',
    source: 'validatePodHostNetworkDeps',
    find: ({ spec, containers }) => {
      if (spec.hostNetwork !== true) return [];
      return containers.flatMap((ref) => {
        if (ref.list !== 'containers') return [];
        // An absent hostPort gets the number of the containerPort there.
        const index = (ref.container.ports ?? []).findIndex(
          (port) => port.hostPort && port.hostPort !== ownField(port, 'containerPort'),
        );
        return index === -1
          ? []
          : [[containerSide(ref, `ports[${index}].hostPort`), podSide('hostNetwork', true)] as const];
      });
    },
  },
  { id: 'pod-resources', source: 'validatePodResourceConsistency', find: podResourceConflicts },
  ...PROFILE_RULES,
];

/** Every pair of fields that the API server would refuse. Pure. */
export function podConflicts(pod: PodView, rules: readonly PodRule[] = POD_RULES): readonly PodConflict[] {
  return rules.flatMap(({ id, find }) => find(pod).map((sides) => ({ rule: id, sides })));
}

/** What of a container `allowPrivilegeEscalation: false` contradicts. Validation knows of CAP_SYS_ADMIN in this spelling alone. */
export function escalationConflict(security: unknown): 'privileged' | 'CAP_SYS_ADMIN' | undefined {
  if (ownField(security, 'privileged') === true) return 'privileged';
  const added = ownField(ownField(security, 'capabilities'), 'add');
  return Array.isArray(added) && added.includes('CAP_SYS_ADMIN') ? 'CAP_SYS_ADMIN' : undefined;
}

const HOST_USERS = podSide('hostUsers', false);

/** A field of the pod's spec. */
function podSide(field: string, value?: boolean | string): ConflictSide {
  const text = value === undefined ? field : `${field} ${value}`;
  return { path: `spec.${field}`, text, change: `remove spec.${field}` };
}

/** A field of a container. */
function containerSide(ref: ContainerRef, field: string, value?: boolean | string): ConflictSide {
  const words = value === undefined ? field : `${field} ${value}`;
  const of = `of container ${JSON.stringify(ref.name)}`;
  return {
    path: containerPath(ref, field),
    container: ref.name,
    text: `${words} ${of}`,
    change: `remove ${field} ${of}`,
  };
}

const LINUX_POD_SECURITY = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const LINUX_CONTAINER_SECURITY = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** The fields that a pod for Windows must not have. */
function linuxFields({ spec, containers }: PodView): ConflictSide[] {
  const sides: ConflictSide[] = [];
  if (isThere(spec, 'hostUsers')) sides.push(podSide('hostUsers'));
  if (isThere(spec, 'shareProcessNamespace')) sides.push(podSide('shareProcessNamespace'));
  for (const field of LINUX_POD_SECURITY) {
    if (isThere(spec.securityContext, field)) sides.push(podSide(`securityContext.${field}`));
  }
  for (const ref of containers) {
    for (const field of LINUX_CONTAINER_SECURITY) {
      if (isThere(ref.container.securityContext, field)) sides.push(containerSide(ref, `securityContext.${field}`));
    }
  }
  return sides;
}

function isThere(object: JsonObject | null | undefined, field: string): boolean {
  const value = ownField(object, field);
  return value !== undefined && value !== null;
}

/** Whose namespace a sysctl belongs to. Source: k8s.io/component-helpers/node/util/sysctl, namespace.go. */
function hostNamespaceOf(sysctl: string): 'hostNetwork' | 'hostIPC' | undefined {
  const name = sysctl.replaceAll('/', '.');
  if (name.startsWith('net.')) return 'hostNetwork';
  const isIpc =
    name === 'kernel.sem' || ['kernel.shm', 'kernel.msg', 'fs.mqueue.'].some((start) => name.startsWith(start));
  return isIpc ? 'hostIPC' : undefined;
}
