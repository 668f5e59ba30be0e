// Judges one template by one set of policies: every check of every policy, all violations at once.
import type { GrantedClass } from '../grants/granted.ts';
import { subtract } from '../grants/subtract.ts';
import { type PodView, viewOf } from '../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../kubernetes/pod.ts';
import type { Action, Cause, CheckViolations } from '../model/finding.ts';
import { type ListPlaces, sentPath } from '../model/list-places.ts';
import { FILLED_IN_CHECK } from '../model/names.ts';
import { evaluate } from '../pod-security/standard.ts';
import type { ImageAnswers } from '../policy/image-answers.ts';
import type { Policy } from '../policy/policy.ts';
import { type CheckRequest, checkPart } from '../rules/check.ts';
import { Claims, type FillScope, NO_NOTES, WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import { withVerdictDefaults } from '../workloads/defaults.ts';
import { placesBefore } from './added-containers.ts';
import { blamedOn } from './causes.ts';
import { withOldView } from './check-request.ts';
import { exceptionsFrom, withoutExcepted } from './excepted.ts';
import { fillTemplate } from './fill.ts';
import { besideGrants } from './grants/beside-grants.ts';
import { withClassHint } from './grants/class-hint.ts';
import { blamedOnClasses, partsOfOthers } from './grants/class-parts.ts';
import type { GrantContext } from './grants/grants.ts';
import { grantedBy, judgeGrants } from './grants/judge-grants.ts';
import { missedFields } from './missed.ts';
import { type LevelVersion, namespaceLevels, podSecurityRule } from './namespace-levels.ts';
import { withFacts } from './scope.ts';
import { templateToJudge } from './template-to-judge.ts';

/** All that the verdict on a template depends on, beside the template. */
export interface EvaluationContext {
  readonly policies: readonly Policy[];
  readonly namespaceLabels: StringMap;
  /**
   * Whether the object is refused for what a policy finds. Where its pods are refused instead of it, upstream's namespace labels
   * only warn and audit.
   */
  readonly refuses: (policy: Policy) => boolean;
  /** Where fields must already have been filled in; undefined where nothing can be filled in any more. */
  readonly filled: FillScope | undefined;
  /** For kinds that are left as written: who fills in their pods, as which they are judged. */
  readonly filling: readonly Policy[] | undefined;
  /** What the grants of a template depend on. */
  readonly grants: GrantContext;
  /** Which images exceptions are for, as far as it was asked in this review. */
  readonly imageAnswers: ImageAnswers;
  /** What checks may ask about the request. */
  readonly request: CheckRequest;
}

/**
 * Every violation, in order of policies and then of checks. Paths are inside the template, with the indices that lists
 * have in it. Pure.
 */
export function judgeTemplate(template: PodTemplate, context: EvaluationContext): readonly CheckViolations[] {
  const { template: judged, grants } = templateToJudge(template, context.policies, context.filling, context.grants);
  const whole = viewOf(withVerdictDefaults(judged));
  context.grants.gate.trace?.judging({ sent: template, judged, policies: context.policies, grants });
  // What is filled in later, in the pods, has not been missed.
  const scope = context.filling || !context.filled ? undefined : withFacts(context.filled, context.grants.gate);
  const found: CheckViolations[] = grants ? judgeGrants(grants, whole, scope?.podLevel ?? false) : [];
  const filled = scope && grants ? besideGrants(scope, judged, grants.granted) : scope;
  const claims = context.policies.length > 1 ? new Claims() : undefined;
  for (const policy of context.policies) {
    const granted = grants ? grantedBy(policy, grants) : [];
    const judge = (pod: PodView, without: readonly GrantedClass[]) => judgePolicy(policy, pod, without, context);
    const excepted: CheckViolations[] = [];
    let ofPolicy = judgePolicy(policy, whole, granted, context, excepted);
    if (grants && ofPolicy.length > 0) {
      const parts = partsOfOthers(policy, grants, whole, context.grants.gate);
      ofPolicy = blamedOnClasses(ofPolicy, parts, (taken) => judge(whole, [...granted, ...taken]));
    }
    if (policy.capabilities.length > 0) {
      const without = (pod: PodTemplate, more: readonly GrantedClass[]) =>
        judge(viewOf(withVerdictDefaults(pod)), [...granted, ...more]);
      ofPolicy = withClassHint(ofPolicy, policy, judged, whole, context.grants, grants, without);
    }
    if (filled) {
      const missed = missedBy(policy, judged, filled, claims);
      if (missed) {
        const after = viewOf(withVerdictDefaults(missed.after));
        ofPolicy = [missed.found, ...blamedOn(missed.cause, ofPolicy, judge(after, granted))];
      }
    }
    found.push(...ofPolicy, ...excepted);
  }
  toSentPaths(found, placesBefore(template, judged, ''));
  return found;
}

/**
 * What a policy finds in a pod without the parts of these classes.
 * @param excepted is given what its exceptions cover
 */
function judgePolicy(
  policy: Policy,
  whole: PodView,
  without: readonly GrantedClass[],
  context: EvaluationContext,
  excepted: CheckViolations[] = [],
): CheckViolations[] {
  const { view, places } = subtract(whole, without);
  let found: CheckViolations[] = [];
  judgePodSecurity(policy, view, context, found);
  const request = policy.needs.oldObject
    ? withOldView(context.request, (old) => subtract(oldView(old, context), without).view)
    : context.request;
  for (const bound of policy.checks) {
    const violations = bound.check(view, request);
    if (!violations) continue;
    const { id, fix, describe, repeats, part } = bound;
    if (part === undefined) {
      found.push({ ...isolationViolations(policy, id, fix), violations, describe, repeats });
      continue;
    }
    for (const [name, own] of Map.groupBy(violations, part)) {
      found.push({ ...isolationViolations(policy, checkPart(id, name), fix), violations: own, describe, repeats });
    }
  }
  const { gate, subject } = context.grants;
  const exceptions = found.length > 0 ? exceptionsFrom(policy, gate, subject.namespace) : undefined;
  if (exceptions) {
    const start = excepted.length;
    found = withoutExcepted(found, exceptions, view, context.imageAnswers, excepted);
    const added = excepted.splice(start);
    toSentPaths(added, places);
    excepted.push(...added);
  }
  toSentPaths(found, places);
  return found;
}

/** The template that an update replaces, made into what is judged as the new one is: its pod, where that is filled in later. */
function oldView(old: PodTemplate, { filling, grants }: EvaluationContext): PodView {
  if (!filling) return viewOf(withVerdictDefaults(old));
  const asPod = grants.stored ? { ...grants, stored: false } : grants;
  return viewOf(withVerdictDefaults(fillTemplate(old, filling, WHOLE_TEMPLATE, asPod).template));
}

/** Puts the indices that entries of lists have in the object that was sent into the paths. */
function toSentPaths(found: CheckViolations[], places: ListPlaces): void {
  if (places.size === 0) return;
  for (const [index, one] of found.entries()) {
    const violations = one.violations.map((violation) =>
      violation.inObject ? violation : { ...violation, path: sentPath(violation.path, places) },
    );
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
  if (context.refuses(policy)) judgeLevel(policy, levels.Deny, view, found);
  judgeLevel(policy, levels.Warn, view, found, 'Warn');
  judgeLevel(policy, levels.Audit, view, found, 'Audit');
}

/** @param mode the action of the namespace's label; the policy's own actions where it is left out */
function judgeLevel(policy: Policy, at: LevelVersion, view: PodView, found: CheckViolations[], mode?: Action): void {
  for (const { check, violations } of evaluate(at.level, at.version, view)) {
    const actions = mode === undefined ? policy.actionsFor(check.id) : { action: mode, audited: mode === 'Audit' };
    const { id, fix, fixFor, describe } = check;
    const rule = podSecurityRule(at);
    found.push({ policy: policy.name, rule, check: id, ...actions, fix, fixFor, violations, describe });
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

/** What of a policy's fill-ins is missing from the template. */
interface MissedFill {
  readonly found: CheckViolations;
  readonly cause: Cause;
  /** The template with everything that the policy fills in. */
  readonly after: PodTemplate;
}

/**
 * A field the policy fills in and that is missing from the final object was missed by the mutating webhook, which fails
 * open, or was taken out again by another one. It is denied, in one finding about all such fields: what the policy's checks
 * find only because of them has it as its cause.
 */
function missedBy(
  policy: Policy,
  template: PodTemplate,
  scope: FillScope,
  claims: Claims | undefined,
): MissedFill | undefined {
  const notes = claims ? { ...NO_NOTES, claim: (field: string) => claims.claim(policy.name, field) } : NO_NOTES;
  let after = template;
  for (const fillIn of policy.fillIns) after = fillIn.fill(after, scope, notes);
  if (after === template) return undefined;
  const found = { ...isolationViolations(policy, FILLED_IN_CHECK, MISSED_FIX), ...missedFields(template, after) };
  return { found, cause: { check: FILLED_IN_CHECK, rule: found.rule }, after };
}

const MISSED_FIX =
  'try again; if that goes on, ask an administrator whether the mutating webhook runs and is registered (it fails open), and whether another webhook takes these fields away';
