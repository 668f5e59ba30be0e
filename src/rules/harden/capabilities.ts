// Fills in that a container drops the capabilities a container runtime gives to everyone, such as NET_RAW and CHOWN.

import type { Injection } from '../fill-in.ts';
import { isWindows, withContainerSecurity } from '../write.ts';
import { hardens } from './fields.ts';

/** Sets capabilities.drop to [ALL] on every container that has no list; what a container adds is kept, to be judged. */
export const capabilities: Injection = {
  id: 'capabilities',
  title: 'Fills in capabilities.drop [ALL].',
  sets: [
    'spec.initContainers[*].securityContext.capabilities.drop',
    'spec.containers[*].securityContext.capabilities.drop',
    'spec.ephemeralContainers[*].securityContext.capabilities.drop',
  ],
  satisfies: ['capabilities_restricted'],
  compile: (spec) => {
    if (!hardens(spec, 'capabilities')) return undefined;
    return (template, scope, noteSkip) => {
      if (isWindows(template)) return template;
      return withContainerSecurity(template, scope, ({ name, securityContext }) => {
        // An empty list is none: the API server does not even store it.
        if (securityContext?.capabilities?.drop?.length) return undefined;
        if (securityContext?.privileged) {
          noteSkip('privileged', `container "${name ?? ''}" is privileged and has every capability whatever it drops`);
          return undefined;
        }
        return { capabilities: { ...securityContext?.capabilities, drop: ['ALL'] } };
      });
    };
  },
  examples: [
    {
      name: 'each container without a list; what it adds is kept',
      spec: { harden: 'restricted' },
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
      spec: { harden: 'restricted' },
      before: { spec: { containers: [{ name: 'a', securityContext: { capabilities: { drop: ['NET_RAW'] } } }] } },
    },
    {
      name: 'privileged makes it idle',
      spec: { harden: ['capabilities'] },
      before: { spec: { initContainers: [{ name: 'i', securityContext: { privileged: true } }] } },
      skips: ['privileged'],
    },
    {
      name: 'Windows has no capabilities',
      spec: { harden: 'restricted' },
      before: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } },
    },
  ],
};
