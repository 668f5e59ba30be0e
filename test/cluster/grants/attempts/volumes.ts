// The volumes of the class: from elsewhere, or in somebody else's hands.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, NEXT, put } from '../../support/change.ts';
import { APP, SETUP, SIDE } from '../names.ts';
import { tierLabels } from '../policies.ts';
import { byKubernetes, forged, harmless, restored, type Section, written } from './attempt.ts';

const VOLUMES = ['spec', 'volumes'] as const;

function notGranted(volume: string, container: string, path: string): string {
  return (
    `capability_volume_not_granted: ${volume} (container "${container}" must not use volume "${volume}" at "${path}": ` +
    'it belongs to class "docker")'
  );
}

function elsewhere(name: string): string {
  return `capability_volume_name_conflict: ${name}`;
}

function mount(name: string, more: JsonObject = {}): JsonObject {
  return { name, mountPath: '/loot', ...more };
}

export const VOLUME_ATTEMPTS: Section = {
  title: 'Its volumes',
  about:
    'The daemon keeps its images and its socket in volumes of the pod. They are for the daemon, and for the one mount that ' +
    'the class gives to the one container that is granted it.',
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    ...forged(
      {},
      [
        'its data in a container of one’s own',
        put(mount('docker-data'), ...SIDE, 'volumeMounts', NEXT),
        notGranted('docker-data', 'side', '/loot'),
      ],
      [
        'the same to read only',
        put(mount('docker-data', { readOnly: true }), ...SIDE, 'volumeMounts', NEXT),
        notGranted('docker-data', 'side', '/loot'),
      ],
      [
        'its data in the very container that was granted the socket',
        put(mount('docker-data'), ...APP, 'volumeMounts', NEXT),
        notGranted('docker-data', 'app', '/loot'),
      ],
      [
        'its data in an init container',
        put(mount('docker-data'), ...SETUP, 'volumeMounts', NEXT),
        notGranted('docker-data', 'setup', '/loot'),
      ],
      [
        'a variable from a file of its data',
        put(
          { name: 'LOOT', valueFrom: { fileKeyRef: { volumeName: 'docker-data', path: 'a.env', key: 'A' } } },
          ...SIDE,
          'env',
          NEXT,
        ),
        'capability_volume_not_granted: docker-data (container "side" must not use volume "docker-data" in variable "LOOT"',
      ],
      [
        'the tun device',
        put(mount('docker-tun'), ...APP, 'volumeMounts', NEXT),
        notGranted('docker-tun', 'app', '/loot'),
      ],
      [
        'the tun device through subPath',
        put(mount('docker-tun', { subPath: 'tun' }), ...SETUP, 'volumeMounts', NEXT),
        notGranted('docker-tun', 'setup', '/loot'),
      ],
      [
        'the tun device through subPathExpr',
        all(
          put({ name: 'P', value: 'tun' }, ...SIDE, 'env', NEXT),
          put(mount('docker-tun', { subPathExpr: '$(P)' }), ...SIDE, 'volumeMounts', NEXT),
        ),
        notGranted('docker-tun', 'side', '/loot'),
      ],
      [
        'the ids of the pod, to write to',
        put(mount('docker-subid', { subPath: 'subuid' }), ...SIDE, 'volumeMounts', NEXT),
        notGranted('docker-subid', 'side', '/loot'),
      ],
      [
        'the socket in another container, as the class would mount it',
        put({ name: 'docker-socket', mountPath: '/run/docker-socket', readOnly: true }, ...SIDE, 'volumeMounts', NEXT),
        notGranted('docker-socket', 'side', '/run/docker-socket'),
      ],
      [
        'the socket to write to, in the place of the mount that was granted',
        put(undefined, ...APP, 'volumeMounts', '/run/docker-socket', 'readOnly'),
        'capability_mount_conflict: /run/docker-socket (readOnly is nothing, class "docker" has true)',
      ],
      [
        'the socket to write to, a second time',
        put(mount('docker-socket'), ...APP, 'volumeMounts', NEXT),
        notGranted('docker-socket', 'app', '/loot'),
      ],
      [
        'the socket at the same path, spelled otherwise',
        put({ name: 'docker-socket', mountPath: '/run/docker-socket/' }, ...APP, 'volumeMounts', NEXT),
        notGranted('docker-socket', 'app', '/run/docker-socket/'),
      ],
      [
        'the granted mount with mounts passed on from the node',
        put('HostToContainer', ...APP, 'volumeMounts', '/run/docker-socket', 'mountPropagation'),
        'capability_mount_conflict: /run/docker-socket (mountPropagation is "HostToContainer"',
      ],
      [
        'the data on a path of the node, under the same name',
        put({ name: 'docker-data', hostPath: { path: '/' } }, ...VOLUMES, 'docker-data'),
        elsewhere('docker-data'),
      ],
      [
        'the socket on a claim of one’s own',
        put({ name: 'docker-socket', persistentVolumeClaim: { claimName: 'mine' } }, ...VOLUMES, 'docker-socket'),
        elsewhere('docker-socket'),
      ],
      [
        'the data without a limit',
        put(undefined, ...VOLUMES, 'docker-data', 'emptyDir', 'sizeLimit'),
        elsewhere('docker-data'),
      ],
      [
        'the socket in another place of the memory',
        put(undefined, ...VOLUMES, 'docker-socket', 'emptyDir', 'medium'),
        elsewhere('docker-socket'),
      ],
      [
        'all devices of the node instead of the one',
        put('/dev', ...VOLUMES, 'docker-tun', 'hostPath', 'path'),
        elsewhere('docker-tun'),
      ],
      [
        'the same path, whatever is there',
        put('', ...VOLUMES, 'docker-tun', 'hostPath', 'type'),
        elsewhere('docker-tun'),
      ],
      [
        'the device under a name of one’s own',
        all(
          put({ name: 'mine', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } }, ...VOLUMES, NEXT),
          put(mount('mine'), ...APP, 'volumeMounts', NEXT),
        ),
        'restricted volume types (volume "mine" uses restricted volume type "hostPath")',
      ],
    ),
    ...byKubernetes(
      forged(
        {},
        [
          'the data as a block device',
          put([{ name: 'docker-data', devicePath: '/dev/loot' }], ...SIDE, 'volumeDevices'),
          'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
        ],
        [
          'a second volume of the same name',
          put({ name: 'docker-data', hostPath: { path: '/' } }, ...VOLUMES, NEXT),
          'Duplicate value: "docker-data"',
        ],
        [
          'the directory above the device through subPath',
          put(mount('docker-tun', { subPath: '..' }), ...SETUP, 'volumeMounts', NEXT),
          "must not contain '..'",
        ],
        [
          'the socket with mounts passed on to the node',
          put(mount('docker-socket', { mountPropagation: 'Bidirectional' }), ...APP, 'volumeMounts', NEXT),
          'Bidirectional mount propagation is available only to privileged containers',
        ],
      ),
    ),
    ...written({}, [
      'the name of its volume, taken before the class has a say',
      put([{ name: 'docker-socket', emptyDir: {} }], ...VOLUMES),
      elsewhere('docker-socket'),
    ]),
  ],
};

