/*
What belongs to group 0 on a node or on a share is open to every container of that group. Without runAsGroup the image decides: it
is group 0 where the image's /etc/passwd does not know the user.

**Restricted Fields:**
spec.securityContext.runAsGroup
spec.securityContext.fsGroup
spec.securityContext.supplementalGroups[*]
spec.containers[*].securityContext.runAsGroup
spec.initContainers[*].securityContext.runAsGroup
spec.ephemeralContainers[*].securityContext.runAsGroup

**Allowed Values:** any but 0; undefined/null of fsGroup and supplementalGroups, and of runAsGroup in a container where the pod
states one
*/

import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { effectiveInWords, judgeEffective } from './effective.ts';
import type { IdentityParameters } from './parameters.ts';

const DENY = { rootGroups: 'Deny' } as const;

/** A check that no container has group 0, as its own group or beside it. */
export const rootGroups: RuleCheck<IdentityParameters> = {
  id: 'rootGroups',
  title: 'Containers must not have the group root.',
  fix: 'set securityContext.runAsGroup to another group than 0, and take 0 out of fsGroup and supplementalGroups',
  platform: 'linux',
  compile: ({ rootGroups: mode }) => (mode === undefined ? undefined : findRootGroups),
  describe,
  action: ({ rootGroups: mode }) => mode,
  examples: {
    pass: [
      {
        name: 'other groups, of the pod and of a container',
        parameters: DENY,
        pod: {
          spec: {
            securityContext: { runAsGroup: 1000, fsGroup: 1, supplementalGroups: [2000] },
            containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsGroup: 5 } }],
          },
        },
      },
      {
        name: 'a group in every container, and none for the volumes',
        parameters: DENY,
        pod: {
          spec: {
            securityContext: { fsGroup: null, supplementalGroups: [] },
            containers: [{ name: 'a', securityContext: { runAsGroup: 5 } }],
          },
        },
      },
      {
        name: 'a policy that does not ask',
        parameters: { runAsUser: 1000 },
        pod: { spec: { securityContext: { runAsGroup: 0, fsGroup: 0, supplementalGroups: [0] } } },
      },
    ],
    fail: [
      {
        name: 'every list of containers, and none at all',
        parameters: { rootGroups: 'Warn' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { runAsGroup: 0 } }],
            containers: [{ name: 'a', securityContext: { runAsGroup: null } }],
            ephemeralContainers: [{ name: 'e', securityContext: { runAsGroup: 0 } }],
          },
        },
        says: 'root group (containers "i", "e" set runAsGroup 0, container "a" has no runAsGroup, so that its image decides)',
        paths: [
          'spec.initContainers[0].securityContext.runAsGroup',
          'spec.containers[0].securityContext.runAsGroup',
          'spec.ephemeralContainers[0].securityContext.runAsGroup',
        ],
        values: [0, null, 0],
      },
      {
        name: 'the groups of the pod, whoever inherits them',
        parameters: DENY,
        pod: {
          spec: {
            securityContext: { runAsGroup: 0, fsGroup: 0, supplementalGroups: [5, 0] },
            containers: [{ name: 'a', securityContext: { runAsGroup: 5 } }],
          },
        },
        says: 'root group (pod sets fsGroup 0, pod sets supplementalGroups 0, pod sets runAsGroup 0)',
        paths: [
          'spec.securityContext.fsGroup',
          'spec.securityContext.supplementalGroups[1]',
          'spec.securityContext.runAsGroup',
        ],
        values: [0, 0, 0],
      },
    ],
  },
};

function findRootGroups(pod: PodView): readonly Violation[] | undefined {
  const security = pod.spec.securityContext;
  let found: Violation[] | undefined;
  if (security?.fsGroup === 0)
    found = append(found, { path: 'spec.securityContext.fsGroup', value: 0, kind: 'fsGroup' });
  for (const [index, value] of (security?.supplementalGroups ?? []).entries()) {
    if (value !== 0) continue;
    const path = `spec.securityContext.supplementalGroups[${index}]`;
    found = append(found, { path, value, kind: 'supplementalGroups' });
  }
  const groups = judgeEffective(pod, 'runAsGroup', isNotRoot);
  const isSaid = groups?.some(({ kind }) => kind === 'pod');
  if (security?.runAsGroup === 0 && !isSaid) {
    found = append(found, { path: 'spec.securityContext.runAsGroup', value: 0, kind: 'pod' });
  }
  return found && groups ? [...found, ...groups] : (found ?? groups);
}

function isNotRoot(group: number | undefined): boolean {
  return group !== undefined && group !== 0;
}

function describe(violations: readonly Violation[]): Sentence {
  const ofPod = ['fsGroup', 'supplementalGroups'].filter((field) => violations.some(({ kind }) => kind === field));
  const parts = ofPod.map((field) => `pod sets ${field} 0`);
  return { reason: 'root group', detail: [...parts, ...effectiveInWords(violations, 'runAsGroup')].join(', ') };
}
