// Fills in the container runtime's default seccomp profile: without a profile a pod runs with every system call open.

import type { Injection } from '../fill-in.ts';
import { isWindows, withContainerSecurity, withPodSecurity } from '../write.ts';
import { hardens } from './fields.ts';

const RUNTIME_DEFAULT = { seccompProfile: { type: 'RuntimeDefault' } } as const;

/** Sets the pod's seccompProfile to RuntimeDefault where it has none; containers with a profile of their own keep it. */
export const seccompProfile: Injection = {
  id: 'seccompProfile',
  title: 'Fills in seccompProfile RuntimeDefault.',
  sets: ['spec.securityContext.seccompProfile', 'spec.ephemeralContainers[*].securityContext.seccompProfile'],
  satisfies: ['seccompProfile_restricted'],
  compile: (spec) => {
    if (!hardens(spec, 'seccompProfile')) return undefined;
    return (template, scope) => {
      if (isWindows(template) || template.spec?.securityContext?.seccompProfile) return template;
      if (scope.podDefaults) return withPodSecurity(template, RUNTIME_DEFAULT);
      return withContainerSecurity(template, scope, (container) =>
        container.securityContext?.seccompProfile ? undefined : RUNTIME_DEFAULT,
      );
    };
  },
  examples: [
    {
      name: 'a pod without a profile',
      spec: { harden: 'baseline' },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: { containers: [{ name: 'a' }], securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      },
    },
    {
      name: "a user's profile is kept, to be judged",
      spec: { harden: ['seccompProfile'] },
      before: { spec: { securityContext: { seccompProfile: { type: 'Unconfined' } } } },
    },
    {
      name: 'Windows has no seccomp',
      spec: { harden: 'restricted' },
      before: {
        spec: { os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [{ name: 'a' }] },
      },
    },
  ],
};
