/*
A container runtime gives every container capabilities such as NET_RAW and CHOWN, unless it drops them.

**Restricted Fields:**
spec.containers[*].securityContext.capabilities.drop
spec.initContainers[*].securityContext.capabilities.drop
spec.ephemeralContainers[*].securityContext.capabilities.drop

**Allowed Values:** any list with 'ALL' in it
*/

import type { RuleCheck } from '../check.ts';
import { everyContainer, notSet } from './container-field.ts';
import type { RequireParameters } from './parameters.ts';

/** A check that every container drops all Linux capabilities, whatever it adds. */
export const requiredCapabilities: RuleCheck<RequireParameters> = {
  id: 'requiredCapabilities',
  title: 'Containers must drop all Linux capabilities.',
  fix: 'write ALL, in upper case, in securityContext.capabilities.drop of every container',
  platform: 'linux',
  repeats: ['capabilities_restricted'],
  compile: (fields) =>
    fields.includes('capabilities')
      ? everyContainer(
          'capabilities.drop',
          (security) => security?.capabilities?.drop?.includes('ALL') === true,
          (security) => security?.capabilities?.drop,
        )
      : undefined,
  describe: notSet('Linux capabilities not dropped', 'capabilities.drop', '["ALL"]'),
  examples: {
    pass: [
      {
        name: 'all dropped, beside others; what is added is not judged',
        parameters: ['capabilities'],
        pod: {
          spec: {
            containers: [{ name: 'a', securityContext: { capabilities: { drop: ['KILL', 'ALL'], add: ['CHOWN'] } } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'some dropped, none, or spelled otherwise, in every list of containers',
        parameters: ['capabilities'],
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { capabilities: { drop: ['NET_RAW'] } } }],
            containers: [{ name: 'a' }, { name: 'b', securityContext: { capabilities: { drop: null } } }],
            ephemeralContainers: [{ name: 'e', securityContext: { capabilities: { drop: ['all'] } } }],
          },
        },
        says: 'Linux capabilities not dropped (containers "i", "a", "b", "e" do not set securityContext.capabilities.drop to ["ALL"])',
        paths: [
          'spec.initContainers[0].securityContext.capabilities.drop',
          'spec.containers[0].securityContext.capabilities.drop',
          'spec.containers[1].securityContext.capabilities.drop',
          'spec.ephemeralContainers[0].securityContext.capabilities.drop',
        ],
        values: [['NET_RAW'], undefined, null, ['all']],
      },
    ],
  },
};
