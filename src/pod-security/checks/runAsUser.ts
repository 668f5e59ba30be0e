/*
Containers must not be told to run as user 0, unless the pod has a user namespace of its own.

**Restricted Fields:**
spec.securityContext.runAsUser
spec.containers[*].securityContext.runAsUser
spec.initContainers[*].securityContext.runAsUser
spec.ephemeralContainers[*].securityContext.runAsUser

**Allowed Values:** any but 0, undefined/null; v1.35+: any value where spec.hostUsers is false
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { inUserNamespace } from '../user-namespace.ts';
import { append, inContainer, settersOf } from '../violations.ts';

/** A restricted check that forbids runAsUser=0 in 1.23+; from 1.35 on not in a user namespace. */
export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  title: 'Containers must not be told to run as root.',
  fix: 'remove securityContext.runAsUser, or set it to another user than 0',
  versions: [
    { since: '1.23', check: runAsUser_1_23 },
    { since: '1.35', check: runAsUser_1_35 },
  ],
  describe,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { securityContext: { runAsUser: null }, containers: [{ name: 'a' }] } } },
      {
        name: 'other users',
        since: '1.23',
        pod: {
          spec: {
            securityContext: { runAsUser: 1 },
            containers: [{ name: 'a', securityContext: { runAsUser: 1000 } }],
          },
        },
      },
      {
        name: 'in a user namespace',
        since: '1.35',
        pod: { spec: { hostUsers: false, securityContext: { runAsUser: 0 } } },
      },
    ],
    fail: [
      {
        name: 'in a user namespace, before 1.35',
        since: '1.34',
        pod: { spec: { hostUsers: false, securityContext: { runAsUser: 0 } } },
        says: 'runAsUser=0 (pod must not set runAsUser=0)',
        paths: ['spec.securityContext.runAsUser'],
        values: [0],
      },
      {
        name: 'a container, though the pod names another user',
        since: '1.23',
        pod: {
          spec: {
            securityContext: { runAsUser: 1 },
            containers: [{ name: 'a', securityContext: { runAsUser: 0 } }],
          },
        },
        says: 'runAsUser=0 (container "a" must not set runAsUser=0)',
        paths: ['spec.containers[0].securityContext.runAsUser'],
        values: [0],
      },
      {
        name: 'the pod and every list of containers, on Windows too',
        pod: {
          spec: {
            hostUsers: true,
            os: { name: 'windows' },
            securityContext: { runAsUser: 0 },
            containers: [{ name: 'a', securityContext: { runAsUser: 0 } }],
            initContainers: [{ name: 'b', securityContext: { runAsUser: 0 } }],
            ephemeralContainers: [{ name: 'c', securityContext: { runAsUser: 0 } }],
          },
        },
        says: 'runAsUser=0 (pod and containers "b", "a", "c" must not set runAsUser=0)',
        paths: [
          'spec.securityContext.runAsUser',
          'spec.initContainers[0].securityContext.runAsUser',
          'spec.containers[0].securityContext.runAsUser',
          'spec.ephemeralContainers[0].securityContext.runAsUser',
        ],
        values: [0, 0, 0, 0],
      },
    ],
  },
};

function runAsUser_1_23(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  if (pod.spec.securityContext?.runAsUser === 0) {
    found = append(found, { path: 'spec.securityContext.runAsUser', value: 0 });
  }
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.runAsUser !== 0) continue;
    found = append(found, inContainer(ref, 'securityContext.runAsUser', 0));
  }
  return found;
}

function runAsUser_1_35(pod: PodView): readonly Violation[] | undefined {
  return inUserNamespace(pod) ? undefined : runAsUser_1_23(pod);
}

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'runAsUser=0', detail: `${settersOf(violations).join(' and ')} must not set runAsUser=0` };
}
