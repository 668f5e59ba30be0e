// The policies by which validation judges a template, and those that are taken to have filled it in.
import type { Policy } from '../policy/policy.ts';
import type { FoundTemplate } from '../workloads/template.ts';
import type { Gate } from './gate.ts';
import type { Located } from './locate.ts';
import { type KnownLabels, policiesFor, policiesForPods, union } from './select.ts';

export interface VerdictPolicies {
  /** In order of priority. */
  readonly judging: readonly Policy[];
  /**
   * For kinds that are left as written: the policies that will fill in their pods, in whose place the template is judged.
   * Undefined where the template itself has been filled in by now.
   */
  readonly filling: readonly Policy[] | undefined;
}

/**
 * A kind that is left as written answers to the policies of its pods, too: those are what its owner will meet. An update
 * answers to the policies of the old labels as well as of the new: taking a label off does not take a policy off with it.
 * @param leftAsItWas true for an update that touches no template: one stored before there was a policy is not filled in by
 * it, and its pods are all the same
 */
export function verdictPolicies(
  { workload }: Located,
  template: FoundTemplate,
  old: FoundTemplate | undefined,
  namespace: KnownLabels,
  gate: Gate,
  leftAsItWas: boolean,
): VerdictPolicies {
  const own = policiesFor(workload, template.value, namespace, gate);
  const before = old ? policiesFor(workload, old.value, namespace, gate) : own;
  if (workload.fillIn && !leftAsItWas) return { judging: union(own, before), filling: undefined };
  const forPods = policiesForPods(template.value, namespace, gate);
  const filling = gate.asWritten ? undefined : forPods;
  return { judging: workload.fillIn ? union(own, before) : union(own, before, forPods), filling };
}
