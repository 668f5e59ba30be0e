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
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { inUserNamespace } from '../user-namespace.ts';
import { append, inContainer, podOrContainers, settersOf } from '../violations.ts';

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
  describe,
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
        values: [undefined, undefined],
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
        values: [undefined, undefined, undefined, null],
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
        values: [false],
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
        values: [false, false, false],
      },
    ],
  },
};

function runAsNonRoot_1_0(pod: PodView): readonly Violation[] | undefined {
  return forcedRoot(pod) ?? possibleRoot(pod);
}

function runAsNonRoot_1_35(pod: PodView): readonly Violation[] | undefined {
  return inUserNamespace(pod) ? undefined : runAsNonRoot_1_0(pod);
}

/** Fields that are false: forbidden in the pod and in containers, whatever the other level says. */
function forcedRoot(pod: PodView): Violation[] | undefined {
  let found: Violation[] | undefined;
  if (pod.spec.securityContext?.runAsNonRoot === false) {
    found = append(found, { path: 'spec.securityContext.runAsNonRoot', value: false });
  }
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.runAsNonRoot !== false) continue;
    found = append(found, inContainer(ref, 'securityContext.runAsNonRoot', false));
  }
  return found;
}

/** For pods in which no field is false: every container must have true, or the pod for all of them. */
function possibleRoot(pod: PodView): Violation[] | undefined {
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  if (ofPod === true) return undefined;
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const value = ref.container.securityContext?.runAsNonRoot;
    if (value === true) continue;
    found ??= [{ path: 'spec.securityContext.runAsNonRoot', value: ofPod }];
    found.push(inContainer(ref, 'securityContext.runAsNonRoot', value));
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const isForced = violations.some(({ value }) => value === false);
  return {
    reason: 'runAsNonRoot != true',
    detail: isForced
      ? `${settersOf(violations).join(' and ')} must not set securityContext.runAsNonRoot=false`
      : `${podOrContainers(violations)} must set securityContext.runAsNonRoot=true`,
  };
}
