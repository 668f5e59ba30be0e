// What rules of a policy contradict each other in, at the rule that fills it in.
import type { Policy } from '../../policy/policy.ts';
import { selfContradictions } from '../../policy/self-contradiction.ts';
import { RULES } from '../../rules/index.ts';
import type { DocumentProblem } from '../problems.ts';

const RULE_OF: ReadonlyMap<string, string> = new Map(
  RULES.flatMap(({ key, fillIns }) => fillIns.map(({ id }) => [id, key] as const)),
);

/** A problem for each contradiction. */
export function contradictionsIn(policy: Policy): readonly DocumentProblem[] {
  return selfContradictions(policy).map(({ fillIn, message }) => ({
    keys: ['spec', RULE_OF.get(fillIn) ?? ''],
    what: 'key',
    message,
  }));
}
