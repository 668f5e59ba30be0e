// Judges one template by one set of policies: every check of every policy, all violations at once.
import { subtract } from '../grants/subtract.ts';
import { type PodView, viewOf } from '../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../kubernetes/pod.ts';
import { ACTIONS, type Action, type CheckViolations } from '../model/finding.ts';
import { type ListPlaces, NO_PLACES, sentPath } from '../model/list-places.ts';
import { FILLED_IN_CHECK } from '../model/names.ts';
import { evaluate } from '../pod-security/standard.ts';
import type { Policy } from '../policy/policy.ts';
import type { FillScope } from '../rules/fill-in.ts';
import { withVerdictDefaults } from '../workloads/defaults.ts';
import { placesBefore } from './added-containers.ts';
import { besideGrants } from './grants/beside-grants.ts';
import type { GrantContext } from './grants/grants.ts';
import { grantedBy, judgeGrants } from './grants/judge-grants.ts';
import { missedFields } from './missed.ts';
import { type LevelVersion, namespaceLevels, podSecurityRule } from './namespace-levels.ts';
import { templateToJudge } from './template-to-judge.ts';

/** All that the verdict on a template depends on, beside the template. */
export interface EvaluationContext {
  readonly policies: readonly Policy[];
  readonly namespaceLabels: StringMap;
  /** False for kinds whose pods are refused instead of them; upstream's namespace labels then only warn and audit. */
  readonly enforced: boolean;
  /** Where fields must already have been filled in; undefined where nothing can be filled in any more. */
  readonly filled: FillScope | undefined;
  /** For kinds that are left as written: who fills in their pods, as which they are judged. */
  readonly filling: readonly Policy[] | undefined;
  /** What the grants of a template depend on. */
  readonly grants: GrantContext;
}

/**
 * Every violation, in order of policies and then of checks. Paths are inside the template, with the indices that lists
 * have in it. Pure.
 */
export function judgeTemplate(template: PodTemplate, context: EvaluationContext): readonly CheckViolations[] {
  const { template: judged, grants } = templateToJudge(template, context.policies, context.filling, context.grants);
  const whole = viewOf(withVerdictDefaults(judged));
  const found: CheckViolations[] = grants ? judgeGrants(grants, whole, context.filled?.podLevel ?? false) : [];
  const filled = context.filled && grants ? besideGrants(context.filled, template, grants.granted) : context.filled;
  for (const policy of context.policies) {
    const first = found.length;
    let view = whole;
    let places = NO_PLACES;
    if (grants) ({ view, places } = subtract(whole, grantedBy(policy, grants)));
    judgePodSecurity(policy, view, context, found);
    for (const bound of policy.checks) {
      const violations = bound.check(view);
      if (!violations) continue;
      const { id, fix, describe } = bound;
      found.push({ ...isolationViolations(policy, id, fix), violations, describe });
    }
    toSentPaths(found, first, places);
    if (filled) judgeFilledIn(policy, template, filled, found, first);
  }
  toSentPaths(found, 0, placesBefore(template, judged, ''));
  return found;
}

/** Puts the indices that entries of lists have in the object that was sent into the paths, from `first` on. */
function toSentPaths(found: CheckViolations[], first: number, places: ListPlaces): void {
  if (places.size === 0) return;
  for (const [index, one] of found.entries()) {
    if (index < first) continue;
    const violations = one.violations.map((violation) => ({ ...violation, path: sentPath(violation.path, places) }));
    found[index] = { ...one, violations };
  }
}

function judgePodSecurity(policy: Policy, view: PodView, context: EvaluationContext, found: CheckViolations[]): void {
  const wanted = policy.podSecurity;
  if (!wanted) return;
  if (wanted.from === 'policy') {
    judgeLevel(policy, wanted, view, found);
    return;
  }
  const levels = namespaceLevels(context.namespaceLabels);
  if (context.enforced) judgeLevel(policy, levels.Deny, view, found);
  judgeLevel(policy, levels.Warn, view, found, 'Warn');
  judgeLevel(policy, levels.Audit, view, found, 'Audit');
}

/** @param mode the action of the namespace's label; the policy's own actions where it is left out */
function judgeLevel(policy: Policy, at: LevelVersion, view: PodView, found: CheckViolations[], mode?: Action): void {
  for (const { check, violations } of evaluate(at.level, at.version, view)) {
    const actions = mode === undefined ? policy.actionsFor(check.id) : { action: mode, audited: mode === 'Audit' };
    const { id, fix, describe } = check;
    const rule = podSecurityRule(at);
    found.push({ policy: policy.name, rule, check: id, ...actions, fix, violations, describe });
  }
}

function isolationViolations(
  policy: Policy,
  check: string,
  fix: string,
): Omit<CheckViolations, 'violations' | 'describe'> {
  const rule = `IsolationPolicy "${policy.name}"`;
  return { policy: policy.name, rule, check, ...policy.actionsFor(check), fix };
}

/**
 * A field the policy fills in and that is missing from the final object was missed by the mutating webhook, which fails
 * open, or was taken out again by another one. It is denied. Nothing is reported twice: a finding of the same policy about
 * the same field is enough where its action is as strong; a mere warning would let the object in.
 */
function judgeFilledIn(
  policy: Policy,
  template: PodTemplate,
  scope: FillScope,
  found: CheckViolations[],
  first: number,
): void {
  const { action } = policy.actionsFor(FILLED_IN_CHECK);
  for (const fillIn of policy.fillIns) {
    const after = fillIn.fill(template, scope, () => {});
    if (after === template) continue;
    const said = found
      .slice(first)
      .some((one) => fillIn.satisfies.includes(one.check) && ACTIONS.indexOf(one.action) <= ACTIONS.indexOf(action));
    if (said) continue;
    const fix = 'let the mutating webhook fill it in (is it running, and registered?), or set it yourself';
    found.push({ ...isolationViolations(policy, FILLED_IN_CHECK, fix), ...missedFields(template, after) });
  }
}
