// Updates of objects that already violated: a finalizer, a label or a suspend must go through, a new image must not.

import { CONTAINER_LISTS } from '../model/containers.ts';
import type { Finding } from '../model/finding.ts';
import { ownField, stringField } from '../model/json.ts';
import { isPodTemplate } from '../model/pod-shape.ts';
import type { Subject } from '../model/subject.ts';
import type { Policy } from '../policy/policy.ts';
import { fieldPrefix, findTemplates } from '../workloads/template.ts';
import { type Court, judgeTemplate } from './judge.ts';
import { isPod, type Located } from './locate.ts';
import { templateChanged } from './scope.ts';

/**
 * Turns denials into warnings where an update is not what they are about.
 * Objects that hold a template: while the update leaves the template as it was. Pods: while it brings in no container
 * and no image, and for violations that the stored pod had, too; a pod's other fields can be edited only harmlessly, and
 * what an edit adds (an AppArmor annotation, say) is a new violation.
 */
export function excuseOldViolations(
  subject: Subject,
  located: Located,
  policies: readonly Policy[],
  court: Omit<Court, 'policies'>,
  findings: Finding[],
): Finding[] {
  if (subject.operation !== 'UPDATE' || !subject.oldObject) return findings;
  if (!isPod(located.workload)) {
    return templateChanged(subject, located) ? findings : findings.map(asWarning);
  }
  if (bringsInCode(subject)) return findings;
  const old = new Set<string>();
  for (const { tokens, value } of findTemplates(subject.oldObject, located.workload.templates)) {
    // The policies of the new object: a label that brings the pod under another policy does not make it worse.
    if (!isPodTemplate(value)) return findings;
    for (const finding of judgeTemplate(value, { ...court, policies }))
      old.add(signature(finding, fieldPrefix(tokens)));
  }
  return findings.map((finding) => (old.has(signature(finding, '')) ? asWarning(finding) : finding));
}

function asWarning(finding: Finding): Finding {
  return finding.action === 'Deny' ? { ...finding, action: 'Warn' } : finding;
}

function signature(finding: Finding, prefix: string): string {
  const paths = finding.fields.map((field) => prefix + field.path);
  return JSON.stringify([finding.policy, finding.rule, finding.check, finding.detail, paths]);
}

/** True where an update of a pod adds a container or changes an image: what then runs is judged like a new pod. */
function bringsInCode(subject: Subject): boolean {
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
