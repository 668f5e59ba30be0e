/*
Privileged pods disable most security mechanisms and must be disallowed.

**Restricted Fields:**
spec.containers[*].securityContext.privileged
spec.initContainers[*].securityContext.privileged
spec.ephemeralContainers[*].securityContext.privileged

**Allowed Values:** false, undefined/null
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { Check } from '../check.ts';

/** A baseline check that forbids privileged=true in 1.0+. */
export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  title: 'Containers must not be privileged.',
  fix: 'remove securityContext.privileged, or set it to false',
  versions: [{ since: '1.0', check: privileged_1_0 }],
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
      },
    ],
  },
};

function privileged_1_0(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const fields: FieldRef[] = [];
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.privileged !== true) continue;
    names.push(ref.name);
    fields.push({ path: containerPath(ref, 'securityContext.privileged'), container: ref.name });
  }
  if (names.length === 0) return undefined;
  const containers = pluralize('container', 'containers', names.length);
  return {
    reason: 'privileged',
    detail: `${containers} ${joinQuoted(names)} must not set securityContext.privileged=true`,
    fields,
  };
}
