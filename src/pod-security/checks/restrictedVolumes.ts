/*
Volumes must be of the types that neither mount the node's file system nor name a storage server inside the pod. A
volume without a type is of an unknown one: it becomes an emptyDir only where the API server's defaulting has run.

**Restricted Fields:**
spec.volumes[*]

**Allowed Values:** configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append } from '../violations.ts';

/** A restricted check that limits volume types in 1.0+. */
export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  title: 'Volumes must be of the types that keep to the pod.',
  fix: 'use a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, or secret volume',
  versions: [{ since: '1.0', overrides: ['hostPathVolumes'], check: restrictedVolumes_1_0 }],
  describe,
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
        values: [{ path: '/' }],
      },
      {
        name: 'no type, or one that is not known',
        pod: { spec: { volumes: [{ name: 'a' }, { name: 'b', constructor: {} }] } },
        says: 'restricted volume types (volumes "a", "b" use restricted volume type "unknown")',
        paths: ['spec.volumes[0]', 'spec.volumes[1]'],
        values: [{ name: 'a' }, { name: 'b', constructor: {} }],
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
        values: [{}, {}, {}],
      },
    ],
  },
};

/** The types of volumes that the Restricted level allows. */
export const RESTRICTED_VOLUME_TYPES = [
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

function restrictedVolumes_1_0(pod: PodView): readonly Violation[] | undefined {
  const { volumes } = pod.spec;
  if (!volumes) return undefined;
  let found: Violation[] | undefined;
  for (const [index, volume] of volumes.entries()) {
    if (typeAmong(RESTRICTED_VOLUME_TYPES, volume) !== undefined) continue;
    const name = volume.name ?? '';
    const type = typeAmong(RESTRICTED, volume);
    const path = `spec.volumes[${index}]`;
    found = append(
      found,
      type === undefined
        ? { path, value: volume, volume: name, kind: 'unknown' }
        : { path: `${path}.${type}`, value: volume[type], volume: name, kind: type },
    );
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = violations.map(({ volume = '' }) => volume);
  const types = sortBytewise(new Set(violations.map(({ kind = '' }) => kind)));
  const volumes = `${pluralize('volume', 'volumes', names.length)} ${joinQuoted(names)}`;
  const use = pluralize('uses', 'use', names.length);
  const what = pluralize('restricted volume type', 'restricted volume types', types.length);
  return { reason: 'restricted volume types', detail: `${volumes} ${use} ${what} ${joinQuoted(types)}` };
}

function typeAmong(types: readonly string[], volume: Volume): string | undefined {
  for (const type of types) {
    if (volume[type] != null) return type;
  }
  return undefined;
}
