/*
A Linux capability is a part of what root may do. Which of them a workload may have beside those of its runtime is for the
policy to say.

**Restricted Fields:**
spec.containers[*].securityContext.capabilities.add
spec.initContainers[*].securityContext.capabilities.add
spec.ephemeralContainers[*].securityContext.capabilities.add

**Allowed Values:** the names that the policy allows, in any case, with or without CAP_; undefined/null/empty
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { canonicalCapability } from '../../kubernetes/linux-capabilities.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers, valuesOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { ProfilesParameters } from './parameters.ts';

/** A check that containers add no Linux capability but those that the policy allows. */
export const addedCapabilities: RuleCheck<ProfilesParameters> = {
  id: 'addedCapabilities',
  title: 'Containers must add no Linux capability but those that the policy allows.',
  fix: 'remove from securityContext.capabilities.add what the policy does not allow',
  platform: 'any',
  repeats: ['capabilities_baseline', 'capabilities_restricted'],
  compile: ({ linuxCapabilities }) => {
    const names = linuxCapabilities?.allowedAdd;
    if (names === undefined) return undefined;
    const allowed = new Set(names.map(canonicalCapability));
    const words = listedNames(names);
    return (pod) => findAdded(pod, allowed, words);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'names of the list, however they are spelled, and none',
        parameters: { linuxCapabilities: { allowedAdd: ['CAP_CHOWN', 'net_bind_service'] } },
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { capabilities: { add: null } } }],
            containers: [
              { name: 'a', securityContext: { capabilities: { add: ['CHOWN', 'cap_chown', 'NET_BIND_SERVICE'] } } },
            ],
            ephemeralContainers: [{ name: 'e', securityContext: { capabilities: { add: [] } } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'other names in every list of containers',
        parameters: { linuxCapabilities: { allowedAdd: ['CHOWN'] } },
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { capabilities: { add: ['CAP_SYS_ADMIN'] } } }],
            containers: [{ name: 'a', securityContext: { capabilities: { add: ['CHOWN', 'all'] } } }],
            ephemeralContainers: [{ name: 'e', securityContext: { capabilities: { add: ['CHOWN '] } } }],
          },
        },
        says: 'Linux capability not allowed (containers "i", "a", "e" add "CAP_SYS_ADMIN", "CHOWN ", "all"; allowed: "CHOWN")',
        paths: [
          'spec.initContainers[0].securityContext.capabilities.add[0]',
          'spec.containers[0].securityContext.capabilities.add[1]',
          'spec.ephemeralContainers[0].securityContext.capabilities.add[0]',
        ],
        values: ['CAP_SYS_ADMIN', 'all', 'CHOWN '],
      },
      {
        name: 'an empty list allows nothing',
        parameters: { linuxCapabilities: { allowedAdd: [] } },
        pod: { spec: { containers: [{ name: 'a', securityContext: { capabilities: { add: ['CHOWN'] } } }] } },
        says: 'Linux capability not allowed (container "a" adds "CHOWN"; allowed: none)',
        paths: ['spec.containers[0].securityContext.capabilities.add[0]'],
        values: ['CHOWN'],
      },
    ],
  },
};

function findAdded(pod: PodView, allowed: ReadonlySet<string>, words: string): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const added = ref.container.securityContext?.capabilities?.add;
    if (!added) continue;
    for (const [index, value] of added.entries()) {
      if (allowed.has(canonicalCapability(value))) continue;
      const violation = inContainer(ref, `securityContext.capabilities.add[${index}]`, value);
      found = append(found, { ...violation, allowed: words });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const values = valuesOf(violations);
  const add = `${pluralize('adds', 'add', names.length)} ${values.map(quoteVisible).join(', ')}`;
  return {
    reason: 'Linux capability not allowed',
    detail: `${nameContainers(names)} ${add}; allowed: ${violations[0]?.allowed ?? ''}${escapedNote(values)}`,
  };
}
