// Answers the validating webhook about a RoleBinding or a ClusterRoleBinding: whether the service accounts among its subjects may be
// bound to its role. The policies are those of the namespaces of the service accounts, wherever the binding is.
import { viewOf } from '../kubernetes/containers.ts';
import type { StringMap } from '../kubernetes/pod.ts';
import type { Decision } from '../model/decision.ts';
import { type CheckViolations, type Finding, inWords, type Violation } from '../model/finding.ts';
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import { ImageAnswers } from '../policy/image-answers.ts';
import type { Policy } from '../policy/policy.ts';
import type { BoundSubject } from '../rules/binding.ts';
import type { CheckRequest } from '../rules/check.ts';
import { NOTHING_KNOWN } from '../rules/cluster-facts.ts';
import { isBinding, roleOf, subjectsOf } from './bound-subjects.ts';
import { endingExceptions } from './ending-exceptions.ts';
import { exceptionsFrom, withoutExcepted } from './excepted.ts';
import type { Gate } from './gate.ts';
import { NOTHING, skipped } from './outcome.ts';

/** Nothing of a pod is known here. */
const NO_POD = viewOf({});

/** True for a request to write a binding, where some policy has a say in that. */
export function bindingAsked({ kind, operation, subresource }: Subject, { policies }: Gate): boolean {
  if (!policies.judgesRoleBindings || subresource !== '') return false;
  return isBinding(kind) && operation !== 'DELETE' && operation !== 'CONNECT';
}

/** Judges a binding. Pure, and total for any JSON. */
export function validateBinding(subject: Subject, gate: Gate): Decision {
  const { object, oldObject } = subject;
  if (stringField(ownField(oldObject, 'metadata'), 'deletionTimestamp')) return skipped(subject, 'being-deleted');
  const before = oldSubjects(subject);
  const judged: CheckViolations[] = [];
  const policies = new Set<Policy>();
  for (const bound of subjectsOf(object, subject.namespace)) {
    for (const policy of policiesOf(bound, gate)) {
      policies.add(policy);
      const found = judge(policy, bound, subject, gate);
      judged.push(...(before.has(bound.inWords) ? found.map(asWarning) : found));
    }
  }
  if (policies.size === 0) return skipped(subject, 'no-policy');
  const findings = together(judged).map((one) => inWords(one, (path) => path));
  const ordered = gate.policies.policies.filter((policy) => policies.has(policy));
  return {
    ...NOTHING,
    verdict: findings.some(({ action }) => action === 'Deny') ? 'denied' : 'allowed',
    policies: ordered.map(({ name }) => name),
    findings: inOrder(findings, ordered),
    warnings: endingExceptions([{ found: judged }], gate.now),
    object,
  };
}

/** Those whom the stored binding gives the same role. */
function oldSubjects({ operation, object, oldObject, namespace }: Subject): ReadonlySet<string> {
  if (operation !== 'UPDATE' || !oldObject) return new Set();
  const [role, old] = [roleOf(object), roleOf(oldObject)];
  if (role.kind !== old.kind || role.name !== old.name) return new Set();
  return new Set(subjectsOf(oldObject, namespace).map(({ inWords: who }) => who));
}

/** The policies about the service accounts of a subject. Where the labels of their namespace are not known, all that may be. */
function policiesOf({ namespace }: BoundSubject, { policies, surroundings }: Gate): readonly Policy[] {
  const judging = policies.policies.filter(({ bindings }) => bindings.length > 0);
  // Of all namespaces there is at least one.
  if (namespace === undefined) return judging;
  const known = surroundings.namespaceLabels(namespace);
  const byName: StringMap = { [NAMESPACE_NAME_LABEL]: namespace };
  return judging.filter((policy) => {
    const namespaceLabels = known ?? (policy.needsNamespaceLabels ? undefined : byName);
    const { mismatches } = policy.matchReasons({ kind: 'Pod', namespaceLabels, labels: {} });
    return !mismatches.some(({ by }) => by === 'namespaceSelector');
  });
}

function judge(policy: Policy, bound: BoundSubject, subject: Subject, gate: Gate): readonly CheckViolations[] {
  const request = requestOf(subject, bound, gate);
  const found = policy.bindings.flatMap(({ id, fix, check, describe }): CheckViolations[] => {
    const violations = check(NO_POD, request);
    const rule = `IsolationPolicy "${policy.name}"`;
    return violations
      ? [{ policy: policy.name, rule, check: id, ...policy.actionsFor(id), fix, violations, describe }]
      : [];
  });
  const exceptions = found.length > 0 ? exceptionsFrom(policy, gate, bound.namespace ?? '') : undefined;
  if (!exceptions) return found;
  const excepted: CheckViolations[] = [];
  const left = withoutExcepted(found, exceptions, NO_POD, new ImageAnswers(), excepted);
  return [...left, ...excepted];
}

function requestOf(subject: Subject, bound: BoundSubject, { surroundings }: Gate): CheckRequest {
  const { object, oldObject, user, kind } = subject;
  return {
    user,
    runs: false,
    old: undefined,
    sent: undefined,
    object: object ?? {},
    oldObject,
    kind: `${kind.kind}.${kind.group}`,
    namespaceAnnotations: undefined,
    cluster: surroundings.cluster ?? NOTHING_KNOWN,
    subject,
    namespaceLabels: {},
    binding: { role: roleOf(object), subjects: [bound] },
  };
}

/** It was there before, and clients may drop warnings: also in the audit log. */
function asWarning(found: CheckViolations): CheckViolations {
  return found.action === 'Deny' ? { ...found, action: 'Warn', audited: true } : found;
}

/** One finding for all subjects of which a policy says the same. */
function together(judged: readonly CheckViolations[]): readonly CheckViolations[] {
  const byKey = Map.groupBy(judged, ({ policy, check, action, excepted }) =>
    JSON.stringify([policy, check, action, excepted?.inWords ?? null]),
  );
  return [...byKey.values()].flatMap((list) => {
    const [first] = list;
    const violations: Violation[] = list.flatMap((one) => one.violations);
    return first ? [{ ...first, violations }] : [];
  });
}

function inOrder(findings: readonly Finding[], policies: readonly Policy[]): readonly Finding[] {
  return policies.flatMap(({ name }) => findings.filter(({ policy }) => policy === name));
}

/** The namespaces whose labels decide which policies judge a binding. */
export function namespacesBound({
  object,
  namespace,
}: {
  object?: JsonObject | undefined;
  namespace: string;
}): readonly string[] {
  return [...new Set(subjectsOf(object, namespace).flatMap((bound) => bound.namespace ?? []))];
}
