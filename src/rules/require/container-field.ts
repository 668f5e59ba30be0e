// Fields of containers that must have one value.

import type { PodView } from '../../kubernetes/containers.ts';
import type { Container } from '../../kubernetes/pod.ts';
import type { Describe, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { CheckPod } from '../check.ts';

/** A check of every container that its security context meets a demand. */
export function everyContainer(
  field: string,
  meets: (security: NonNullable<Container['securityContext']> | null | undefined) => boolean,
  read: (security: Container['securityContext']) => unknown,
): CheckPod {
  return (pod: PodView) => {
    let found: Violation[] | undefined;
    for (const ref of pod.containers) {
      const { securityContext } = ref.container;
      if (!meets(securityContext)) {
        found = append(found, inContainer(ref, `securityContext.${field}`, read(securityContext)));
      }
    }
    return found;
  };
}

/** `REASON (containers "a", "b" do not set securityContext.FIELD to VALUE)`. */
export function notSet(reason: string, field: string, value: string): Describe {
  return (violations) => {
    const names = containersIn(violations);
    const not = pluralize('does not set', 'do not set', names.length);
    return { reason, detail: `${nameContainers(names)} ${not} securityContext.${field} to ${value}` };
  };
}
