/*
Volumes must be of the types that neither mount the node's file system nor name a storage server inside the pod. A
volume without a type is of an unknown one: it becomes an emptyDir only where the API server's defaulting has run.

**Restricted Fields:**
spec.volumes[*]

**Allowed Values:** configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';

/** A restricted check that limits volume types in 1.0+. */
export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  title: 'Volumes must be of the types that keep to the pod.',
  fix: 'use a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, or secret volume',
  versions: [{ since: '1.0', overrides: ['hostPathVolumes'], check: restrictedVolumes_1_0 }],
  examples: {
    pass: [
      { name: 'no volumes', pod: { spec: { volumes: null } } },
      {
        name: 'every allowed type',
        since: '1.0',
        pod: {
          spec: {
            volumes: [
              { name: 'a', configMap: {} },
              { name: 'b', csi: {} },
              { name: 'c', downwardAPI: {} },
              { name: 'd', emptyDir: {} },
              { name: 'e', ephemeral: {} },
              { name: 'f', image: {} },
              { name: 'g', persistentVolumeClaim: {} },
              { name: 'h', projected: {} },
              { name: 'i', secret: {} },
            ],
          },
        },
      },
      {
        name: 'an allowed type beside another, which API validation refuses',
        pod: { spec: { volumes: [{ name: 'a', emptyDir: {}, nfs: {} }] } },
      },
    ],
    fail: [
      {
        name: 'hostPath',
        pod: { spec: { volumes: [{ name: 'a', emptyDir: null, hostPath: { path: '/' } }] } },
        says: 'restricted volume types (volume "a" uses restricted volume type "hostPath")',
        paths: ['spec.volumes[0].hostPath'],
      },
      {
        name: 'no type, or one that is not known',
        pod: { spec: { volumes: [{ name: 'a' }, { name: 'b', constructor: {} }] } },
        says: 'restricted volume types (volumes "a", "b" use restricted volume type "unknown")',
        paths: ['spec.volumes[0]', 'spec.volumes[1]'],
      },
      {
        name: 'volumes in order, types sorted; of two types the one that the standard lists first',
        pod: {
          spec: {
            volumes: [
              { name: 'b', nfs: {}, gitRepo: {} },
              { name: 'fine', secret: {} },
              { name: 'a', cephfs: {} },
              { name: 'c', gitRepo: {} },
            ],
          },
        },
        says: 'restricted volume types (volumes "b", "a", "c" use restricted volume types "cephfs", "gitRepo")',
        paths: ['spec.volumes[0].gitRepo', 'spec.volumes[2].cephfs', 'spec.volumes[3].gitRepo'],
      },
    ],
  },
};

const ALLOWED = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const;

/** In the order in which they are looked for. */
const RESTRICTED = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const;

function restrictedVolumes_1_0(pod: PodView): Failure | undefined {
  const { volumes } = pod.spec;
  if (!volumes) return undefined;
  const names: string[] = [];
  const types: string[] = [];
  const fields: FieldRef[] = [];
  for (const [index, volume] of volumes.entries()) {
    if (typeAmong(ALLOWED, volume) !== undefined) continue;
    const type = typeAmong(RESTRICTED, volume);
    names.push(volume.name ?? '');
    types.push(type ?? 'unknown');
    fields.push({ path: type === undefined ? `spec.volumes[${index}]` : `spec.volumes[${index}].${type}` });
  }
  if (names.length === 0) return undefined;
  const values = sortBytewise(new Set(types));
  const use = pluralize('uses', 'use', names.length);
  const what = pluralize('restricted volume type', 'restricted volume types', values.length);
  return {
    reason: 'restricted volume types',
    detail: `${pluralize('volume', 'volumes', names.length)} ${joinQuoted(names)} ${use} ${what} ${joinQuoted(values)}`,
    fields,
  };
}

function typeAmong(types: readonly string[], volume: Volume): string | undefined {
  for (const type of types) {
    if (volume[type] != null) return type;
  }
  return undefined;
}
