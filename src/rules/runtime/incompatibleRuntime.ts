/*
A sandbox is not a kernel that many share, and cannot do all that one can. A pod that asks for more does not start, or runs without
it and fails in a way that says nothing of the cause. What cannot be seen in a pod, such as programs that use Landlock (gVisor has
none: https://github.com/google/gvisor/issues/13439), is not found.

**Restricted Fields:**
those of the table in incompatibilities.ts, in pods whose RuntimeClass is one of gVisor or Kata Containers

**Allowed Values:** those that the sandbox can do
*/

import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { append, containersIn, nameContainers } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { clusterWith } from '../example-facts.ts';
import { INCOMPATIBILITIES, type Incompatibility } from './incompatibilities.ts';
import type { RuntimeParameters } from './parameters.ts';
import { runtimeOf } from './runtime-of.ts';
import { type Sandbox, sandboxOf } from './sandbox-of.ts';

const NAMES: Readonly<Record<Sandbox, string>> = { gvisor: 'gVisor', kata: 'Kata Containers' };

/** A check that pods ask for nothing that their sandbox cannot do. */
export const incompatibleRuntime: RuleCheck<RuntimeParameters> = {
  id: 'incompatibleRuntime',
  title: 'Pods must not ask for what their sandbox cannot do.',
  fix: 'take these fields out, or use another RuntimeClass',
  platform: 'linux',
  compile({ incompatible: mode, sandboxes }) {
    if (mode === undefined) return undefined;
    const find = sandboxOf(sandboxes);
    return (pod, request) => findIncompatible(pod, request, find);
  },
  action: ({ incompatible: mode }) => mode,
  describe,
  examples: {
    pass: [
      {
        name: 'a pod without a sandbox',
        parameters: { incompatible: 'Warn' },
        pod: { spec: { hostNetwork: true } },
      },
      {
        name: 'a class that is called like a sandbox, and has the handler of another runtime',
        parameters: { incompatible: 'Warn' },
        pod: { spec: { runtimeClassName: 'kata-later', hostNetwork: true } },
        request: { cluster: clusterWith({ name: 'kata-later', handler: 'runc' }) },
      },
      {
        name: 'what Kata Containers can do, and gVisor cannot',
        parameters: { incompatible: 'Deny' },
        pod: {
          spec: {
            runtimeClassName: 'kata-qemu',
            containers: [{ name: 'a', volumeDevices: [{ name: 'd', devicePath: '/dev/x' }] }],
            volumes: [{ name: 'm', emptyDir: { medium: 'Memory' } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'gVisor',
        parameters: { incompatible: 'Warn' },
        pod: {
          spec: {
            runtimeClassName: 'gvisor',
            hostNetwork: true,
            hostPID: true,
            hostIPC: true,
            hostUsers: false,
            securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1024' }] },
            initContainers: [{ name: 'i', volumeDevices: [{ name: 'd', devicePath: '/dev/x' }] }],
            containers: [
              {
                name: 'a',
                resources: { limits: { 'nvidia.com/gpu': 1, 'amd.com/gpu': '0' } },
                volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }],
              },
            ],
            volumes: [{ name: 'tun', hostPath: { path: '//dev/../dev/net/tun' } }],
          },
        },
        says: 'incompatible with gVisor (pod has the node\'s network: the sandbox has a network stack of its own; pod has the node\'s processes: the sandbox has a kernel of its own; pod has the node\'s IPC: the sandbox has a kernel of its own; pod has a user namespace of the pod: mounts with mapped ids are not supported; pod has sysctls: the sandbox does not apply them; container "i" has raw block volumes: the sandbox has no such devices; pod has devices of the node: device files do not work in the sandbox, but for some accelerators; container "a" has mounts that propagate to the node: the sandbox has mounts of its own; container "a" has a GPU: it works with some drivers of NVIDIA alone, where runsc is started with --nvproxy)',
        paths: [
          'spec.hostNetwork',
          'spec.hostPID',
          'spec.hostIPC',
          'spec.hostUsers',
          'spec.securityContext.sysctls[0]',
          'spec.initContainers[0].volumeDevices[0]',
          'spec.volumes[0].hostPath.path',
          'spec.containers[0].volumeMounts[0].mountPropagation',
          'spec.containers[0].resources.limits[nvidia.com/gpu]',
        ],
        values: [
          true,
          true,
          true,
          false,
          { name: 'net.core.somaxconn', value: '1024' },
          { name: 'd', devicePath: '/dev/x' },
          '//dev/../dev/net/tun',
          'Bidirectional',
          1,
        ],
      },
      {
        name: 'Kata Containers, which the policy knows under another name',
        parameters: { incompatible: 'Deny', sandboxes: { kata: ['vm-*'] } },
        pod: {
          spec: {
            runtimeClassName: 'vm-small',
            hostNetwork: true,
            hostPID: true,
            hostIPC: true,
            containers: [
              {
                name: 'a',
                securityContext: { privileged: true },
                volumeMounts: [
                  { name: 'e', mountPath: '/data', subPath: 'x' },
                  { name: 'e', mountPath: '/var/lib//docker/' },
                ],
              },
            ],
            volumes: [
              { name: 'kvm', hostPath: { path: '/srv/kvm', type: 'CharDevice' } },
              { name: 'e', emptyDir: {} },
            ],
          },
        },
        says: 'incompatible with Kata Containers (pod has the node\'s network: it is not reached from inside a virtual machine, and setting it up may break the node\'s own; pod has the node\'s processes: the virtual machine has a kernel of its own; pod has the node\'s IPC: the virtual machine has a kernel of its own; container "a" has privileges: these come with the block devices of the node, unless the runtime is set to privileged_without_host_devices; pod has devices of the node: a path in /dev is taken from the virtual machine, not from the node; container "a" has a part of an emptyDir: subPath of an emptyDir may be an empty folder, or not of its medium; container "a" has an emptyDir for images of containers: what a virtual machine shares with its node carries no overlay file system, and vfs takes many times the space)',
        paths: [
          'spec.hostNetwork',
          'spec.hostPID',
          'spec.hostIPC',
          'spec.containers[0].securityContext.privileged',
          'spec.volumes[0].hostPath.path',
          'spec.containers[0].volumeMounts[0].subPath',
          'spec.containers[0].volumeMounts[1].mountPath',
        ],
        values: [true, true, true, true, '/srv/kvm', 'x', '/var/lib//docker/'],
      },
      {
        name: 'a class whose handler says what it is',
        parameters: { incompatible: 'Deny', sandboxes: { gvisor: ['other'] } },
        pod: { spec: { runtimeClassName: 'strict', hostNetwork: true } },
        request: { cluster: clusterWith({ name: 'strict', handler: 'runsc' }) },
        says: "incompatible with gVisor (pod has the node's network: the sandbox has a network stack of its own)",
        paths: ['spec.hostNetwork'],
        values: [true],
      },
      {
        name: 'gVisor under a name of its own',
        parameters: { incompatible: 'Deny', sandboxes: { gvisor: ['strict'] } },
        pod: { spec: { runtimeClassName: 'strict', hostNetwork: true } },
        says: "incompatible with gVisor (pod has the node's network: the sandbox has a network stack of its own)",
        paths: ['spec.hostNetwork'],
        values: [true],
      },
    ],
  },
};

/** The table by sandbox. */
const ROWS: Readonly<Record<Sandbox, readonly Incompatibility[]>> = {
  gvisor: INCOMPATIBILITIES.filter(({ sandbox }) => sandbox === 'gvisor'),
  kata: INCOMPATIBILITIES.filter(({ sandbox }) => sandbox === 'kata'),
};

function findIncompatible(
  pod: PodView,
  { cluster }: CheckRequest,
  find: ReturnType<typeof sandboxOf>,
): readonly Violation[] | undefined {
  const sandbox = find(runtimeOf(pod), cluster);
  if (sandbox === undefined) return undefined;
  let found: Violation[] | undefined;
  for (const row of ROWS[sandbox]) {
    for (const one of row.find(pod)) {
      found = append(found, { ...one, kind: `${row.what}: ${row.why}`, allowed: NAMES[sandbox] });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const kinds = [...new Set(violations.map(({ kind = '' }) => kind))];
  const parts = kinds.map((kind) => {
    const names = containersIn(violations.filter((one) => one.kind === kind));
    if (names.length === 0) return `pod has ${kind}`;
    return `${nameContainers([...new Set(names)])} ${new Set(names).size === 1 ? 'has' : 'have'} ${kind}`;
  });
  return { reason: `incompatible with ${violations[0]?.allowed ?? ''}`, detail: parts.join('; ') };
}
