// What sandboxes cannot do, and who says so. A pod that asks for it does not start, or runs without it.
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import { pathOfTokens } from '../../kubernetes/field-path.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import { nanosOf } from '../../kubernetes/quantity.ts';
import type { Violation } from '../../model/finding.ts';
import { remembered } from '../../model/remembered.ts';
import { append, inContainer } from '../../pod-security/violations.ts';
import type { Sandbox } from './sandbox-of.ts';

/** One thing that a sandbox cannot do. */
export interface Incompatibility {
  readonly sandbox: Sandbox;
  /** What the pod has, as a message names it. */
  readonly what: string;
  /** What becomes of it. */
  readonly why: string;
  readonly source: string;
  /** Where a pod asks for it. */
  readonly find: (pod: PodView) => readonly Violation[];
}

const NONE: readonly Violation[] = Object.freeze([]);
const CONTAINERD = 'https://github.com/containerd/containerd/pull/14131 (tests that containerd leaves out for runsc)';
const GKE = 'https://cloud.google.com/kubernetes-engine/docs/concepts/sandbox-pods#limitations';
const KATA_LIMITS = 'https://github.com/kata-containers/kata-containers/blob/main/docs/Limitations.md';

const NO_MOUNTS: readonly Mount[] = Object.freeze([]);

/** Where Docker, containerd, Podman and their rootless forms keep images. */
const IMAGE_STORES =
  /^\/(var\/lib\/(docker|containerd|containers)|home\/[^/]+\/\.local\/share(\/docker|\/containers)?)\//;
const isImageStore = remembered((mountPath) => IMAGE_STORES.test(`/${segmentsOf(mountPath).join('/')}/`));

/** The table, in the order in which messages name its rows. */
export const INCOMPATIBILITIES: readonly Incompatibility[] = [
  {
    sandbox: 'gvisor',
    what: "the node's network",
    why: 'the sandbox has a network stack of its own',
    source: CONTAINERD,
    find: podFlag('hostNetwork'),
  },
  {
    sandbox: 'gvisor',
    what: "the node's processes",
    why: 'the sandbox has a kernel of its own',
    source: CONTAINERD,
    find: podFlag('hostPID'),
  },
  {
    sandbox: 'gvisor',
    what: "the node's IPC",
    why: 'the sandbox has a kernel of its own',
    source: CONTAINERD,
    find: podFlag('hostIPC'),
  },
  {
    sandbox: 'gvisor',
    what: 'a user namespace of the pod',
    why: 'mounts with mapped ids are not supported',
    source: CONTAINERD,
    find: ({ spec }) => (spec.hostUsers === false ? [{ path: 'spec.hostUsers', value: false }] : NONE),
  },
  {
    sandbox: 'gvisor',
    what: 'sysctls',
    why: 'the sandbox does not apply them',
    source: CONTAINERD,
    find: ({ spec }) =>
      spec.securityContext?.sysctls?.map((value, index) => ({
        path: `spec.securityContext.sysctls[${index}]`,
        value,
      })) ?? NONE,
  },
  {
    sandbox: 'gvisor',
    what: 'raw block volumes',
    why: 'the sandbox has no such devices',
    source: GKE,
    find: inContainers(({ volumeDevices }, ref) =>
      volumeDevices?.map((value, index) => inContainer(ref, `volumeDevices[${index}]`, value)),
    ),
  },
  {
    sandbox: 'gvisor',
    what: 'devices of the node',
    why: 'device files do not work in the sandbox, but for some accelerators',
    source: 'https://github.com/google/gvisor/issues/9140',
    find: hostDevices,
  },
  {
    sandbox: 'gvisor',
    what: 'mounts that propagate to the node',
    why: 'the sandbox has mounts of its own',
    source: GKE,
    find: inContainers(({ volumeMounts }, ref) =>
      volumeMounts?.some(propagates)
        ? volumeMounts.flatMap((mount, index) =>
            propagates(mount)
              ? [inContainer(ref, `volumeMounts[${index}].mountPropagation`, mount.mountPropagation)]
              : [],
          )
        : undefined,
    ),
  },
  {
    sandbox: 'gvisor',
    what: 'a GPU',
    why: 'it works with some drivers of NVIDIA alone, where runsc is started with --nvproxy',
    source: 'https://gvisor.dev/docs/user_guide/gpu/',
    find: inContainers(gpusOf),
  },
  {
    sandbox: 'kata',
    what: "the node's network",
    why: "it is not reached from inside a virtual machine, and setting it up may break the node's own",
    source: `${KATA_LIMITS}#docker---nethost`,
    find: podFlag('hostNetwork'),
  },
  {
    sandbox: 'kata',
    what: "the node's processes",
    why: 'the virtual machine has a kernel of its own',
    source: `${KATA_LIMITS}#overview`,
    find: podFlag('hostPID'),
  },
  {
    sandbox: 'kata',
    what: "the node's IPC",
    why: 'the virtual machine has a kernel of its own',
    source: `${KATA_LIMITS}#overview`,
    find: podFlag('hostIPC'),
  },
  {
    sandbox: 'kata',
    what: 'privileges',
    why: 'these come with the block devices of the node, unless the runtime is set to privileged_without_host_devices',
    source: 'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/privileged.md',
    find: inContainers(({ securityContext }, ref) =>
      securityContext?.privileged ? [inContainer(ref, 'securityContext.privileged', true)] : undefined,
    ),
  },
  {
    sandbox: 'kata',
    what: 'devices of the node',
    why: 'a path in /dev is taken from the virtual machine, not from the node',
    source:
      'https://github.com/kata-containers/kata-containers/blob/main/src/runtime/virtcontainers/mount.go (isHostDevice)',
    find: hostDevices,
  },
  {
    sandbox: 'kata',
    what: 'a part of an emptyDir',
    why: 'subPath of an emptyDir may be an empty folder, or not of its medium',
    source:
      'https://github.com/kata-containers/runtime/issues/2812, https://github.com/kata-containers/kata-containers/issues/1728',
    find: inMountsOf(isEmptyDir, ({ subPath, subPathExpr }) => {
      if (subPath) return 'subPath';
      return subPathExpr ? 'subPathExpr' : undefined;
    }),
  },
  {
    sandbox: 'kata',
    what: 'an emptyDir for images of containers',
    why: 'what a virtual machine shares with its node carries no overlay file system, and vfs takes many times the space',
    source: 'https://github.com/kata-containers/runtime/issues/1888',
    find: inMountsOf(isDiskEmptyDir, ({ mountPath }) => (isImageStore(mountPath ?? '') ? 'mountPath' : undefined)),
  },
];

