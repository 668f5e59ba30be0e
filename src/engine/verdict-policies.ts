// The policies that judge a template, and those that fill in the pods made from it.
import type { Policy } from '../policy/policy.ts';
import { heldTo } from './enforcement.ts';
import type { Gate } from './gate.ts';
import type { Located, LocatedTemplate } from './locate.ts';
import { type KnownLabels, policiesFor, policiesForPods, union } from './select.ts';

/** The policies of one template. */
export interface VerdictPolicies {
  /** Those that judge, in order of priority. */
  readonly judging: readonly Policy[];
  /**
   * For kinds that are left as written: the policies that will fill in their pods. The template is judged as such a pod.
   * Undefined where the template itself has already been filled in, by every policy that matches it.
   */
  readonly filling: readonly Policy[] | undefined;
}

/**
 * The policies that match a template itself, in order of priority. An update is held to those that match the old labels as
 * well: removing a label must not remove a policy with it. Both filling in and judging use this list; a policy that only
 * judged would refuse what nobody had filled in.
 */
export function ownPolicies(
  located: Located,
  { value, old }: LocatedTemplate,
  namespace: KnownLabels,
  gate: Gate,
): readonly Policy[] {
  const { workload } = located;
  const matching = policiesFor(workload, value, namespace, gate, old?.value);
  const own = workload.fillAsPods ? union(matching, policiesForPods(value, namespace, gate, old?.value)) : matching;
  return heldTo(old ? union(own, policiesFor(workload, old.value, namespace, gate, old.value)) : own, located, gate);
}

/**
 * A kind that is left as written is also held to the policies that match its pods, since those decide whether its pods will
 * be admitted.
 * @param leftAsItWas true for an update that changes no template: it is not filled in either, while the pods made from it
 * will be
 */
export function verdictPolicies(
  located: Located,
  template: LocatedTemplate,
  namespace: KnownLabels,
  gate: Gate,
  leftAsItWas: boolean,
): VerdictPolicies {
  const { fillIn } = located.workload;
  const own = ownPolicies(located, template, namespace, gate);
  if (fillIn && !leftAsItWas && own.every(({ fillsObjects }) => fillsObjects))
    return { judging: own, filling: undefined };
  const forPods = policiesForPods(template.value, namespace, gate, template.old?.value);
  const filling = gate.asWritten ? undefined : forPods;
  return { judging: fillIn ? own : union(own, heldTo(forPods, located, gate)), filling };
}
