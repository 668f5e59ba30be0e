/*
The SELinux type says what a container may do on the node: spc_t may do everything.

**Restricted Fields:** `seLinuxOptions.type` of
spec.securityContext
spec.containers[*].securityContext
spec.initContainers[*].securityContext
spec.ephemeralContainers[*].securityContext

**Allowed Values:** the types that the policy allows; undefined/null/"" stands for the type that the runtime sets
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import { append, inContainer, settersOf, valuesOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { type NameList, nameList } from '../name-list.ts';
import type { ProfilesParameters } from './parameters.ts';

/** A check that pods set no SELinux type but those that the policy allows. */
export const seLinuxTypes: RuleCheck<ProfilesParameters> = {
  id: 'seLinuxTypes',
  title: 'SELinux types must be among those that the policy allows.',
  fix: 'remove seLinuxOptions.type, or set it to a type that the policy allows',
  platform: 'any',
  repeats: ['seLinuxOptions'],
  compile: ({ seLinux }) => {
    if (seLinux?.allowedTypes === undefined) return undefined;
    const allowed = nameList(seLinux.allowedTypes);
    return (pod) => findTypes(pod, allowed);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'types of the list, and none',
        parameters: { seLinux: { allowedTypes: ['container_t', 'acme_*_t'] } },
        pod: {
          spec: {
            securityContext: { seLinuxOptions: { level: 's0:c1,c2', type: '' } },
            initContainers: [{ name: 'i', securityContext: { seLinuxOptions: null } }],
            containers: [{ name: 'a', securityContext: { seLinuxOptions: { type: 'container_t' } } }],
            ephemeralContainers: [{ name: 'e', securityContext: { seLinuxOptions: { type: 'acme_agent_t' } } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'the pod and every list of containers',
        parameters: { seLinux: { allowedTypes: ['container_t'] } },
        pod: {
          spec: {
            securityContext: { seLinuxOptions: { type: 'spc_t' } },
            initContainers: [{ name: 'i', securityContext: { seLinuxOptions: { type: 'Container_t' } } }],
            containers: [{ name: 'a', securityContext: { seLinuxOptions: { type: 'container_t ' } } }],
            ephemeralContainers: [{ name: 'e', securityContext: { seLinuxOptions: { type: 'spc_t' } } }],
          },
        },
        says: 'SELinux type not allowed (pod and containers "i", "a", "e" set "Container_t", "container_t ", "spc_t"; allowed: "container_t")',
        paths: [
          'spec.securityContext.seLinuxOptions.type',
          'spec.initContainers[0].securityContext.seLinuxOptions.type',
          'spec.containers[0].securityContext.seLinuxOptions.type',
          'spec.ephemeralContainers[0].securityContext.seLinuxOptions.type',
        ],
        values: ['spc_t', 'Container_t', 'container_t ', 'spc_t'],
      },
    ],
  },
};

function findTypes(pod: PodView, allowed: NameList): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const ofPod = pod.spec.securityContext?.seLinuxOptions?.type;
  if (ofPod && !allowed.includes(ofPod)) {
    found = append(found, { path: 'spec.securityContext.seLinuxOptions.type', value: ofPod, allowed: allowed.inWords });
  }
  for (const ref of pod.containers) {
    const own = ref.container.securityContext?.seLinuxOptions?.type;
    if (!own || allowed.includes(own)) continue;
    found = append(found, {
      ...inContainer(ref, 'securityContext.seLinuxOptions.type', own),
      allowed: allowed.inWords,
    });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const values = valuesOf(violations);
  const set = `${pluralize('sets', 'set', violations.length)} ${values.map(quoteVisible).join(', ')}`;
  return {
    reason: 'SELinux type not allowed',
    detail: `${settersOf(violations).join(' and ')} ${set}; allowed: ${violations[0]?.allowed ?? ''}${escapedNote(values)}`,
  };
}
