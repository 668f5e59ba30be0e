/*
Every container must run under a seccomp profile: the runtime's default, or one that the node has loaded.

v1.19+:
**Restricted Fields:**
spec.securityContext.seccompProfile.type
spec.containers[*].securityContext.seccompProfile.type
spec.initContainers[*].securityContext.seccompProfile.type
spec.ephemeralContainers[*].securityContext.seccompProfile.type

**Allowed Values:** 'RuntimeDefault', 'Localhost'; undefined/null in a container where the pod sets it, and in the pod
where every container sets it; v1.25+: anything on Windows
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { nameContainers } from '../setters.ts';
import { isWindows } from '../windows.ts';
import { seccompProfile_baseline_1_19 } from './seccompProfile_baseline.ts';

/** A restricted check that requires a seccomp profile in 1.19+; not of Windows pods from 1.25 on. */
export const seccompProfile_restricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  title: 'Every container must run under a seccomp profile.',
  fix: "set the pod's securityContext.seccompProfile.type to RuntimeDefault, and let no container set another",
  versions: [
    { since: '1.19', overrides: ['seccompProfile_baseline'], check: seccompProfile_restricted_1_19 },
    { since: '1.25', overrides: ['seccompProfile_baseline'], check: seccompProfile_restricted_1_25 },
  ],
  examples: {
    pass: [
      {
        name: 'set by the pod',
        pod: { spec: { securityContext: { seccompProfile: { type: 'Localhost' } }, containers: [{ name: 'a' }] } },
      },
      {
        name: 'set by every container',
        since: '1.19',
        pod: { spec: { containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }] } },
      },
      { name: 'no containers', pod: {} },
      { name: 'Windows', since: '1.25', pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } } },
    ],
    fail: [
      {
        name: 'Windows, before 1.25',
        since: '1.24',
        pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } },
        says: 'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
        paths: ['spec.securityContext.seccompProfile.type', 'spec.containers[0].securityContext.seccompProfile.type'],
      },
      {
        name: 'unset in every list of containers',
        pod: {
          spec: {
            os: { name: 'linux' },
            containers: [
              { name: 'a', securityContext: { seccompProfile: null } },
              { name: 'fine', securityContext: { seccompProfile: { type: 'Localhost' } } },
            ],
            initContainers: [{ name: 'b', securityContext: {} }],
            ephemeralContainers: [{ name: 'c' }],
          },
        },
        says: 'seccompProfile (pod or containers "b", "a", "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
        paths: [
          'spec.securityContext.seccompProfile.type',
          'spec.initContainers[0].securityContext.seccompProfile.type',
          'spec.containers[0].securityContext.seccompProfile.type',
          'spec.ephemeralContainers[0].securityContext.seccompProfile.type',
        ],
      },
      {
        name: 'a bad value of a container, and only that, where the others are unset',
        pod: {
          spec: {
            containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'Unconfined' } } }, { name: 'b' }],
          },
        },
        says: 'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
        paths: ['spec.containers[0].securityContext.seccompProfile.type'],
      },
      {
        name: 'bad values of the pod and of containers',
        pod: {
          spec: {
            securityContext: { seccompProfile: { type: null } },
            containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'Unconfined' } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { seccompProfile: { type: 'Unconfined' } } }],
          },
        },
        says: 'seccompProfile (pod and containers "a", "c" must not set securityContext.seccompProfile.type to "", "Unconfined")',
        paths: [
          'spec.securityContext.seccompProfile.type',
          'spec.containers[0].securityContext.seccompProfile.type',
          'spec.ephemeralContainers[0].securityContext.seccompProfile.type',
        ],
      },
    ],
  },
};

function seccompProfile_restricted_1_19(pod: PodView): Failure | undefined {
  return seccompProfile_baseline_1_19(pod) ?? missingProfiles(pod);
}

function seccompProfile_restricted_1_25(pod: PodView): Failure | undefined {
  return isWindows(pod) ? undefined : seccompProfile_restricted_1_19(pod);
}

/** Of a pod without bad values: one that is set is a good one. */
function missingProfiles(pod: PodView): Failure | undefined {
  if (pod.spec.securityContext?.seccompProfile) return undefined;
  const names: string[] = [];
  const fields: FieldRef[] = [{ path: 'spec.securityContext.seccompProfile.type' }];
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.seccompProfile) continue;
    names.push(ref.name);
    fields.push({ path: containerPath(ref, 'securityContext.seccompProfile.type'), container: ref.name });
  }
  if (names.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${nameContainers(names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    fields,
  };
}