const RUNTIME = ['spec', 'runtimeClassName'] as const;
/** Kubernetes makes it for the volume `docker-data` of the pod `mine`. */
const CLAIM = { name: 'loot', persistentVolumeClaim: { claimName: 'mine-docker-data' } };
const KATA = ['spec', 'volumes', 'docker-data', 'ephemeral', 'volumeClaimTemplate', 'spec'] as const;

export const DISK_ATTEMPTS: Section = {
  title: 'Its disk, under Kata',
  about: 'There the data is on a block device that is made with the pod, and the daemon is root of the guest.',
  labels: tierLabels('kata-qemu'),
  attempts: [
    ...forged(
      {},
      [
        'the disk in a container of one’s own',
        put([{ name: 'docker-data', devicePath: '/dev/loot' }], ...SIDE, 'volumeDevices'),
        notGranted('docker-data', 'side', '/dev/loot'),
      ],
      [
        'a copy of another disk as the disk',
        put({ kind: 'PersistentVolumeClaim', name: 'other' }, ...KATA, 'dataSource'),
        elsewhere('docker-data'),
      ],
      ['a disk of another class', put('fast', ...KATA, 'storageClassName'), elsewhere('docker-data')],
      ['a larger disk', put('20Ti', ...KATA, 'resources', 'requests', 'storage'), elsewhere('docker-data')],
      [
        'notes for whoever makes the disk',
        put({ annotations: { 'volume.example.com/format': 'no' } }, ...KATA.slice(0, -1), 'metadata'),
        elsewhere('docker-data'),
      ],
    ),
    ...byKubernetes(
      forged(
        {},
        [
          'the same rights without the guest',
          put('runc', ...RUNTIME),
          'Pod Overhead set without corresponding RuntimeClass',
        ],
        [
          'the claim that is made for the disk, under a name of one’s own',
          all(
            put(CLAIM, 'spec', 'volumes', NEXT),
            put([{ name: 'loot', devicePath: '/dev/loot' }], ...SIDE, 'volumeDevices'),
          ),
          'mine-docker-data',
        ],
        ['the same rights in gVisor', put('gvisor', ...RUNTIME), 'Pod Overhead set without corresponding RuntimeClass'],
      ),
    ),
    ...harmless(
      'It is a claim of the namespace like any other, and the disk that of a guest in which its user is root anyway.',
      written({ classes: undefined, name: 'other' }, [
        'the claim that is made for the disk, in another pod',
        all(
          put(CLAIM, 'spec', 'volumes', NEXT),
          put([{ name: 'loot', devicePath: '/dev/loot' }], ...SIDE, 'volumeDevices'),
        ),
        '',
      ]),
    ),
    ...restored({}, 'It is filled in again.', [
      'the same rights without any RuntimeClass',
      put(undefined, ...RUNTIME),
      '',
    ]),
  ],
};
