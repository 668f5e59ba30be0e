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
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { inContainer, podOrContainers } from '../violations.ts';
import { isWindows } from '../windows.ts';
import { describeSeccompProfile, seccompProfile_baseline_1_19 } from './seccompProfile_baseline.ts';

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
  describe,
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
        values: [undefined, undefined],
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
        values: [undefined, undefined, undefined, undefined],
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
        values: ['Unconfined'],
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
        values: [null, 'Unconfined', 'Unconfined'],
      },
    ],
  },
};

function seccompProfile_restricted_1_19(pod: PodView): readonly Violation[] | undefined {
  return seccompProfile_baseline_1_19(pod) ?? missingProfiles(pod);
}

function seccompProfile_restricted_1_25(pod: PodView): readonly Violation[] | undefined {
  return isWindows(pod) ? undefined : seccompProfile_restricted_1_19(pod);
}

/** For pods in which no forbidden profile is set: any profile is then an allowed one. */
function missingProfiles(pod: PodView): readonly Violation[] | undefined {
  if (pod.spec.securityContext?.seccompProfile) return undefined;
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.seccompProfile) continue;
    found ??= [{ path: 'spec.securityContext.seccompProfile.type', kind: 'missing' }];
    found.push({ ...inContainer(ref, 'securityContext.seccompProfile.type', undefined), kind: 'missing' });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const missing = violations.filter(({ kind }) => kind === 'missing');
  if (missing.length === 0) return describeSeccompProfile(violations);
  return {
    reason: 'seccompProfile',
    detail: `${podOrContainers(missing)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
}
