// Which policies an object is held to and which not, and why.
import type { Mismatch, Policy } from '../../policy/policy.ts';
import { pod } from '../../workloads/pod.ts';
import { qualifiedKind } from '../../workloads/workload.ts';
import { heldTo } from '../enforcement.ts';
import type { Gate } from '../gate.ts';
import { isPod, type Located, type LocatedTemplate } from '../locate.ts';
import { type KnownLabels, matchInput } from '../select.ts';
import { verdictPolicies } from '../verdict-policies.ts';

/** One reason for which an object is not held to a policy. */
export interface SelectionReason {
  /** The key of the policy's spec, or what is not known. */
  readonly by: Mismatch['by'] | 'enforcement' | 'namespace';
  readonly text: string;
}

/** One policy and one pod template. */
export interface ExplainedPolicy {
  readonly policy: string;
  /** Where it was loaded from. */
  readonly origin: string;
  readonly priority: number;
  readonly matches: boolean;
  /** How it matches, where that is not by the template as it was sent; what was taken to hold; and why it does not match. */
  readonly reasons: readonly SelectionReason[];
}

/**
 * Every policy, in order of priority.
 * @param template as it was filled in, by which it is judged
 * @param sent the same as it was sent
 */
export function explainPolicies(
  located: Located,
  template: LocatedTemplate,
  sent: unknown,
  namespace: KnownLabels,
  gate: Gate,
): readonly ExplainedPolicy[] {
  const { judging } = verdictPolicies(located, template, namespace, gate, false);
  return gate.policies.policies.map((policy) => {
    const matches = judging.includes(policy);
    return {
      policy: policy.name,
      origin: policy.origin,
      priority: policy.priority,
      matches,
      reasons: matches ? whyMatching(policy, located, sent, namespace) : whyNot(policy, located, sent, namespace, gate),
    };
  });
}

function whyMatching(
  policy: Policy,
  { workload }: Located,
  sent: unknown,
  namespace: KnownLabels,
): readonly SelectionReason[] {
  const itself = policy.matchReasons(matchInput(workload, sent, namespace));
  const assumed = itself.assumed.map((text): SelectionReason => ({ by: 'conditions', text }));
  const [mismatch] = itself.mismatches;
  if (!mismatch) return assumed;
  if (!isPod(workload) && policy.matchReasons(matchInput(pod, sent, namespace)).mismatches.length === 0) {
    return [{ by: 'kinds', text: 'it matches the pods that come of the object' }, ...assumed];
  }
  return [{ by: mismatch.by, text: 'it matches by a label that another policy adds' }, ...assumed];
}

function whyNot(
  policy: Policy,
  located: Located,
  sent: unknown,
  namespace: KnownLabels,
  gate: Gate,
): readonly SelectionReason[] {
  const { workload } = located;
  if (policy.needsNamespaceLabels && !namespace.complete) {
    return [{ by: 'namespace', text: 'the labels of the namespace are not known' }];
  }
  const { mismatches } = policy.matchReasons(matchInput(workload, sent, namespace));
  if (mismatches.length > 0) return mismatches;
  if (heldTo([policy], located, gate).length > 0) return [];
  return [{ by: 'enforcement', text: `objects of the kind ${qualifiedKind(workload)} are not held to it (Ignore)` }];
}
