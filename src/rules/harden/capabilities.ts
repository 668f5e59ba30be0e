// Fills in that a container drops the capabilities a container runtime gives to everyone, such as NET_RAW and CHOWN.

import { withContainerSecurity } from '../write.ts';
import { hardenField } from './field.ts';

/** Sets capabilities.drop to [ALL] on every container that has no list; what a container adds is kept, to be judged. */
export const capabilities = hardenField({
  id: 'capabilities',
  title: 'Fills in capabilities.drop [ALL].',
  sets: [
    'spec.initContainers[*].securityContext.capabilities.drop',
    'spec.containers[*].securityContext.capabilities.drop',
    'spec.ephemeralContainers[*].securityContext.capabilities.drop',
  ],
  satisfies: ['capabilities_restricted'],
  levels: ['restricted'],
  platform: 'linux',
  fill(template, scope, notes) {
    return withContainerSecurity(template, scope, ({ name, securityContext }) => {
      // An empty list is none: the API server does not even store it.
      if (securityContext?.capabilities?.drop?.length) return undefined;
      if (securityContext?.privileged) {
        notes.skip('privileged', `container "${name ?? ''}" is privileged and has every capability whatever it drops`);
        return undefined;
      }
      return { capabilities: { ...securityContext?.capabilities, drop: ['ALL'] } };
    });
  },
  examples: [
    {
      name: 'each container without a list; what it adds is kept',
      before: {
        spec: {
          containers: [
            { name: 'a' },
            { name: 'b', securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: null } } },
            { name: 'c', securityContext: { capabilities: { drop: [] } } },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            { name: 'a', securityContext: { capabilities: { drop: ['ALL'] } } },
            { name: 'b', securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } },
            { name: 'c', securityContext: { capabilities: { drop: ['ALL'] } } },
          ],
        },
      },
    },
    {
      name: "a user's list is kept, to be judged",
      before: { spec: { containers: [{ name: 'a', securityContext: { capabilities: { drop: ['NET_RAW'] } } }] } },
    },
    {
      name: 'privileged makes it idle',
      before: { spec: { initContainers: [{ name: 'i', securityContext: { privileged: true } }] } },
      skips: ['privileged'],
    },
  ],
});
