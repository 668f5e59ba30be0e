/*
A process must not gain more privileges than its parent has, as through a set-user-ID binary.

**Restricted Fields:**
spec.containers[*].securityContext.allowPrivilegeEscalation
spec.initContainers[*].securityContext.allowPrivilegeEscalation
spec.ephemeralContainers[*].securityContext.allowPrivilegeEscalation

**Allowed Values:** false
*/

import type { RuleCheck } from '../check.ts';
import { everyContainer, notSet } from './container-field.ts';
import type { RequireParameters } from './parameters.ts';

/** A check that every container rules out privilege escalation, whatever the level of the Pod Security Standards. */
export const requiredAllowPrivilegeEscalation: RuleCheck<RequireParameters> = {
  id: 'requiredAllowPrivilegeEscalation',
  title: 'Containers must rule out privilege escalation.',
  fix: 'set securityContext.allowPrivilegeEscalation to false in every container',
  platform: 'linux',
  repeats: ['allowPrivilegeEscalation'],
  compile: (fields) =>
    fields.includes('allowPrivilegeEscalation')
      ? everyContainer(
          'allowPrivilegeEscalation',
          (security) => security?.allowPrivilegeEscalation === false,
          (security) => security?.allowPrivilegeEscalation,
        )
      : undefined,
  describe: notSet('privilege escalation', 'allowPrivilegeEscalation', 'false'),
  examples: {
    pass: [
      {
        name: 'false in every container',
        parameters: ['allowPrivilegeEscalation'],
        pod: { spec: { containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false } }] } },
      },
    ],
    fail: [
      {
        name: 'true, absent or null, in every list of containers',
        parameters: ['allowPrivilegeEscalation'],
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { allowPrivilegeEscalation: true } }],
            containers: [{ name: 'a', securityContext: null }],
            ephemeralContainers: [{ name: 'e', securityContext: { allowPrivilegeEscalation: null } }],
          },
        },
        says: 'privilege escalation (containers "i", "a", "e" do not set securityContext.allowPrivilegeEscalation to false)',
        paths: [
          'spec.initContainers[0].securityContext.allowPrivilegeEscalation',
          'spec.containers[0].securityContext.allowPrivilegeEscalation',
          'spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation',
        ],
        values: [true, undefined, null],
      },
    ],
  },
};
