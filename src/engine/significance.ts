// Updates of objects that violated a policy before: what is old goes through with a warning, what an edit adds does not.

import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Attribution, CheckViolations, Finding, Violation } from '../model/finding.ts';
import { ownField, sameJson, stringField } from '../model/json.ts';
import { GRANTS_CHECK, NAMESPACE_CHECK } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import { mayExcept } from '../policy/exceptable.ts';
import { exceptionsFor } from '../policy/exception-index.ts';
import type { CheckRequest } from '../rules/check.ts';
import type { Workload } from '../workloads/workload.ts';
import { storedRequest } from './check-request.ts';
import { fillTemplate } from './fill.ts';
import { resizesClassContainer } from './grants/class-resize.ts';
import { type EvaluationContext, judgeTemplate } from './judge.ts';
import { isPod, type Located, type LocatedTemplate } from './locate.ts';
import { placesIn, sameImages, samePlaces } from './same-places.ts';
import { specChanged, templateChanged } from './scope.ts';

/** How the rules of the Pod Security Standards begin. */
const POD_SECURITY = 'PodSecurity ';

/** An evaluation context without what differs from template to template. */
export type TemplateFreeContext = Omit<EvaluationContext, 'filling' | 'request'>;

/** What is found in one template of an object. */
export interface TemplateViolations {
  readonly template: LocatedTemplate;
  /** What checks were told of the request. */
  readonly request: CheckRequest;
  readonly found: readonly CheckViolations[];
}

/**
 * Turns denials into warnings, violation by violation, where the stored object has the same one: the same check finds the
 * same value in the same field of the same container. While containers are added or edited, that counts only for what the
 * edit leaves as it is, but for images, resources and security contexts, whose fields are violations of their own: a mount,
 * say, can mean another volume. What belongs to a class is then judged anew, and so are annotations, which can come by a
 * subresource that nobody judges.
 */
export function excuseOldViolations(
  subject: Subject,
  located: Located,
  context: TemplateFreeContext,
  judged: readonly TemplateViolations[],
): readonly TemplateViolations[] {
  const edit = editOf(subject, located, context);
  if (edit === 'everything') return judged;
  if (edit === 'nothing' && !judged.some(({ found }) => found.some(isAboutObject)))
    return judged.map((one) => ({ ...one, found: one.found.map((found) => asWarning(found)) }));
  return judged.map((one) => {
    const { old, value } = one.template;
    if (!old || !isPodTemplate(old.value) || !isPodTemplate(value)) return one;
    // As it would be filled in today, since that is what the edit is compared with: the pod, where that alone is filled in.
    const leavesObject = context.policies.some(({ fillsObjects }) => !fillsObjects);
    const grants = leavesObject ? { ...context.grants, stored: false } : context.grants;
    const before = context.filled?.podLevel
      ? fillTemplate(old.value, context.policies, context.filled, grants).template
      : old.value;
    return { ...one, found: excused(one, before, value, context, edit, located.workload) };
  });
}

/** The same for findings about the whole object: that a namespace is not known is never a reason to refuse a small edit. */
export function excuseFindings(
  subject: Subject,
  located: Located,
  context: TemplateFreeContext,
  findings: Finding[],
): Finding[] {
  if (findings.length === 0) return findings;
  const edit = editOf(subject, located, context);
  if (edit === 'everything' || edit === 'containers') return findings;
  const readable = located.oldTemplates.every(({ value }) => isPodTemplate(value));
  return findings.map((finding) =>
    edit === 'nothing' || (readable && finding.check === NAMESPACE_CHECK) ? asWarning(finding) : finding,
  );
}

/** How much of what is judged a request touches; `everything` where it is not an update, or makes a class's container larger. */
function editOf(
  subject: Subject,
  located: Located,
  context: TemplateFreeContext,
): 'nothing' | 'metadata' | 'containers' | 'everything' {
  if (subject.operation !== 'UPDATE' || !subject.oldObject) return 'everything';
  if (!isPod(located.workload)) {
    if (!templateChanged(located)) return 'nothing';
    return specChanged(located) ? 'containers' : 'metadata';
  }
  if (resizesClassContainer(subject, context.policies, context.grants.gate)) return 'everything';
  return bringsInCode(subject) ? 'containers' : 'metadata';
}

