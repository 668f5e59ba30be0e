/*
ConfigMaps that volumes hold must be among those that the policy lists. The certificate of the API server, which Kubernetes adds to
pods itself, is allowed in the form that Kubernetes gives it. ConfigMaps in the environment of containers are for the rule `env`.

**Restricted Fields:**
spec.volumes[*].configMap.name
spec.volumes[*].projected.sources[*].configMap.name

**Allowed Values:** names that match an entry of the policy's list
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import { isApiTokenVolume } from '../../kubernetes/token-volume.ts';
import type { Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { describeDemands } from './in-words.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes } from './sources.ts';

/** A check that volumes hold only ConfigMaps that the policy lists. */
export const volumeConfigMaps: RuleCheck<VolumeParameters> = {
  id: 'volumeConfigMaps',
  title: 'ConfigMaps in volumes must be among those that the policy lists.',
  fix: 'use a ConfigMap that the policy lists',
  platform: 'any',
  compile: ({ configMaps }) => {
    if (configMaps === undefined) return undefined;
    const { includes: allowed, inWords } = nameList(configMaps);
    const kind = `must use a ConfigMap among ${inWords}`;
    return (pod) => findOthers(pod, allowed, kind);
  },
  describe: describeDemands('ConfigMap not allowed'),
  examples: {
    pass: [
      {
        name: 'ConfigMaps of the list, and volumes without any',
        parameters: { configMaps: ['agent-*'] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', configMap: { name: 'agent-rules' } },
              { name: 'b', projected: { sources: [{ configMap: { name: 'agent-x' } }, { secret: { name: 's' } }] } },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'others, also as a part of a projected volume',
        parameters: { configMaps: ['agent-*'] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', configMap: { name: 'cluster' } },
              { name: 'b', configMap: { name: null } },
              { name: 'c', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } },
            ],
          },
        },
        says:
          'ConfigMap not allowed (volumes "a", "b", "c" must use a ConfigMap among "agent-*", ' +
          'found "cluster", "kube-root-ca.crt")',
        paths: [
          'spec.volumes[0].configMap.name',
          'spec.volumes[1].configMap.name',
          'spec.volumes[2].projected.sources[0].configMap.name',
        ],
        values: ['cluster', null, 'kube-root-ca.crt'],
      },
    ],
  },
};

function findOthers(pod: PodView, allowed: (name: string) => boolean, kind: string): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const judge = (path: string, value: string | null | undefined, volume: string, of: Volume): void => {
    if ((isGiven(value) && allowed(value)) || isApiTokenVolume(of)) return;
    found = append(found, { path, value, volume, kind });
  };
  for (const { path, name, volume } of ownVolumes(pod, (one) => isGiven(one.configMap) || isGiven(one.projected))) {
    const { configMap, projected } = volume;
    if (isGiven(configMap)) judge(`${path}.configMap.name`, configMap.name, name, volume);
    for (const [index, source] of projected?.sources?.entries() ?? []) {
      const part = source.configMap;
      if (isGiven(part)) judge(`${path}.projected.sources[${index}].configMap.name`, part.name, name, volume);
    }
  }
  return found;
}
