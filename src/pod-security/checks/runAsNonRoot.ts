/*
Containers must be made to run as a user other than root, unless the pod has a user namespace of its own.

**Restricted Fields:**
spec.securityContext.runAsNonRoot
spec.containers[*].securityContext.runAsNonRoot
spec.initContainers[*].securityContext.runAsNonRoot
spec.ephemeralContainers[*].securityContext.runAsNonRoot

**Allowed Values:** true; undefined/null in a container where the pod sets it, and in the pod where every container sets
it; v1.35+: any value where spec.hostUsers is false
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { nameContainers, nameSetters } from '../setters.ts';
import { inUserNamespace } from '../user-namespace.ts';

/** A restricted check that requires runAsNonRoot=true in 1.0+; from 1.35 on not in a user namespace. */
export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  title: 'Every container must be made to run as a user other than root.',
  fix: "set the pod's securityContext.runAsNonRoot to true, and let no container set it to false",
  versions: [
    { since: '1.0', check: runAsNonRoot_1_0 },
    { since: '1.35', check: runAsNonRoot_1_35 },
  ],
  examples: {
    pass: [
      {
        name: 'set by the pod',
        since: '1.0',
        pod: {
          spec: {
            securityContext: { runAsNonRoot: true },
            containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsNonRoot: null } }],
          },
        },
      },
      {
        name: 'set by every container',
        pod: { spec: { containers: [{ name: 'a', securityContext: { runAsNonRoot: true } }] } },
      },
      {
        name: 'in a user namespace',
        since: '1.35',
        pod: { spec: { hostUsers: false, securityContext: { runAsNonRoot: false }, containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'in a user namespace, before 1.35',
        since: '1.34',
        pod: { spec: { hostUsers: false, containers: [{ name: 'a' }] } },
        says: 'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)',
        paths: ['spec.securityContext.runAsNonRoot', 'spec.containers[0].securityContext.runAsNonRoot'],
      },
      {
        name: 'unset in every list of containers, on Windows too',
        pod: {
          spec: {
            hostUsers: null,
            os: { name: 'windows' },
            containers: [{ name: 'a' }, { name: 'fine', securityContext: { runAsNonRoot: true } }],
            initContainers: [{ name: 'b', securityContext: null }],
            ephemeralContainers: [{ name: 'c', securityContext: { runAsNonRoot: null } }],
          },
        },
        says: 'runAsNonRoot != true (pod or containers "b", "a", "c" must set securityContext.runAsNonRoot=true)',
        paths: [
          'spec.securityContext.runAsNonRoot',
          'spec.initContainers[0].securityContext.runAsNonRoot',
          'spec.containers[0].securityContext.runAsNonRoot',
          'spec.ephemeralContainers[0].securityContext.runAsNonRoot',
        ],
      },
      {
        name: 'false in the pod, though every container says true',
        pod: {
          spec: {
            securityContext: { runAsNonRoot: false },
            containers: [{ name: 'a', securityContext: { runAsNonRoot: true } }],
          },
        },
        says: 'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
        paths: ['spec.securityContext.runAsNonRoot'],
      },
      {
        name: 'false in the pod and in containers; what is unset is not named then',
        pod: {
          spec: {
            hostUsers: true,
            securityContext: { runAsNonRoot: false },
            containers: [{ name: 'a', securityContext: { runAsNonRoot: false } }, { name: 'unset' }],
            ephemeralContainers: [{ name: 'c', securityContext: { runAsNonRoot: false } }],
          },
        },
        says: 'runAsNonRoot != true (pod and containers "a", "c" must not set securityContext.runAsNonRoot=false)',
        paths: [
          'spec.securityContext.runAsNonRoot',
          'spec.containers[0].securityContext.runAsNonRoot',
          'spec.ephemeralContainers[0].securityContext.runAsNonRoot',
        ],
      },
    ],
  },
};

function runAsNonRoot_1_0(pod: PodView): Failure | undefined {
  return forcedRoot(pod) ?? possibleRoot(pod);
}

function runAsNonRoot_1_35(pod: PodView): Failure | undefined {
  return inUserNamespace(pod) ? undefined : runAsNonRoot_1_0(pod);
}

/** False anywhere is wrong, whatever the other level says. */
function forcedRoot(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const fields: FieldRef[] = [];
  const byPod = pod.spec.securityContext?.runAsNonRoot === false;
  if (byPod) fields.push({ path: 'spec.securityContext.runAsNonRoot' });
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.runAsNonRoot !== false) continue;
    names.push(ref.name);
    fields.push({ path: containerPath(ref, 'securityContext.runAsNonRoot'), container: ref.name });
  }
  if (fields.length === 0) return undefined;
  const setters = nameSetters(byPod, names).join(' and ');
  return {
    reason: 'runAsNonRoot != true',
    detail: `${setters} must not set securityContext.runAsNonRoot=false`,
    fields,
  };
}

/** Of a pod without a false: every container must say true, or the pod for all of them. */
function possibleRoot(pod: PodView): Failure | undefined {
  if (pod.spec.securityContext?.runAsNonRoot === true) return undefined;
  const names: string[] = [];
  const fields: FieldRef[] = [{ path: 'spec.securityContext.runAsNonRoot' }];
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.runAsNonRoot === true) continue;
    names.push(ref.name);
    fields.push({ path: containerPath(ref, 'securityContext.runAsNonRoot'), container: ref.name });
  }
  if (names.length === 0) return undefined;
  return {
    reason: 'runAsNonRoot != true',
    detail: `pod or ${nameContainers(names)} must set securityContext.runAsNonRoot=true`,
    fields,
  };
}