function podFlag(field: 'hostNetwork' | 'hostPID' | 'hostIPC'): Incompatibility['find'] {
  return ({ spec }) => (spec[field] === true ? [{ path: `spec.${field}`, value: true }] : NONE);
}

/** @param of what is found in one container; undefined where nothing is, as in nearly every one */
function inContainers(
  of: (container: ContainerRef['container'], ref: ContainerRef) => readonly Violation[] | undefined,
): Incompatibility['find'] {
  return ({ containers }) => {
    let found: readonly Violation[] = NONE;
    for (const ref of containers) {
      const own = of(ref.container, ref);
      if (own !== undefined) found = found === NONE ? own : [...found, ...own];
    }
    return found;
  };
}

function propagates({ mountPropagation }: Mount): boolean {
  return mountPropagation === 'Bidirectional';
}

function hostDevices({ spec }: PodView): readonly Violation[] {
  if (!spec.volumes?.some(({ hostPath }) => hostPath)) return NONE;
  return spec.volumes.flatMap(({ name, hostPath }, index) => {
    if (!hostPath) return [];
    const isDevice =
      hostPath.type === 'CharDevice' || hostPath.type === 'BlockDevice' || segmentsOf(hostPath.path ?? '')[0] === 'dev';
    return isDevice ? [{ path: `spec.volumes[${index}].hostPath.path`, volume: name ?? '', value: hostPath.path }] : [];
  });
}

function gpusOf({ resources }: ContainerRef['container'], ref: ContainerRef): readonly Violation[] | undefined {
  const limits = resources?.limits;
  if (!limits || !Object.keys(limits).some((resource) => resource.includes('/'))) return undefined;
  return Object.entries(limits).flatMap(([resource, amount]) => {
    if (!resource.includes('/') || !resource.toLowerCase().includes('gpu') || nanosOf(amount) === 0n) return [];
    if (amount === null) return [];
    const path = pathOfTokens(['spec', ref.list, String(ref.index), 'resources', 'limits', resource]);
    return [{ path, container: ref.name, of: ref, value: amount }];
  });
}

type Mount = NonNullable<ContainerRef['container']['volumeMounts']>[number];

/**
 * Mounts of such volumes.
 * @param askedBy the field by which a mount asks for what the sandbox cannot do; undefined of nearly every mount
 */
function inMountsOf(
  isMeant: (volume: Volume) => boolean,
  askedBy: (mount: Mount) => 'subPath' | 'subPathExpr' | 'mountPath' | undefined,
): Incompatibility['find'] {
  return ({ spec, containers }) => {
    let found: Violation[] | undefined;
    let names: ReadonlySet<unknown> | undefined;
    for (const ref of containers) {
      let index = -1;
      for (const mount of ref.container.volumeMounts ?? NO_MOUNTS) {
        index++;
        const field = askedBy(mount);
        if (field === undefined) continue;
        names ??= new Set(spec.volumes?.filter(isMeant).map(({ name }) => name));
        if (!names.has(mount.name)) continue;
        found = append(found, inContainer(ref, `volumeMounts[${index}].${field}`, mount[field]));
      }
    }
    return found ?? NONE;
  };
}

function isEmptyDir({ emptyDir }: Volume): boolean {
  return emptyDir !== undefined && emptyDir !== null;
}

/** One in memory is a file system of the virtual machine itself. */
function isDiskEmptyDir(volume: Volume): boolean {
  return isEmptyDir(volume) && volume.emptyDir?.medium !== 'Memory';
}

/** The names in a path, without those that lead nowhere. */
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}
