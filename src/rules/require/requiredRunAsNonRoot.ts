/*
The node refuses to start a container as root that says runAsNonRoot, whatever its image says.

**Restricted Fields:**
spec.securityContext.runAsNonRoot
spec.containers[*].securityContext.runAsNonRoot
spec.initContainers[*].securityContext.runAsNonRoot
spec.ephemeralContainers[*].securityContext.runAsNonRoot

**Allowed Values:** true; undefined/null in a container where the pod sets it, and in the pod where every container sets it. This
holds in a user namespace too, where the Pod Security Standards ask for nothing from 1.35 on.
*/

import { runAsNonRoot } from '../../pod-security/checks/runAsNonRoot.ts';
import type { RuleCheck } from '../check.ts';
import type { RequireParameters } from './parameters.ts';
import { before } from './standard.ts';

const judge = before(runAsNonRoot, '1.35');

/** A check that no container can run as root, in a user namespace neither. */
export const requiredRunAsNonRoot: RuleCheck<RequireParameters> = {
  id: 'requiredRunAsNonRoot',
  title: 'Every container must be made to run as a user other than root, also in a user namespace.',
  fix: runAsNonRoot.fix,
  platform: 'any',
  repeats: ['runAsNonRoot'],
  compile: (fields) => (fields.includes('runAsNonRoot') ? judge : undefined),
  describe: runAsNonRoot.describe,
  examples: {
    pass: [
      {
        name: 'set by the pod',
        parameters: ['runAsNonRoot'],
        pod: { spec: { securityContext: { runAsNonRoot: true }, containers: [{ name: 'a' }] } },
      },
      {
        name: 'set by every container',
        parameters: ['runAsNonRoot'],
        pod: { spec: { containers: [{ name: 'a', securityContext: { runAsNonRoot: true } }] } },
      },
    ],
    fail: [
      {
        name: 'in a user namespace, and in every list of containers',
        parameters: ['runAsNonRoot'],
        pod: {
          spec: {
            hostUsers: false,
            initContainers: [{ name: 'i' }],
            containers: [{ name: 'a', securityContext: { runAsNonRoot: null } }],
            ephemeralContainers: [{ name: 'e' }],
          },
        },
        says: 'runAsNonRoot != true (pod or containers "i", "a", "e" must set securityContext.runAsNonRoot=true)',
        paths: [
          'spec.securityContext.runAsNonRoot',
          'spec.initContainers[0].securityContext.runAsNonRoot',
          'spec.containers[0].securityContext.runAsNonRoot',
          'spec.ephemeralContainers[0].securityContext.runAsNonRoot',
        ],
        values: [undefined, undefined, null, undefined],
      },
      {
        name: 'false, on Windows too',
        parameters: ['runAsNonRoot'],
        pod: {
          spec: {
            os: { name: 'windows' },
            securityContext: { runAsNonRoot: true },
            containers: [{ name: 'a', securityContext: { runAsNonRoot: false } }],
          },
        },
        says: 'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false)',
        paths: ['spec.containers[0].securityContext.runAsNonRoot'],
        values: [false],
      },
    ],
  },
};
