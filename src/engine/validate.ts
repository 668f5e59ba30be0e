// Answers the validating webhook: whether the final object may be stored, and everything that is wrong with it.

import { valueAt } from '../kubernetes/path-keys.ts';
import { isPodTemplate, TOO_LARGE } from '../kubernetes/pod-shape.ts';
import type { Decision } from '../model/decision.ts';
import { type Attribution, type CheckViolations, type FieldRef, type Finding, inWords } from '../model/finding.ts';
import { SHAPE_CHECK } from '../model/names.ts';
import type { MarkPhase } from '../model/phase.ts';
import type { Subject } from '../model/subject.ts';
import { ImageAnswers } from '../policy/image-answers.ts';
import type { Policy } from '../policy/policy.ts';
import { type FoundTemplate, pathInObject, TOO_MANY_TEMPLATES } from '../workloads/template.ts';
import { bindingAsked, validateBinding } from './binding.ts';
import { causesOnly } from './causes.ts';
import { certainIn } from './certain.ts';
import { checkRequest } from './check-request.ts';
import { validateConnection } from './connection.ts';
import { endingExceptions } from './ending-exceptions.ts';
import { refusesObject } from './enforcement.ts';
import type { Gate } from './gate.ts';
import { grantContext } from './grants/grant-context.ts';
import { changedMetadata } from './grants/held-metadata.ts';
import { usesOfHeldParts } from './grants/held-parts.ts';
import { unansweredOfObject, unansweredOfTemplate } from './grants/unanswered.ts';
import { judgeTemplate } from './judge.ts';
import { legacySeccomp } from './legacy-seccomp.ts';
import { isPod, locate } from './locate.ts';
import { missingRuntimeClass } from './missing-runtime-class.ts';
import { namespaceLevels } from './namespace-levels.ts';
import { NOTHING, skipped } from './outcome.ts';
import { followsNamespace, mirrorPodRecord, podSecurityRecord } from './pod-security-record.ts';
import { fillScope } from './scope.ts';
import { knownLabels, undecidedPolicies } from './select.ts';
import {
  excuseFindings,
  excuseOldViolations,
  type TemplateFreeContext,
  type TemplateViolations,
} from './significance.ts';
import { unjudgedPatches } from './unjudged-patches.ts';
import { unknownNamespace } from './unknown-namespace.ts';
import { verdictPolicies } from './verdict-policies.ts';
import { wrongTypes } from './wrong-types.ts';

const NO_FINDINGS: readonly Finding[] = [];
const NO_POLICIES: readonly Policy[] = [];

/**
 * Judges the pod templates of a subject's object. Pure: no I/O, clock or logger; total for any JSON.
 * @param mark called as each phase ends, for timing
 * @returns `denied` where some finding denies, else `allowed`; `skipped` with the code of the reason where nothing was judged
 */
