/*
The runtime masks parts of /proc that tell about the node or change it. Containers must keep the masks, unless the pod
has a user namespace of its own.

**Restricted Fields:**
spec.containers[*].securityContext.procMount
spec.initContainers[*].securityContext.procMount
spec.ephemeralContainers[*].securityContext.procMount

**Allowed Values:** undefined/null, 'Default'; v1.35+: any value where spec.hostUsers is false
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { inUserNamespace } from '../user-namespace.ts';

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
      },
      {
        name: 'empty',
        pod: { spec: { hostUsers: null, containers: [{ name: 'a', securityContext: { procMount: '' } }] } },
        says: 'procMount (container "a" must not set securityContext.procMount to "")',
        paths: ['spec.containers[0].securityContext.procMount'],
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
      },
    ],
  },
};

/** Without exception: what `procMount_restricted` still asks for when this check relaxes. */
export function procMount_1_0(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const values: string[] = [];
  const fields: FieldRef[] = [];
  for (const ref of pod.containers) {
    const value = ref.container.securityContext?.procMount ?? 'Default';
    if (value === 'Default') continue;
    names.push(ref.name);
    values.push(value);
    fields.push({ path: containerPath(ref, 'securityContext.procMount'), container: ref.name });
  }
  if (names.length === 0) return undefined;
  const containers = pluralize('container', 'containers', names.length);
  const forbidden = joinQuoted(sortBytewise(new Set(values)));
  return {
    reason: 'procMount',
    detail: `${containers} ${joinQuoted(names)} must not set securityContext.procMount to ${forbidden}`,
    fields,
  };
}

function procMount_1_35(pod: PodView): Failure | undefined {
  return inUserNamespace(pod) ? undefined : procMount_1_0(pod);
}