function excused(
  { found, request }: TemplateViolations,
  before: PodTemplate,
  after: PodTemplate,
  context: TemplateFreeContext,
  edit: 'nothing' | 'metadata' | 'containers',
  workload: Workload,
): readonly CheckViolations[] {
  // The policies of the new object: a label that brings the pod under another policy does not make it worse.
  const stored = { ...context, filling: undefined, request: storedRequest(request) };
  const old = new OldViolations(judgeTemplate(before, stored), before);
  const unchanged = edit === 'containers' ? samePlaces(before, after) : undefined;
  const placeOf = placesIn(after);
  const followers = new Set(
    context.policies.filter((policy) => policy.podSecurity?.from === 'namespaceLabels').map(({ name }) => name),
  );
  // Where an exception can depend on the image, an update to another image is judged anew: also where there is none any more.
  const byName = new Map(context.policies.map((policy) => [policy.name, policy]));
  const canBeExcepted = ({ policy, check }: Attribution): boolean => {
    const { exceptions, exceptable } = byName.get(policy) ?? {};
    return (exceptions && exceptionsFor(exceptions, check) !== undefined) || mayExcept(exceptable, check);
  };
  const keepsImage = sameImages(before, after);
  const isOld = (one: CheckViolations, violation: Violation): boolean => {
    if (violation.inObject) return old.has(one, violation, placeOf(violation));
    if (edit === 'nothing') return true;
    if (unchanged && canBeExcepted(one) && !keepsImage(violation)) return false;
    if (violation.basis !== undefined) return old.has(one, violation, placeOf(violation));
    if (unchanged && (one.check === GRANTS_CHECK || !unchanged(violation))) return false;
    // Pod Security Admission judges a pod anew where an image changes or a container is added.
    if (unchanged && isPod(workload) && one.rule.startsWith(POD_SECURITY) && followers.has(one.policy)) return false;
    return old.has(one, violation, placeOf(violation));
  };
  const result: CheckViolations[] = [];
  let left = false;
  for (const one of found) {
    if (one.action !== 'Deny') {
      result.push(one);
      continue;
    }
    const olds = one.violations.filter((violation) => isOld(one, violation));
    if (olds.length > 0) result.push(asWarning({ ...one, violations: olds }));
    left ||= olds.length > 0;
    if (olds.length === one.violations.length) continue;
    const known = new Set(olds);
    const violations = one.violations.filter((violation) => !known.has(violation));
    result.push({ ...one, violations });
  }
  return left
    ? result.map((one) => (one.action === 'Deny' ? { ...one, added: partsIn(one.violations) } : one))
    : result;
}

/** `container "a"`, or the fields where no container is named. */
function partsIn(violations: readonly Violation[]): string {
  const parts = violations.map(({ path, container }) => (container === undefined ? path : `container "${container}"`));
  return [...new Set(parts)].join(', ');
}

function isAboutObject({ violations }: CheckViolations): boolean {
  return violations.some(({ inObject }) => inObject);
}

/** Also in the audit log: something that a policy denies is let in, and clients may drop warnings. */
function asWarning<T extends Attribution>(found: T): T {
  return found.action === 'Deny' ? { ...found, action: 'Warn', audited: true } : found;
}

/** The violations of the stored object, by check and place. */
class OldViolations {
  readonly #violations = new Map<string, Violation[]>();

  constructor(found: readonly CheckViolations[], template: PodTemplate) {
    const placeOf = placesIn(template);
    for (const one of found) {
      // It was let in for what it was: what the edit makes of it is not.
      if (one.excepted) continue;
      for (const violation of one.violations) {
        const key = keyOf(one, placeOf(violation));
        const known = this.#violations.get(key);
        if (known) known.push(violation);
        else this.#violations.set(key, [violation]);
      }
    }
  }

  has(one: Attribution, violation: Violation, place: string): boolean {
    const olds = this.#violations.get(keyOf(one, place));
    return olds?.some((old) => sameJson(restsOn(old), restsOn(violation))) ?? false;
  }
}

/** What a violation rests on: with all of it as it was, it is the same one. */
function restsOn({ value, basis }: Violation): unknown {
  return [value ?? null, basis ?? null];
}

function keyOf({ policy, rule, check }: Attribution, place: string): string {
  return JSON.stringify([policy, rule, check, place]);
}

/** True where an update of a pod adds a container or changes an image: what then runs is judged like a new pod. */
export function bringsInCode(subject: Subject): boolean {
  for (const list of CONTAINER_LISTS) {
    const before = new Map(
      containersOf(subject.oldObject, list).map((container) => [stringField(container, 'name'), container]),
    );
    const after = containersOf(subject.object, list);
    if (after.length > before.size) return true;
    for (const container of after) {
      const old = before.get(stringField(container, 'name'));
      if (old === undefined || stringField(old, 'image') !== stringField(container, 'image')) return true;
    }
  }
  return false;
}

function containersOf(object: unknown, list: string): unknown[] {
  const containers = ownField(ownField(object, 'spec'), list);
  return Array.isArray(containers) ? containers : [];
}
