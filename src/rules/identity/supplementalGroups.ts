// Fills in the groups that a pod's processes have beside their own: the way to files of NFS exports and of nodes, whose group
// fsGroup does not change.
import type { FillIn } from '../fill-in.ts';
import { withPodSecurity } from '../write.ts';
import type { IdentityParameters } from './parameters.ts';

/** Sets the pod's supplementalGroups where it has none; an empty list is none, since the API server does not even store it. */
export const supplementalGroups: FillIn<IdentityParameters> = {
  id: 'supplementalGroups',
  title: 'Fills in the supplemental groups.',
  sets: ['spec.securityContext.supplementalGroups'],
  satisfies: [],
  platform: 'linux',
  compile: ({ supplementalGroups: groups }) => {
    if (groups === undefined) return undefined;
    return (template, scope) => {
      if (!scope.podLevel || template.spec?.securityContext?.supplementalGroups?.length) return template;
      return withPodSecurity(template, { supplementalGroups: [...groups] });
    };
  },
  examples: [
    {
      name: 'a pod without any',
      parameters: { supplementalGroups: [2000, 3000] },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: { spec: { containers: [{ name: 'a' }], securityContext: { supplementalGroups: [2000, 3000] } } },
    },
    {
      name: 'an empty list is none',
      parameters: { supplementalGroups: [2000] },
      before: { spec: { securityContext: { runAsUser: 5, supplementalGroups: [] } } },
      after: { spec: { securityContext: { runAsUser: 5, supplementalGroups: [2000] } } },
    },
    {
      name: "a pod's own are kept, to be judged",
      parameters: { supplementalGroups: [2000] },
      before: { spec: { securityContext: { supplementalGroups: [0] } } },
    },
  ],
};
