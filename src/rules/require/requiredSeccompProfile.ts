/*
Without a seccomp profile every system call of the node's kernel is open to the pod.

**Restricted Fields:**
spec.securityContext.seccompProfile.type
spec.containers[*].securityContext.seccompProfile.type
spec.initContainers[*].securityContext.seccompProfile.type
spec.ephemeralContainers[*].securityContext.seccompProfile.type

**Allowed Values:** 'RuntimeDefault', 'Localhost'; undefined/null in a container where the pod sets it, and in the pod where every
container sets it
*/

import { seccompProfile_restricted } from '../../pod-security/checks/seccompProfile_restricted.ts';
import type { RuleCheck } from '../check.ts';
import type { RequireParameters } from './parameters.ts';
import { before } from './standard.ts';

const judge = before(seccompProfile_restricted, '1.25');

/** A check that every container runs under a seccomp profile, whatever the level of the Pod Security Standards. */
export const requiredSeccompProfile: RuleCheck<RequireParameters> = {
  id: 'requiredSeccompProfile',
  title: 'Every container must run under a seccomp profile.',
  fix: seccompProfile_restricted.fix,
  platform: 'linux',
  repeats: ['seccompProfile_baseline', 'seccompProfile_restricted'],
  compile: (fields) => (fields.includes('seccompProfile') ? judge : undefined),
  describe: seccompProfile_restricted.describe,
  examples: {
    pass: [
      {
        name: 'set by the pod',
        parameters: ['seccompProfile'],
        pod: { spec: { securityContext: { seccompProfile: { type: 'RuntimeDefault' } }, containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'unset in every list of containers',
        parameters: ['seccompProfile'],
        pod: {
          spec: {
            initContainers: [{ name: 'i' }],
            containers: [{ name: 'a', securityContext: { seccompProfile: null } }],
            ephemeralContainers: [{ name: 'e' }],
          },
        },
        says: 'seccompProfile (pod or containers "i", "a", "e" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
        paths: [
          'spec.securityContext.seccompProfile.type',
          'spec.initContainers[0].securityContext.seccompProfile.type',
          'spec.containers[0].securityContext.seccompProfile.type',
          'spec.ephemeralContainers[0].securityContext.seccompProfile.type',
        ],
        values: [undefined, undefined, undefined, undefined],
      },
      {
        name: 'none at all, as somebody wrote it',
        parameters: ['seccompProfile'],
        pod: {
          spec: {
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'Unconfined' } } }],
          },
        },
        says: 'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
        paths: ['spec.containers[0].securityContext.seccompProfile.type'],
        values: ['Unconfined'],
      },
    ],
  },
};
