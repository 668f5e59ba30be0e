// Updates of objects that violated a policy before: changes of finalizers, labels or suspend pass, new images do not.

import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Attribution, CheckViolations, Finding } from '../model/finding.ts';
import { ownField, stringField } from '../model/json.ts';
import { NAMESPACE_CHECK } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import { fieldPrefix } from '../workloads/template.ts';
import { resizesClassContainer } from './grants/class-resize.ts';
import { type EvaluationContext, judgeTemplate } from './judge.ts';
import { isPod, type Located } from './locate.ts';
import { specChanged, templateChanged } from './scope.ts';

/**
 * Turns denials into warnings where an update is not what they are about.
 * Objects that hold a template: while the update leaves the template as it was, or its spec, and for what the stored
 * object violated already. Pods: while it brings in no container and no image, and gives no more to what belongs to a
 * class, likewise; a pod's other fields can be edited only harmlessly, and what an edit adds (an AppArmor annotation, say)
 * is a new violation.
 */
export function excuseOldViolations(
  subject: Subject,
  located: Located,
  context: Omit<EvaluationContext, 'filling'>,
  findings: Finding[],
): Finding[] {
  if (subject.operation !== 'UPDATE' || !subject.oldObject) return findings;
  if (!isPod(located.workload)) {
    if (!templateChanged(located)) return findings.map(asWarning);
    if (specChanged(located)) return findings;
  } else if (bringsInCode(subject) || resizesClassContainer(subject, context.policies, context.grants.gate)) {
    return findings;
  }
  const old = new OldViolations();
  for (const { tokens, value } of located.oldTemplates) {
    // The policies of the new object: a label that brings the pod under another policy does not make it worse.
    if (!isPodTemplate(value)) return findings;
    old.add(judgeTemplate(value, { ...context, filling: undefined }), fieldPrefix(tokens));
  }
  return findings.map((finding) => (old.explain(finding) ? asWarning(finding) : finding));
}

/** Also in the audit log: something that a policy denies is let in, and clients may drop warnings. */
function asWarning(finding: Finding): Finding {
  return finding.action === 'Deny' ? { ...finding, action: 'Warn', audited: true } : finding;
}

/** The fields in which the stored object violated each check. */
class OldViolations {
  readonly #paths = new Map<string, Set<string>>();

  add(found: readonly CheckViolations[], prefix: string): void {
    for (const one of found) {
      const key = keyOf(one);
      const paths = this.#paths.get(key) ?? new Set();
      this.#paths.set(key, paths);
      for (const { path } of one.violations) paths.add(prefix + path);
    }
  }

  /** True where nothing of a finding is new. That the namespace is not known is never a reason to refuse an update. */
  explain(finding: Finding): boolean {
    if (finding.check === NAMESPACE_CHECK) return true;
    const paths = this.#paths.get(keyOf(finding));
    return paths !== undefined && finding.fields.every((field) => paths.has(field.path));
  }
}

function keyOf({ policy, rule, check }: Attribution): string {
  return JSON.stringify([policy, rule, check]);
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
