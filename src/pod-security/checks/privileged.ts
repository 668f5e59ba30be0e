/*
Privileged pods disable most security mechanisms and must be disallowed.

**Restricted Fields:**
spec.containers[*].securityContext.privileged
spec.initContainers[*].securityContext.privileged
spec.ephemeralContainers[*].securityContext.privileged

**Allowed Values:** false, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { append, containersIn, inContainer, nameContainers } from '../violations.ts';

/** A baseline check that forbids privileged=true in 1.0+. */
export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  title: 'Containers must not be privileged.',
  fix: 'remove securityContext.privileged, or set it to false',
  versions: [{ since: '1.0', check: privileged_1_0 }],
  describe,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { containers: [{ name: 'a' }] } } },
      { name: 'false', pod: { spec: { containers: [{ name: 'a', securityContext: { privileged: false } }] } } },
    ],
    fail: [
      {
        name: 'a container',
        pod: { spec: { containers: [{ name: 'a', securityContext: { privileged: true } }] } },
        says: 'privileged (container "a" must not set securityContext.privileged=true)',
        paths: ['spec.containers[0].securityContext.privileged'],
        values: [true],
      },
      {
        name: 'every list of containers, in visiting order',
        pod: {
          spec: {
            containers: [{ name: 'a', securityContext: { privileged: true } }, { name: 'fine' }],
            initContainers: [{ name: 'b', securityContext: { privileged: true } }],
            ephemeralContainers: [{ name: 'c', securityContext: { privileged: true } }],
          },
        },
        says: 'privileged (containers "b", "a", "c" must not set securityContext.privileged=true)',
        paths: [
          'spec.initContainers[0].securityContext.privileged',
          'spec.containers[0].securityContext.privileged',
          'spec.ephemeralContainers[0].securityContext.privileged',
        ],
        values: [true, true, true],
      },
    ],
  },
};

function privileged_1_0(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.privileged !== true) continue;
    found = append(found, inContainer(ref, 'securityContext.privileged', true));
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = nameContainers(containersIn(violations));
  return { reason: 'privileged', detail: `${containers} must not set securityContext.privileged=true` };
}