export function validate(subject: Subject, gate: Gate, mark?: MarkPhase): Decision {
  if (subject.operation === 'CONNECT') return validateConnection(subject, gate);
  if (bindingAsked(subject, gate)) return validateBinding(subject, gate);
  const located = locate(subject, gate);
  if (typeof located === 'string') {
    const exemption = located === 'mirror-pod' ? mirrorPodRecord(subject, gate) : undefined;
    return exemption ? { ...skipped(subject, located), podSecurity: exemption } : skipped(subject, located);
  }

  const namespace = knownLabels(subject, gate);
  const { labels, complete } = namespace;
  const scope = fillScope(subject, located);
  const context: Omit<TemplateFreeContext, 'policies'> = {
    namespaceLabels: labels,
    refuses: refusesObject(located, gate),
    filled: typeof scope === 'string' || gate.asWritten ? undefined : scope,
    grants: grantContext(subject, located, labels, gate),
    imageAnswers: new ImageAnswers(),
  };
  const leftAsItWas = scope === 'template-unchanged';
  const policies = new Set<Policy>();
  const following = new Set<Policy>();
  const mayRefuse = new Set<Policy>();
  const warnings = [
    ...unansweredOfObject(subject, located, gate),
    ...unjudgedPatches(located.workload, located.object).map(({ message }) => message),
  ];
  let findings: Finding[] = [];
  let judged: readonly TemplateViolations[] = [];
  for (const template of located.templates) {
    const { value } = template;
    const { judging, filling } = verdictPolicies(located, template, namespace, gate, leftAsItWas);
    const undecided = complete ? [] : undecidedPolicies(located.workload, value, gate);
    mark?.('select');
    for (const policy of judging) policies.add(policy);
    for (const policy of complete ? judging : undecided) if (followsNamespace(policy)) following.add(policy);
    if (undecided.length > 0) {
      findings.push(unknownNamespace(subject, undecided));
      for (const policy of undecided) mayRefuse.add(policy);
    }
    if (judging.length === 0) {
      if (undecided.length === 0) warnings.push(...unansweredOfTemplate(located, template, subject.namespace));
      continue;
    }
    if (!isPodTemplate(value)) {
      findings.push(misshapen(located.object, template));
      continue;
    }
    const request = checkRequest(subject, located, template, labels, gate);
    const found = certainIn(template, judgeTemplate(value, { ...context, policies: judging, filling, request }));
    judged = [...judged, { template, request, found }];
    warnings.push(...missingRuntimeClass(value, located, template, judging, gate));
    if (!template.partial) warnings.push(...legacySeccomp(value, filling ?? judging, gate, template));
    const old = isPod(located.workload) ? template.old?.value : undefined;
    if (isPodTemplate(old)) {
      const held = [
        ...changedMetadata(old, value, judging, gate),
        ...usesOfHeldParts(old, value, judging, gate, found),
      ];
      for (const one of held) findings.push(inWords(one, (path) => pathInObject(template, path)));
    }
    mark?.('judge');
  }
  warnings.push(...endingExceptions(judged, gate.now));
  if (policies.size === 0 && findings.length === 0) return { ...skipped(subject, 'no-policy'), warnings };
  const all = { ...context, policies: [...policies] };
  // For most kinds all policies are alike.
  const lenient = located.isDifferent ? all.policies.filter((policy) => !context.refuses(policy)) : NO_POLICIES;
  const enforced = located.isDifferent
    ? [...policies, ...mayRefuse].some(context.refuses)
    : located.enforcement === 'Enforce';
  const excuse = (): void => {
    if (judged.some(({ found }) => found.some(denies))) judged = excuseOldViolations(subject, located, all, judged);
  };
  if (enforced) {
    if (lenient.length > 0) {
      const names = new Set(lenient.map(({ name }) => name));
      judged = judged.map((one) => ({ ...one, found: leftToPods(one.found, names) }));
      findings = findings.map((finding) => (names.has(finding.policy) ? asAdvice(finding) : finding));
    }
    findings = excuseFindings(subject, located, all, findings);
    excuse();
  }
  const counted = following.size > 0 ? [...findings, ...allInWords(judged, (found) => found)] : NO_FINDINGS;
  if (!enforced) {
    findings = findings.map(asAdvice);
    judged = judged.map((one) => ({ ...one, found: leftToPods(one.found) }));
    excuse();
  }
  findings.push(...allInWords(judged, causesOnly));

  const known = complete ? labels : undefined;
  const record =
    following.size > 0 ? podSecurityRecord(subject, located, following, context.refuses, counted, known) : undefined;
  mark?.('judge');
  return {
    ...NOTHING,
    verdict: findings.some(denies) ? 'denied' : 'allowed',
    policies: [...policies].map((policy) => policy.name),
    findings,
    warnings,
    errors: following.size > 0 && complete ? namespaceLevels(labels).errors : [],
    object: located.object,
    ...(record && { podSecurity: record }),
  };
}

function denies({ action }: Attribution): boolean {
  return action === 'Deny';
}

function asAdvice(finding: Finding): Finding {
  return denies(finding) ? { ...finding, action: 'Warn' } : finding;
}

/**
 * What is found in a template of a kind whose pods are refused instead of it, as warnings; what is found in the object around
 * the template is refused all the same, since no pod has it.
 * @param policies the names of those whose violations are left to the pods; all where they are left out
 */
function leftToPods(found: readonly CheckViolations[], policies?: ReadonlySet<string>): readonly CheckViolations[] {
  const left: CheckViolations[] = [];
  for (const one of found) {
    if (!denies(one) || policies?.has(one.policy) === false) {
      left.push(one);
      continue;
    }
    const ofPods = one.violations.filter(({ inObject, inPods }) => !inObject || inPods);
    if (ofPods.length > 0) left.push({ ...one, action: 'Warn', violations: ofPods });
    const ofObject = one.violations.filter(({ inObject, inPods }) => inObject && !inPods);
    if (ofObject.length > 0) left.push({ ...one, violations: ofObject });
  }
  return left;
}

/** @param choose which of the violations in a template are reported */
function allInWords(
  judged: readonly TemplateViolations[],
  choose: (found: readonly CheckViolations[]) => readonly CheckViolations[],
): Finding[] {
  return judged.flatMap(({ template, found }) =>
    choose(found).map((one) => inWords(one, (path) => pathInObject(template, path))),
  );
}

/** Custom resources can hold anything: a template that cannot be read cannot be judged, and is denied. */
function misshapen(object: unknown, template: FoundTemplate): Finding {
  const { problems, sentence } = wrongTypes(template);
  const tooLarge = problems.some(({ expected }) => expected === TOO_LARGE || expected === TOO_MANY_TEMPLATES);
  return {
    policy: '',
    rule: 'the shape of a pod template',
    check: SHAPE_CHECK,
    action: 'Deny',
    audited: false,
    reason: tooLarge ? 'template too large' : 'wrong type',
    detail: sentence,
    fields: fieldsAt(
      object,
      problems.map((problem) => problem.path),
    ),
    fix: tooLarge ? 'split it, or leave entries out' : 'give these fields the types that Kubernetes documents',
  };
}

function fieldsAt(object: unknown, paths: readonly string[]): FieldRef[] {
  return paths.map((path) => ({ path, value: valueAt(object, path) }));
}
