/*
The runtime masks parts of /proc that tell about the node or change it. Containers must keep the masks, unless the pod
has a user namespace of its own.

**Restricted Fields:**
spec.containers[*].securityContext.procMount
spec.initContainers[*].securityContext.procMount
spec.ephemeralContainers[*].securityContext.procMount

**Allowed Values:** undefined/null, 'Default'; v1.35+: any value where spec.hostUsers is false
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { inUserNamespace } from '../user-namespace.ts';
import { append, containersIn, inContainer, nameContainers, valuesOf } from '../violations.ts';

/** A baseline check that forbids an unmasked /proc in 1.0+; from 1.35 on not in a user namespace. */
export const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  title: 'Containers must keep the masks over /proc.',
  fix: 'remove securityContext.procMount, set it to Default, or set hostUsers to false',
  versions: [
    { since: '1.0', check: procMount_1_0 },
    { since: '1.35', check: procMount_1_35 },
  ],
  describe: describeProcMount,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { containers: [{ name: 'a', securityContext: { procMount: null } }] } } },
      { name: 'Default', pod: { spec: { containers: [{ name: 'a', securityContext: { procMount: 'Default' } }] } } },
      {
        name: 'in a user namespace',
        since: '1.35',
        pod: { spec: { hostUsers: false, containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }] } },
      },
    ],
    fail: [
      {
        name: 'in a user namespace, before 1.35',
        since: '1.34',
        pod: { spec: { hostUsers: false, containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }] } },
        says: 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
        paths: ['spec.containers[0].securityContext.procMount'],
        values: ['Unmasked'],
      },
      {
        name: 'empty',
        pod: { spec: { hostUsers: null, containers: [{ name: 'a', securityContext: { procMount: '' } }] } },
        says: 'procMount (container "a" must not set securityContext.procMount to "")',
        paths: ['spec.containers[0].securityContext.procMount'],
        values: [''],
      },
      {
        name: 'every list of containers',
        pod: {
          spec: {
            hostUsers: true,
            containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }],
            initContainers: [{ name: 'b', securityContext: { procMount: 'default' } }],
            ephemeralContainers: [{ name: 'c', securityContext: { procMount: 'Unmasked' } }],
          },
        },
        says: 'procMount (containers "b", "a", "c" must not set securityContext.procMount to "Unmasked", "default")',
        paths: [
          'spec.initContainers[0].securityContext.procMount',
          'spec.containers[0].securityContext.procMount',
          'spec.ephemeralContainers[0].securityContext.procMount',
        ],
        values: ['default', 'Unmasked', 'Unmasked'],
      },
    ],
  },
};

/** In user namespaces, too: `procMount_restricted` goes on asking for this where the baseline check relaxes. */
export function procMount_1_0(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const value = ref.container.securityContext?.procMount ?? 'Default';
    if (value !== 'Default') found = append(found, inContainer(ref, 'securityContext.procMount', value));
  }
  return found;
}

function procMount_1_35(pod: PodView): readonly Violation[] | undefined {
  return inUserNamespace(pod) ? undefined : procMount_1_0(pod);
}

/** Also used by the restricted check. */
export function describeProcMount(violations: readonly Violation[]): Sentence {
  const containers = nameContainers(containersIn(violations));
  return {
    reason: 'procMount',
    detail: `${containers} must not set securityContext.procMount to ${joinQuoted(valuesOf(violations))}`,
  };
}
