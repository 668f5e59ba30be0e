// The policies by which validation judges a template, and those that are taken to have filled it in.
import type { Policy } from '../policy/policy.ts';
import type { Gate } from './gate.ts';
import type { Located, LocatedTemplate } from './locate.ts';
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
 * The policies that a template answers to itself. An update answers to those of the old labels as well as of the new:
 * taking a label off does not take a policy off with it. Filling in asks the same ones as the verdict: what the verdict
 * alone asked for would be refused as missed.
 */
export function ownPolicies(
  { workload }: Located,
  { value, old }: LocatedTemplate,
  namespace: KnownLabels,
  gate: Gate,
): readonly Policy[] {
  const own = policiesFor(workload, value, namespace, gate);
  return old ? union(own, policiesFor(workload, old.value, namespace, gate)) : own;
}

/**
 * A kind that is left as written answers to the policies of its pods, too: those are what its owner will meet.
 * @param leftAsItWas true for an update that touches no template: one stored before there was a policy is not filled in by
 * it, and its pods are all the same
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
  if (fillIn && !leftAsItWas) return { judging: own, filling: undefined };
  const forPods = policiesForPods(template.value, namespace, gate);
  const filling = gate.asWritten ? undefined : forPods;
  return { judging: fillIn ? own : union(own, forPods), filling };
}
