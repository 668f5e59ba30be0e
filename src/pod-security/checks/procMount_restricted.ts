/*
The runtime masks parts of /proc that tell about the node or change it. Containers must keep the masks, in a user
namespace too. Until 1.34 the baseline check asks for the same.

**Restricted Fields:**
spec.containers[*].securityContext.procMount
spec.initContainers[*].securityContext.procMount
spec.ephemeralContainers[*].securityContext.procMount

**Allowed Values:** undefined/null, 'Default'
*/
import type { Check } from '../check.ts';
import { describeProcMount, procMount_1_0 } from './procMount.ts';

/** A restricted check that forbids an unmasked /proc in 1.35+, where the baseline check relaxes. */
export const procMount_restricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  title: 'Containers must keep the masks over /proc, in a user namespace too.',
  fix: 'remove securityContext.procMount, or set it to Default',
  versions: [{ since: '1.35', overrides: ['procMount'], check: procMount_1_0 }],
  describe: describeProcMount,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { containers: [{ name: 'a' }] } } },
      { name: 'Default', pod: { spec: { containers: [{ name: 'a', securityContext: { procMount: 'Default' } }] } } },
    ],
    fail: [
      {
        name: 'in a user namespace',
        since: '1.35',
        pod: { spec: { hostUsers: false, containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }] } },
        says: 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
        paths: ['spec.containers[0].securityContext.procMount'],
        values: ['Unmasked'],
      },
      {
        name: 'an ephemeral container and an init container',
        pod: {
          spec: {
            ephemeralContainers: [{ name: 'c', securityContext: { procMount: 'Unmasked' } }],
            initContainers: [{ name: 'b', securityContext: { procMount: 'Unmasked' } }],
          },
        },
        says: 'procMount (containers "b", "c" must not set securityContext.procMount to "Unmasked")',
        paths: [
          'spec.initContainers[0].securityContext.procMount',
          'spec.ephemeralContainers[0].securityContext.procMount',
        ],
        values: ['Unmasked', 'Unmasked'],
      },
    ],
  },
};
