// Fills in the container runtime's default seccomp profile: without a profile a pod runs with every system call open.

import { withContainerSecurity, withPodSecurity } from '../write.ts';
import { hardenField } from './field.ts';

const RUNTIME_DEFAULT = { seccompProfile: { type: 'RuntimeDefault' } } as const;

/** Sets the pod's seccompProfile to RuntimeDefault where it has none; containers with a profile of their own keep it. */
export const seccompProfile = hardenField({
  id: 'seccompProfile',
  title: 'Fills in seccompProfile RuntimeDefault.',
  sets: ['spec.securityContext.seccompProfile', 'spec.ephemeralContainers[*].securityContext.seccompProfile'],
  satisfies: ['seccompProfile_restricted'],
  levels: ['baseline', 'restricted'],
  platform: 'linux',
  fill(template, scope) {
    if (template.spec?.securityContext?.seccompProfile) return template;
    if (scope.podDefaults) return withPodSecurity(template, RUNTIME_DEFAULT);
    return withContainerSecurity(template, scope, (container) =>
      container.securityContext?.seccompProfile ? undefined : RUNTIME_DEFAULT,
    );
  },
  examples: [
    {
      name: 'a pod without a profile',
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: { containers: [{ name: 'a' }], securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      },
    },
    {
      name: "a user's profile is kept, to be judged",
      before: { spec: { securityContext: { seccompProfile: { type: 'Unconfined' } } } },
    },
  ],
});
