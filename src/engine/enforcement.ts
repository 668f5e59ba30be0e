// How strictly the objects of a kind are held to each policy: as its row or the operator says, unless the policy says otherwise.
import type { Policy } from '../policy/policy.ts';
import type { Gate } from './gate.ts';
import type { Located } from './locate.ts';

/** The policies that objects of the kind are held to at all. */
export function heldTo(
  policies: readonly Policy[],
  { workload, isDifferent }: Pick<Located, 'workload' | 'isDifferent'>,
  gate: Gate,
): readonly Policy[] {
  return isDifferent ? policies.filter((policy) => gate.enforcement(workload, policy) !== 'Ignore') : policies;
}

/** Whether the object itself is refused for what a policy finds, and not only its pods. */
export function refusesObject(
  { workload, enforcement, isDifferent }: Located,
  gate: Gate,
): (policy: Policy) => boolean {
  if (isDifferent) return (policy) => gate.enforcement(workload, policy) === 'Enforce';
  const refuses = enforcement === 'Enforce';
  return () => refuses;
}
