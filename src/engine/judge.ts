// Judges one template by one set of policies: every check of every policy, all violations at once.
import { subtract } from '../grants/subtract.ts';
import { type PodView, viewOf } from '../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../kubernetes/pod.ts';
import { ACTIONS, type Action, type Failure, type Finding } from '../model/finding.ts';
import { FILLED_IN_CHECK } from '../model/names.ts';
import { evaluate } from '../pod-security/standard.ts';
import type { Policy } from '../policy/policy.ts';
import { type FillScope, WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import { withVerdictDefaults } from '../workloads/defaults.ts';
import { fillTemplate } from './fill.ts';
import { besideGrants } from './grants/beside-grants.ts';
import { type GrantContext, resolveGrants } from './grants/grants.ts';
import { grantedBy, judgeGrants } from './grants/judge-grants.ts';
import { missedFields } from './missed.ts';
import { type LevelVersion, namespaceLevels, podSecurityRule } from './namespace-levels.ts';

/** What a template is judged against. */
export interface Court {
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

/** Every violation, in order of policies and then of checks. Paths are inside the template. Pure. */
export function judgeTemplate(template: PodTemplate, court: Court): readonly Finding[] {
  const judged = court.filling
    ? fillTemplate(template, court.filling, WHOLE_TEMPLATE, court.grants).template
    : template;
  const whole = viewOf(withVerdictDefaults(judged));
  const grants = resolveGrants(judged, court.policies, court.grants);
  const findings: Finding[] = grants ? judgeGrants(grants, whole, court.filled?.podLevel ?? false) : [];
  const filled = court.filled && grants ? besideGrants(court.filled, template, grants.granted) : court.filled;
  for (const policy of court.policies) {
    const first = findings.length;
    const view = grants ? subtract(whole, grantedBy(policy, grants)) : whole;
    judgePodSecurity(policy, view, court, findings);
    for (const bound of policy.checks) {
      const failure = bound.check(view);
      if (failure) findings.push(isolationFinding(policy, bound.id, bound.fix, failure));
    }
    if (filled) judgeFilledIn(policy, template, filled, findings, first);
  }
  return findings;
}

function judgePodSecurity(policy: Policy, view: PodView, court: Court, findings: Finding[]): void {
  const wanted = policy.podSecurity;
  if (!wanted) return;
  if (wanted.from === 'policy') {
    for (const { check, failure } of evaluate(wanted.level, wanted.version, view)) {
      const { action, audited } = policy.actionsFor(check.id);
      findings.push(standardFinding(policy, wanted, check, failure, action, audited));
    }
    return;
  }
  const levels = namespaceLevels(court.namespaceLabels);
  if (court.enforced) {
    for (const { check, failure } of evaluate(levels.Deny.level, levels.Deny.version, view)) {
      const { action, audited } = policy.actionsFor(check.id);
      findings.push(standardFinding(policy, levels.Deny, check, failure, action, audited));
    }
  }
  for (const action of ['Warn', 'Audit'] as const) {
    for (const { check, failure } of evaluate(levels[action].level, levels[action].version, view)) {
      findings.push(standardFinding(policy, levels[action], check, failure, action, action === 'Audit'));
    }
  }
}

function standardFinding(
  policy: Policy,
  at: LevelVersion,
  check: { readonly id: string; readonly fix: string },
  failure: Failure,
  action: Action,
  audited: boolean,
): Finding {
  const rule = podSecurityRule(at);
  return { ...failure, policy: policy.name, rule, check: check.id, action, audited, fix: check.fix };
}

function isolationFinding(policy: Policy, check: string, fix: string, failure: Failure): Finding {
  const rule = `IsolationPolicy "${policy.name}"`;
  return { ...failure, policy: policy.name, rule, check, ...policy.actionsFor(check), fix };
}

/**
 * A field the policy fills in and that is missing from the final object was missed by the mutating webhook, which fails
 * open, or was taken out again by another one: a denial, never a hole. Nothing is said twice: where a check of the same
 * policy already names what is missing, and acts as strongly, that stands: a warning does not let a missed field in.
 */
function judgeFilledIn(
  policy: Policy,
  template: PodTemplate,
  scope: FillScope,
  findings: Finding[],
  first: number,
): void {
  const { action } = policy.actionsFor(FILLED_IN_CHECK);
  for (const fillIn of policy.fillIns) {
    const after = fillIn.fill(template, scope, () => {});
    if (after === template) continue;
    const said = findings
      .slice(first)
      .some(
        (finding) =>
          fillIn.satisfies.includes(finding.check) && ACTIONS.indexOf(finding.action) <= ACTIONS.indexOf(action),
      );
    if (said) continue;
    const fix = 'let the mutating webhook fill it in (is it running, and registered?), or set it yourself';
    findings.push(isolationFinding(policy, FILLED_IN_CHECK, fix, missedFields(template, after)));
  }
}
