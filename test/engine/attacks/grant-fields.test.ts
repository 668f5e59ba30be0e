// A tenant who may use a class tries to get more than it by fields of a new pod: by files of its volumes, by values that look
// empty, by settings of the pod. Every attempt is refused.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { asObject, denials, edited, injected, loot, POD, podAsking } from './granted-pod.ts';

test('untouched, it is let in', () => {
  expect(denials(POD)).toEqual([]);
});

const DAEMON = 'spec/initContainers/docker-daemon';
const GRANTED = 'spec/containers/app/volumeMounts/0';
const CLAIM = 'spec/volumes/vm-disk/ephemeral/volumeClaimTemplate/spec';
const daemonDiffers = (field: string) => `capability_container_name_conflict: docker-daemon (${field}`;
const diskDiffers = 'capability_volume_name_conflict: vm-disk';

describe('a new pod', () => {
  test.each<[string, string, unknown, string]>([
    ['a variable from a file of the data', 'spec/containers/side/env', loot('docker-data'), 'not_granted: docker-data'],
    ['the same in an init container', 'spec/initContainers/setup/env', loot('docker-data'), 'not_granted: docker-data'],
    [
      'one more from a file that a class gives another of',
      'spec/containers/app/env/-',
      loot('vm-socket')[0],
      'not_granted: vm-socket',
    ],
    ['no StorageClass in the place of the default one', `${CLAIM}/storageClassName`, '', diskDiffers],
    ['any disk with any labels', `${CLAIM}/selector`, {}, diskDiffers],
    ['a disk by name', `${CLAIM}/volumeName`, 'pv-1', diskDiffers],
    ['a disk filled by somebody', `${CLAIM}/dataSourceRef`, { apiGroup: 'x.io', kind: 'X', name: 'x' }, diskDiffers],
    [
      'every certificate',
      'spec/volumes/vm-trust/projected/sources/0/clusterTrustBundle/labelSelector',
      {},
      'name_conflict: vm-trust',
    ],
    [
      'a setting of a driver, without a value',
      'spec/volumes/vm-driver/csi/volumeAttributes/debug',
      '',
      'name_conflict: vm-driver',
    ],
    ['other tools', 'spec/volumes/vm-tools/image/reference', 'example.com/evil:1', 'name_conflict: vm-tools'],
    [
      'tools that a node has under that name',
      'spec/volumes/vm-tools/image/pullPolicy',
      'Never',
      'name_conflict: vm-tools',
    ],
    [
      'another node than those of the class',
      'spec/nodeSelector',
      { 'kubernetes.io/os': 'linux' },
      'capability_not_injected: vm',
    ],
    [
      'a node that says no',
      'spec/nodeSelector',
      { 'node-role.kubernetes.io/vm': 'no' },
      'capability_field_conflict: spec.nodeSelector',
    ],
    ['another signal to stop by', `${DAEMON}/lifecycle`, { stopSignal: 'SIGUSR1' }, daemonDiffers('lifecycle')],
    [
      'restarts when it is resized',
      `${DAEMON}/resizePolicy`,
      [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
      daemonDiffers('resizePolicy'),
    ],
    [
      'restarts by its exit code',
      `${DAEMON}/restartPolicyRules`,
      [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }],
      daemonDiffers('restartPolicyRules'),
    ],
    [
      'a mount of the daemon that is read-only in all of it',
      `${DAEMON}/volumeMounts/3/recursiveReadOnly`,
      'Enabled',
      daemonDiffers('volumeMounts[3].recursiveReadOnly'),
    ],
    [
      'a directory of the data by a variable',
      `${DAEMON}/volumeMounts/0/subPathExpr`,
      '$(POD)',
      daemonDiffers('volumeMounts[0].subPathExpr'),
    ],
    [
      'options for a mount of the daemon',
      `${DAEMON}/volumeMounts/0/bindMountOptions`,
      ['exec'],
      daemonDiffers('volumeMounts[0].bindMountOptions'),
    ],
    [
      'options for the granted mount',
      `${GRANTED}/bindMountOptions`,
      ['exec'],
      'capability_mount_conflict: /run/user/1000',
    ],
    [
      'a directory of the granted mount by a variable',
      `${GRANTED}/subPathExpr`,
      '$(POD_IP)',
      'capability_mount_conflict: /run/user/1000',
    ],
    ['an SELinux type for the whole pod', 'spec/securityContext/seLinuxOptions', { type: 'spc_t' }, 'seLinuxOptions'],
  ])('no grant covers %s', (_, path, value, reason) => {
    expect(denials(edited(path, value)).join('\n')).toContain(reason);
  });

  test.each<[string, JsonObject]>([
    ['emptyDir', {}],
    ['hostPath', { path: '/' }],
    ['secret', { secretName: 'mine' }],
    ['projected', { sources: [{ serviceAccountToken: { path: 't', audience: 'vault' } }] }],
    ['csi', { driver: 'x.io' }],
    ['image', { reference: 'x' }],
    ['brandNew', {}],
  ])('%s under the name of a volume of the class, before and after it has a say', (type, source) => {
    const volume = { name: 'docker-data', [type]: source };
    const reason = 'capability_volume_name_conflict: docker-data';
    expect(denials(injected(podAsking('docker', { volumes: [volume] }))).join('\n')).toContain(reason);
    const others = { ...POD, spec: { ...asObject(POD.spec), volumes: [volume] } };
    expect(denials(others).join('\n')).toContain(reason);
  });
});
