/*
Users of one range are told apart from those of the node, and from those of other tenants where each has a range. A container that
names no user runs as whoever its image says, which may be root.

**Restricted Fields:**
spec.securityContext.runAsUser, where a container inherits it
spec.containers[*].securityContext.runAsUser
spec.initContainers[*].securityContext.runAsUser
spec.ephemeralContainers[*].securityContext.runAsUser

**Allowed Values:** from the policy's `users.min` to its `users.max`, or what the namespace's annotation says; undefined/null in a
container where the pod's is one of these
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { allowedUsers } from './allowed-users.ts';
import { effectiveInWords, judgeEffective } from './effective.ts';
import type { IdentityParameters } from './parameters.ts';
import { identityTable, unknownImageMode } from './table.ts';

const ORDINARY = { users: { min: 1000, max: 65535 } };
const KEY = 'openshift.io/sa.scc.uid-range';
const BY_NAMESPACE = { users: { fromNamespaceAnnotation: KEY } };

/** A check that every container runs as a user of the policy's range. */
export const userRange: RuleCheck<IdentityParameters> = {
  id: 'userRange',
  title: 'Containers must run as a user that the policy allows.',
  fix: 'set securityContext.runAsUser to a user that is allowed, in every container or for the pod as a whole',
  platform: 'linux',
  compile(identity) {
    const { users } = identity;
    if (users === undefined) return undefined;
    const allowedIn = allowedUsers(users);
    const explained = unknownImageMode(identity) === 'Ignore' ? undefined : identityTable(identity);
    return (pod, request) => {
      const { range, inWords: allowed } = allowedIn(request);
      const isAllowed = (user: number | undefined): boolean =>
        range !== undefined && user !== undefined && user >= range.min && user <= range.max;
      return judgeEffective(pod, 'runAsUser', isAllowed)?.map((violation): Violation => {
        const { kind, of: ref } = violation;
        if (range === undefined) return { ...violation, allowed, cause: { check: 'namespaceUsers' } };
        // An image that nobody knows is why no user was filled in, and its own check says so.
        const unknown =
          kind === 'absent' && explained !== undefined && explained.find(ref?.container.image) === undefined;
        return { ...violation, allowed, ...(unknown && { cause: { check: 'unknownImage' } }) };
      });
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the lowest and the highest, and what a container inherits',
        parameters: ORDINARY,
        pod: {
          spec: {
            securityContext: { runAsUser: 1000 },
            initContainers: [{ name: 'i', securityContext: { runAsUser: 65535 } }],
            containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: null } }],
          },
        },
      },
      {
        name: "the pod's user where no container inherits it",
        parameters: ORDINARY,
        pod: {
          spec: {
            securityContext: { runAsUser: 0 },
            containers: [{ name: 'a', securityContext: { runAsUser: 1000 } }],
          },
        },
      },
      {
        name: 'the first and the last of the users of the namespace',
        parameters: BY_NAMESPACE,
        pod: {
          spec: {
            securityContext: { runAsUser: 1000650000 },
            containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 1000659999 } }],
          },
        },
        request: { namespaceAnnotations: { [KEY]: '1000650000/10000' } },
      },
      {
        name: 'a policy that names no users',
        parameters: { runAsUser: 1000 },
        pod: { spec: { containers: [{ name: 'a', securityContext: { runAsUser: 0 } }] } },
      },
    ],
    fail: [
      {
        name: 'every list of containers, below and above',
        parameters: ORDINARY,
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { runAsUser: 0 } }],
            containers: [
              { name: 'a', securityContext: { runAsUser: 999 } },
              { name: 'b', securityContext: { runAsUser: 1001 } },
            ],
            ephemeralContainers: [{ name: 'e', securityContext: { runAsUser: 65536 } }],
          },
        },
        says: 'user out of range (container "i" sets runAsUser 0, container "a" sets runAsUser 999, container "e" sets runAsUser 65536; allowed are 1000 to 65535)',
        paths: [
          'spec.initContainers[0].securityContext.runAsUser',
          'spec.containers[0].securityContext.runAsUser',
          'spec.ephemeralContainers[0].securityContext.runAsUser',
        ],
        values: [0, 999, 65536],
      },
      {
        name: "the pod's user, which a container inherits",
        parameters: { users: { min: 1000 } },
        pod: {
          spec: {
            securityContext: { runAsUser: 5 },
            containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 1000 } }],
          },
        },
        says: 'user out of range (pod sets runAsUser 5; allowed are at least 1000)',
        paths: ['spec.securityContext.runAsUser', 'spec.containers[0].securityContext.runAsUser'],
        values: [5, undefined],
      },
      {
        name: 'no user anywhere: the image decides',
        parameters: { users: { max: 65535 } },
        pod: { spec: { securityContext: { runAsUser: null }, containers: [{ name: 'a' }, { name: 'b' }] } },
        says: 'user out of range (containers "a", "b" have no runAsUser, so that their images decide; allowed are at most 65535)',
        paths: ['spec.containers[0].securityContext.runAsUser', 'spec.containers[1].securityContext.runAsUser'],
        values: [undefined, undefined],
      },
      {
        name: 'users of other namespaces, and those next to the range',
        parameters: BY_NAMESPACE,
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { runAsUser: 1000 } }],
            containers: [{ name: 'a', securityContext: { runAsUser: 1000649999 } }],
            ephemeralContainers: [{ name: 'e', securityContext: { runAsUser: 1000660000 } }],
          },
        },
        request: { namespaceAnnotations: { [KEY]: '1000650000-1000659999' } },
        says: `user out of range (container "i" sets runAsUser 1000, container "a" sets runAsUser 1000649999, container "e" sets runAsUser 1000660000; allowed are 1000650000 to 1000659999, by annotation "${KEY}" of the namespace)`,
        paths: [
          'spec.initContainers[0].securityContext.runAsUser',
          'spec.containers[0].securityContext.runAsUser',
          'spec.ephemeralContainers[0].securityContext.runAsUser',
        ],
        values: [1000, 1000649999, 1000660000],
      },
      {
        name: 'any user in a namespace without a range',
        parameters: BY_NAMESPACE,
        pod: { spec: { containers: [{ name: 'a', securityContext: { runAsUser: 1000 } }] } },
        request: { namespaceAnnotations: { [KEY]: '0/x' } },
        says: `user out of range (container "a" sets runAsUser 1000; allowed are those of the namespace, whose annotation "${KEY}" is "0/x", which is not a range of users)`,
        paths: ['spec.containers[0].securityContext.runAsUser'],
        values: [1000],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  const parts = effectiveInWords(violations, 'runAsUser').join(', ');
  return { reason: 'user out of range', detail: `${parts}; allowed are ${violations[0]?.allowed ?? 'none'}` };
}
