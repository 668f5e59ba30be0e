/*
Volumes must be of the types that the policy allows. A volume without a source is an emptyDir. The volume with the token for the
API server, which Kubernetes adds to pods itself, is allowed in the form that Kubernetes gives it.

**Restricted Fields:**
spec.volumes[*]

**Allowed Values:** volumes of the policy's types
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import { isApiTokenVolume } from '../../kubernetes/token-volume.ts';
import type { Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import { claimTemplates } from './claim-templates.ts';
import { describeDemands } from './in-words.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes } from './sources.ts';

const TOKEN = {
  name: 'kube-api-access-x7k2p',
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
};

/** A check that every volume is of a type that the policy allows. */
export const volumeTypes: RuleCheck<VolumeParameters> = {
  id: 'volumeTypes',
  title: 'Volumes must be of the types that the policy allows.',
  fix: 'use a volume of a type that the policy allows',
  platform: 'any',
  compile: ({ allowedTypes }) => {
    if (allowedTypes === undefined) return undefined;
    const allowed: ReadonlySet<string> = new Set(allowedTypes);
    const kind = `must be of a type among ${listedNames(allowedTypes)}`;
    return (pod, request) => findOthers(pod, request, allowed, kind);
  },
  describe: describeDemands('volume type not allowed', ({ path }) => path.slice(path.lastIndexOf('.') + 1)),
  examples: {
    pass: [
      {
        name: 'allowed types, and the token of Kubernetes',
        parameters: { allowedTypes: ['emptyDir', 'configMap'] },
        pod: { spec: { volumes: [{ name: 'a', emptyDir: {}, nfs: null }, { name: 'b', configMap: {} }, TOKEN] } },
      },
      { name: 'no volumes', parameters: { allowedTypes: [] }, pod: { spec: { volumes: null } } },
      {
        name: 'claim templates of a StatefulSet',
        parameters: { allowedTypes: ['persistentVolumeClaim'] },
        pod: { spec: {} },
        request: {
          kind: 'StatefulSet.apps',
          object: { metadata: { name: 'web' }, spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } },
        },
      },
    ],
    fail: [
      {
        name: 'other types, also one that nobody knows, and one beside an allowed one',
        parameters: { allowedTypes: ['emptyDir'] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', hostPath: { path: '/' } },
              { name: 'b', emptyDir: {}, nfs: {} },
              { name: 'c', fresh: {} },
              { name: 'd', emptyDir: {} },
            ],
          },
        },
        says: 'volume type not allowed (volumes "a", "b", "c" must be of a type among "emptyDir", found "hostPath", "nfs", "fresh")',
        paths: ['spec.volumes[0].hostPath', 'spec.volumes[1].nfs', 'spec.volumes[2].fresh'],
        values: [{ path: '/' }, {}, {}],
      },
      {
        name: 'an empty list, and what only looks like the token of Kubernetes',
        parameters: { allowedTypes: [] },
        pod: { spec: { volumes: [{ name: 'kube-api-access-x7k2p', projected: { sources: [] } }] } },
        says: 'volume type not allowed (volume "kube-api-access-x7k2p" must be of a type among none, found "projected")',
        paths: ['spec.volumes[0].projected'],
        values: [{ sources: [] }],
      },
    ],
  },
};

function findOthers(
  pod: PodView,
  { object, kind: objectKind }: CheckRequest,
  allowed: ReadonlySet<string>,
  kind: string,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const own of ownVolumes(pod, (volume) => hasOther(volume, allowed))) {
    const { path, name, volume } = own;
    for (const type of Object.keys(volume)) {
      if (!isOther(volume, type, allowed)) continue;
      found = append(found, { path: `${path}.${type}`, value: volume[type], volume: name, kind });
    }
  }
  if (allowed.has('persistentVolumeClaim')) return found;
  for (const { path, name } of claimTemplates(objectKind, object)) {
    const demand = `${kind}, and its claims are persistentVolumeClaim`;
    found = append(found, { path, value: name, volume: name, kind: demand, inObject: true, inPods: true });
  }
  return found;
}

function hasOther(volume: Volume, allowed: ReadonlySet<string>): boolean {
  for (const type in volume) if (isOther(volume, type, allowed)) return !isApiTokenVolume(volume);
  return false;
}

/** True for a source that the volume has and the policy does not allow. */
function isOther(volume: Volume, type: string, allowed: ReadonlySet<string>): boolean {
  return type !== 'name' && !allowed.has(type) && Object.hasOwn(volume, type) && isGiven(volume[type]);
}
