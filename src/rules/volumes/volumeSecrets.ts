/*
Secrets that volumes hold, or that a storage driver is given for them, must be among those that the policy lists. Secrets in the
environment of containers are for the rule `env`.

**Restricted Fields:**
spec.volumes[*].secret.secretName
spec.volumes[*].projected.sources[*].secret.name
spec.volumes[*].csi.nodePublishSecretRef.name
spec.volumes[*].azureFile.secretName
spec.volumes[*].(cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos).secretRef.name

**Allowed Values:** names that match an entry of the policy's list
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { describeDemands } from './in-words.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes } from './sources.ts';

/** Where sources other than `secret` and `projected` name a Secret. */
const REFERENCES: ReadonlyMap<string, string> = new Map([
  ['csi', 'nodePublishSecretRef'],
  ...['cephfs', 'cinder', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'].map(
    (source) => [source, 'secretRef'] as const,
  ),
]);

/** A check that volumes hold only Secrets that the policy lists. */
export const volumeSecrets: RuleCheck<VolumeParameters> = {
  id: 'volumeSecrets',
  title: 'Secrets in volumes must be among those that the policy lists.',
  fix: 'use a Secret that the policy lists',
  platform: 'any',
  compile: ({ secrets }) => {
    if (secrets === undefined) return undefined;
    const { includes: allowed, inWords } = nameList(secrets);
    const kind = `must use a Secret among ${inWords}`;
    return (pod) => findOthers(pod, allowed, kind);
  },
  describe: describeDemands('Secret not allowed'),
  examples: {
    pass: [
      {
        name: 'Secrets of the list, and volumes without any',
        parameters: { secrets: ['agent-*'] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', secret: { secretName: 'agent-git' } },
              { name: 'b', projected: { sources: [{ secret: { name: 'agent-x' } }, { configMap: { name: 'c' } }] } },
              { name: 'c', csi: { driver: 'd', nodePublishSecretRef: null } },
              { name: 'd', projected: {} },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'others, wherever a volume names them',
        parameters: { secrets: ['agent-*'] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', secret: { secretName: 'admin' } },
              { name: 'b', secret: {} },
              {
                name: 'c',
                projected: { sources: [{ secret: { name: 'agent-1' } }, { secret: { name: 'x-agent-1' } }] },
              },
              { name: 'd', csi: { nodePublishSecretRef: { name: 'n' } } },
              { name: 'e', rbd: { secretRef: { name: 'r' } } },
              { name: 'f', azureFile: { secretName: 'z' } },
            ],
          },
        },
        says:
          'Secret not allowed (volumes "a", "b", "c", "d", "e", "f" must use a Secret among "agent-*", ' +
          'found "admin", "x-agent-1", "n", "r", "z")',
        paths: [
          'spec.volumes[0].secret.secretName',
          'spec.volumes[1].secret.secretName',
          'spec.volumes[2].projected.sources[1].secret.name',
          'spec.volumes[3].csi.nodePublishSecretRef.name',
          'spec.volumes[4].rbd.secretRef.name',
          'spec.volumes[5].azureFile.secretName',
        ],
        values: ['admin', undefined, 'x-agent-1', 'n', 'r', 'z'],
      },
      {
        name: 'an empty list allows none',
        parameters: { secrets: [] },
        pod: { spec: { volumes: [{ name: 'a', secret: { secretName: 'agent-git' } }] } },
        says: 'Secret not allowed (volume "a" must use a Secret among none, found "agent-git")',
        paths: ['spec.volumes[0].secret.secretName'],
        values: ['agent-git'],
      },
    ],
  },
};

function findOthers(pod: PodView, allowed: (name: string) => boolean, kind: string): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const judge = (path: string, value: unknown, volume: string): void => {
    if (typeof value === 'string' && allowed(value)) return;
    found = append(found, { path, value, volume, kind });
  };
  for (const { path, name, volume } of ownVolumes(pod, () => true)) {
    const { secret, projected, azureFile } = volume;
    if (isGiven(secret)) judge(`${path}.secret.secretName`, secret.secretName, name);
    if (isGiven(azureFile)) judge(`${path}.azureFile.secretName`, azureFile.secretName, name);
    for (const [index, source] of projected?.sources?.entries() ?? []) {
      if (isGiven(source.secret)) judge(`${path}.projected.sources[${index}].secret.name`, source.secret.name, name);
    }
    for (const source of Object.keys(volume)) {
      const field = REFERENCES.get(source);
      const reference = field === undefined ? undefined : ownField(volume[source], field);
      if (isGiven(reference)) judge(`${path}.${source}.${field}.name`, ownField(reference, 'name'), name);
    }
  }
  return found;
}
