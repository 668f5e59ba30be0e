// Answers the validating webhook: whether the final object may be stored, and everything that is wrong with it.
import type { Decision } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import { NAMESPACE_CHECK, SHAPE_CHECK } from '../model/names.ts';
import { isPodTemplate } from '../model/pod-shape.ts';
import type { Subject } from '../model/subject.ts';
import type { Policy } from '../policy/policy.ts';
import { fieldPrefix } from '../workloads/template.ts';
import type { Gate } from './gate.ts';
import { type Court, judgeTemplate } from './judge.ts';
import { locate } from './locate.ts';
import { namespaceLevels } from './namespace-levels.ts';
import { NOTHING, skipped } from './outcome.ts';
import { fillScope } from './scope.ts';
import { knownLabels, policiesFor } from './select.ts';
import { excuseOldViolations } from './significance.ts';
import { wrongTypes } from './wrong-types.ts';

/** Judges the pod templates of a subject's object. Pure: no I/O, clock or logger; total for any JSON. */
export function validate(subject: Subject, gate: Gate): Decision {
  const located = locate(subject, gate);
  if (typeof located === 'string') return skipped(subject, located);

  const namespace = knownLabels(subject.namespace, gate);
  const { labels, complete } = namespace;
  const scope = fillScope(subject, located);
  const court: Omit<Court, 'policies'> = {
    namespaceLabels: labels,
    enforced: located.enforcement === 'Enforce',
    filled: typeof scope === 'string' ? undefined : scope,
    asPods: !located.workload.fillIn,
  };
  const policies = new Set<Policy>();
  let findings: Finding[] = complete ? [] : [unknownNamespace(subject.namespace)];
  for (const { tokens, value } of located.templates) {
    const selected = policiesFor(located.workload, value, namespace, gate);
    for (const policy of selected) policies.add(policy);
    if (selected.length === 0) continue;
    const prefix = fieldPrefix(tokens);
    if (!isPodTemplate(value)) {
      findings.push(misshapen(value, prefix));
      continue;
    }
    for (const finding of judgeTemplate(value, { ...court, policies: selected })) {
      findings.push(prefix === '' ? finding : insideObject(finding, prefix));
    }
  }
  if (policies.size === 0 && findings.length === 0) return skipped(subject, 'no-policy');
  if (findings.some(denies)) findings = excuseOldViolations(subject, located, [...policies], court, findings);
  if (!court.enforced)
    findings = findings.map((finding) => (denies(finding) ? { ...finding, action: 'Warn' } : finding));

  const errors = [...policies].some((policy) => policy.podSecurity?.from === 'namespaceLabels')
    ? namespaceLevels(labels).errors
    : [];
  return {
    ...NOTHING,
    verdict: findings.some(denies) ? 'denied' : 'allowed',
    policies: [...policies].map((policy) => policy.name),
    findings,
    errors,
    object: located.object,
  };
}

function denies(finding: Finding): boolean {
  return finding.action === 'Deny';
}

function insideObject(finding: Finding, prefix: string): Finding {
  return { ...finding, fields: finding.fields.map((field) => ({ ...field, path: prefix + field.path })) };
}

/** Custom resources can hold anything: what cannot be read cannot be judged, and so cannot be let in. */
function misshapen(template: unknown, prefix: string): Finding {
  const { faults, sentence } = wrongTypes(template, prefix);
  return {
    policy: '',
    rule: 'the shape of a pod template',
    check: SHAPE_CHECK,
    action: 'Deny',
    audited: false,
    reason: 'wrong type',
    detail: sentence,
    fields: faults.map((fault) => ({ path: fault.path })),
    fix: 'give these fields the types that Kubernetes documents',
  };
}

function unknownNamespace(namespace: string): Finding {
  return {
    policy: '',
    rule: 'what policies need to know',
    check: NAMESPACE_CHECK,
    action: 'Deny',
    audited: false,
    reason: 'namespace labels unknown',
    detail: `a policy depends on the labels of namespace "${namespace}", and they are not known`,
    fields: [{ path: 'metadata.namespace' }],
    fix: 'try again in a moment; if it stays, ask an administrator whether sandgate can read namespaces',
  };
}
