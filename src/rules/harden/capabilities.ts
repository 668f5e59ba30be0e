// Fills in that a container drops the capabilities a container runtime gives to everyone, such as NET_RAW and CHOWN.

import type { PodTemplate } from '../../kubernetes/pod.ts';
import { joinQuoted } from '../../model/text.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withContainerSecurity } from '../write.ts';
import { hardenField } from './field.ts';

/**
 * Sets capabilities.drop to [ALL] on every container that has no list; what a container adds is kept, to be judged. With
 * override also adds ALL to a list that lacks it: programs that make pods, such as GitLab's runner, write `drop: [NET_RAW]`.
 */
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
  fill: (template, scope, notes) => dropAll(template, scope, notes, false),
  override: {
    id: 'capabilities.drop',
    fill: (template, scope, notes) => dropAll(template, scope, notes, notes.claim('capabilities.drop')),
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
    {
      name: 'a list that lacks ALL is completed where the policy overrides, in every list of containers',
      parameters: { fields: ['capabilities', 'seccompProfile'], override: ['capabilities.drop'] },
      before: {
        spec: {
          initContainers: [{ name: 'i', securityContext: { capabilities: { drop: ['all'], add: ['CHOWN'] } } }],
          containers: [
            { name: 'build', securityContext: { capabilities: { drop: ['NET_RAW'] } } },
            { name: 'fine', securityContext: { capabilities: { drop: ['KILL', 'ALL'] } } },
            { name: 'silent' },
          ],
          ephemeralContainers: [{ name: 'e', securityContext: { capabilities: { drop: ['KILL', 'CHOWN'] } } }],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', securityContext: { capabilities: { drop: ['all', 'ALL'], add: ['CHOWN'] } } }],
          containers: [
            { name: 'build', securityContext: { capabilities: { drop: ['NET_RAW', 'ALL'] } } },
            { name: 'fine', securityContext: { capabilities: { drop: ['KILL', 'ALL'] } } },
            { name: 'silent', securityContext: { capabilities: { drop: ['ALL'] } } },
          ],
          ephemeralContainers: [{ name: 'e', securityContext: { capabilities: { drop: ['KILL', 'CHOWN', 'ALL'] } } }],
        },
      },
      warns: [
        'capabilities.drop of container "i" is ["all", "ALL"] instead of ["all"]',
        'capabilities.drop of container "build" is ["NET_RAW", "ALL"] instead of ["NET_RAW"]',
        'capabilities.drop of container "e" is ["KILL", "CHOWN", "ALL"] instead of ["KILL", "CHOWN"]',
      ],
    },
    {
      name: 'a list of a privileged container is left as it is',
      parameters: { fields: 'restricted', override: ['capabilities.drop'] },
      before: {
        spec: {
          containers: [{ name: 'a', securityContext: { privileged: true, capabilities: { drop: ['NET_RAW'] } } }],
        },
      },
      skips: ['privileged'],
    },
  ],
});

function dropAll(template: PodTemplate, scope: FillScope, notes: FillNotes, completes: boolean): PodTemplate {
  return withContainerSecurity(template, scope, (container) => {
    const { securityContext } = container;
    const name = container.name ?? '';
    // An empty list is none: the API server does not even store it.
    const stated = securityContext?.capabilities?.drop ?? [];
    if (stated.length > 0 && (!completes || stated.includes('ALL'))) return undefined;
    if (securityContext?.privileged) {
      notes.skip('privileged', `container "${name}" is privileged and has every capability whatever it drops`);
      return undefined;
    }
    const drop = [...stated, 'ALL'];
    if (stated.length > 0) {
      notes.warn(
        `capabilities.drop of container "${name}" is [${joinQuoted(drop)}] instead of [${joinQuoted(stated)}]`,
      );
    }
    return { capabilities: { ...securityContext?.capabilities, drop } };
  });
}
