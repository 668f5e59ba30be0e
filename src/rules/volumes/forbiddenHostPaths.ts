/*
Some paths of nodes must not be mounted, whatever the policy lists: a container that has one of them is the node. They are the
sockets of container runtimes, /, /dev, /etc, /proc, /run, /sys and /var/run, the folders of the kubelet and of container runtimes,
and every folder that holds one of these. Any spelling counts.

**Restricted Fields:**
spec.volumes[*].hostPath.path
spec.containers[*].volumeMounts[*].subPath
spec.initContainers[*].volumeMounts[*].subPath

**Allowed Values:** other paths
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { joinPaths, normalisePath } from '../../kubernetes/file-path.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Cause, Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { describeDemands } from './in-words.ts';
import { inMount, mountsOfVolumes } from './mounts.ts';
import { isNeverAllowed } from './never-allowed.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes, typeCause } from './sources.ts';

const KIND = 'must not reach what runs the node (/, /dev, /etc, /proc, /run, /sys, kubelet, container runtime)';

/** A check that nothing of a node is mounted that makes a container the node. In force with every key of the rule. */
export const forbiddenHostPaths: RuleCheck<VolumeParameters> = {
  id: 'forbiddenHostPaths',
  title: 'Paths with which a container would be the node must not be mounted.',
  fix: 'use another type of volume, or ask for a capability class that grants what the workload needs of the node',
  platform: 'any',
  compile: (parameters) => {
    const cause = typeCause(parameters, 'hostPath');
    return (pod) => findForbidden(pod, cause);
  },
  describe: describeDemands('forbidden hostPath'),
  examples: {
    pass: [
      {
        name: 'other folders, and a row for a folder below /var/lib',
        parameters: { hostPaths: [{ path: '/var/lib/agents', below: true }] },
        pod: {
          spec: {
            containers: [{ name: 'a', volumeMounts: [{ name: 'a', subPath: 'x/socket' }] }],
            volumes: [
              { name: 'a', hostPath: { path: '/var/lib/agents/1' } },
              { name: 'b', hostPath: { path: '/etcetera' } },
              { name: 'c', emptyDir: {} },
              { name: 'd', hostPath: null },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'what runs the node, what holds it, and a socket wherever it is',
        parameters: { hostPaths: [{ path: '/srv', below: true }] },
        pod: {
          spec: {
            volumes: [
              '/',
              '',
              '/var',
              '/etc/passwd',
              '/srv/../etc',
              '//proc/1/',
              'dev/kvm',
              '/srv/docker.sock',
              '/ETC',
              '/%65tc',
              '/etc.',
              'C:\\var\\lib\\kubelet',
              '\\\\.\\pipe\\containerd-containerd',
              '\uff0fetc',
            ].map((path, index) => ({ name: `v${index}`, hostPath: { path } })),
          },
        },
        says:
          'forbidden hostPath (volumes "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13" ' +
          'must not reach what runs the node (/, /dev, /etc, /proc, /run, /sys, kubelet, container runtime), found "/", "", "/var", ' +
          '"/etc/passwd", "/srv/../etc", "//proc/1/", "dev/kvm", "/srv/docker.sock", "/ETC", "/%65tc", "/etc.", ' +
          '"C:\\var\\lib\\kubelet", "\\\\.\\pipe\\containerd-containerd", "\\uff0fetc"; ' +
          '\\uff0f stands for a character that is not ASCII)',
        paths: Array.from({ length: 14 }, (_, index) => `spec.volumes[${index}].hostPath.path`),
        values: [
          '/',
          '',
          '/var',
          '/etc/passwd',
          '/srv/../etc',
          '//proc/1/',
          'dev/kvm',
          '/srv/docker.sock',
          '/ETC',
          '/%65tc',
          '/etc.',
          'C:\\var\\lib\\kubelet',
          '\\\\.\\pipe\\containerd-containerd',
          '\uff0fetc',
        ],
      },
      {
        name: 'a socket by the path inside of a volume, where the policy says nothing of hostPaths',
        parameters: { secrets: ['a'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 'a', subPath: 'run/docker.sock' }] }],
            containers: [{ name: 'a', volumeMounts: [{ name: 'a', subPathExpr: 'run/containerd.sock' }] }],
            volumes: [{ name: 'a', hostPath: { path: '/home/me' } }],
          },
        },
        says:
          'forbidden hostPath (containers "i", "a" must not reach what runs the node ' +
          '(/, /dev, /etc, /proc, /run, /sys, kubelet, container runtime), found "run/docker.sock", "run/containerd.sock")',
        paths: ['spec.initContainers[0].volumeMounts[0].subPath', 'spec.containers[0].volumeMounts[0].subPathExpr'],
        values: ['run/docker.sock', 'run/containerd.sock'],
      },
    ],
  },
};

function findForbidden(pod: PodView, cause: Cause | undefined): readonly Violation[] | undefined {
  const volumes = ownVolumes(pod, (one) => isGiven(one.hostPath));
  if (volumes.length === 0) return undefined;
  let found: Violation[] | undefined;
  const others = new Map<string, string>();
  for (const { path, name, volume } of volumes) {
    const onNode = volume.hostPath?.path;
    if (!isNeverAllowed(onNode ?? '')) {
      others.set(name, normalisePath(onNode ?? ''));
      continue;
    }
    const violation = { path: `${path}.hostPath.path`, value: onNode, volume: name, kind: KIND };
    found = append(found, cause ? { ...violation, cause } : violation);
  }
  for (const one of mountsOfVolumes(pod, others)) {
    const folder = others.get(one.mount.name ?? '') ?? '/';
    for (const field of ['subPath', 'subPathExpr'] as const) {
      const below = one.mount[field];
      if (below && isNeverAllowed(joinPaths(folder, below))) found = append(found, inMount(one, field, KIND));
    }
  }
  return found;
}
