/*
Containers must not be told to run as user 0, unless the pod has a user namespace of its own.

**Restricted Fields:**
spec.securityContext.runAsUser
spec.containers[*].securityContext.runAsUser
spec.initContainers[*].securityContext.runAsUser
spec.ephemeralContainers[*].securityContext.runAsUser

**Allowed Values:** any but 0, undefined/null; v1.35+: any value where spec.hostUsers is false
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { nameSetters } from '../setters.ts';
import { inUserNamespace } from '../user-namespace.ts';

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
      },
    ],
  },
};

function runAsUser_1_23(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const fields: FieldRef[] = [];
  const byPod = pod.spec.securityContext?.runAsUser === 0;
  if (byPod) fields.push({ path: 'spec.securityContext.runAsUser' });
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.runAsUser !== 0) continue;
    names.push(ref.name);
    fields.push({ path: containerPath(ref, 'securityContext.runAsUser'), container: ref.name });
  }
  if (fields.length === 0) return undefined;
  const setters = nameSetters(byPod, names).join(' and ');
  return { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0`, fields };
}

function runAsUser_1_35(pod: PodView): Failure | undefined {
  return inUserNamespace(pod) ? undefined : runAsUser_1_23(pod);
}
