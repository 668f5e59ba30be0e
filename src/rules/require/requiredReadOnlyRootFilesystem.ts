/*
What a container can write is then only what it mounts: nothing that it downloads lands beside the programs of its image.

**Restricted Fields:**
spec.containers[*].securityContext.readOnlyRootFilesystem
spec.initContainers[*].securityContext.readOnlyRootFilesystem
spec.ephemeralContainers[*].securityContext.readOnlyRootFilesystem

**Allowed Values:** true
*/

import type { RuleCheck } from '../check.ts';
import { everyContainer, notSet } from './container-field.ts';
import type { RequireParameters } from './parameters.ts';

/** A check that every container has a read-only root filesystem. */
export const requiredReadOnlyRootFilesystem: RuleCheck<RequireParameters> = {
  id: 'requiredReadOnlyRootFilesystem',
  title: 'Containers must have a read-only root filesystem.',
  fix: 'set securityContext.readOnlyRootFilesystem to true in every container, and mount an emptyDir where it writes',
  platform: 'linux',
  compile: (fields) =>
    fields.includes('readOnlyRootFilesystem')
      ? everyContainer(
          'readOnlyRootFilesystem',
          (security) => security?.readOnlyRootFilesystem === true,
          (security) => security?.readOnlyRootFilesystem,
        )
      : undefined,
  describe: notSet('writable root filesystem', 'readOnlyRootFilesystem', 'true'),
  examples: {
    pass: [
      {
        name: 'true in every container',
        parameters: ['readOnlyRootFilesystem'],
        pod: { spec: { containers: [{ name: 'a', securityContext: { readOnlyRootFilesystem: true } }] } },
      },
      {
        name: 'a policy that asks for another field',
        parameters: ['hostUsers'],
        pod: { spec: { hostUsers: false, containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'false, absent or null, in every list of containers',
        parameters: ['readOnlyRootFilesystem'],
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { readOnlyRootFilesystem: false } }],
            containers: [{ name: 'a' }, { name: 'fine', securityContext: { readOnlyRootFilesystem: true } }],
            ephemeralContainers: [{ name: 'e', securityContext: { readOnlyRootFilesystem: null } }],
          },
        },
        says: 'writable root filesystem (containers "i", "a", "e" do not set securityContext.readOnlyRootFilesystem to true)',
        paths: [
          'spec.initContainers[0].securityContext.readOnlyRootFilesystem',
          'spec.containers[0].securityContext.readOnlyRootFilesystem',
          'spec.ephemeralContainers[0].securityContext.readOnlyRootFilesystem',
        ],
        values: [false, undefined, null],
      },
    ],
  },
};
