// Turns an accepted document into a policy ready for work. Whatever can be decided now is not decided per request.

import type { Action } from '../model/finding.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import { type BoundCheck, wholeCheck } from '../rules/check.ts';
import { inOrderOfFilling } from '../rules/fill-in.ts';
import { identityTable } from '../rules/identity/table.ts';
import { RULES } from '../rules/index.ts';
import { compilePodSecurity } from '../rules/podSecurity/parameters.ts';
import { kindNamed } from '../workloads/index.ts';
import { compileConditions } from './conditions.ts';
import { exceptableOf } from './exceptable.ts';
import { compileException, type Exception, lastToEndFirst } from './exceptions.ts';
import { compileMatch } from './match.ts';
import type { Actions, Policy } from './policy.ts';
import type { Selectable } from './select.ts';
import type { IsolationPolicy, IsolationPolicySpec, MatchSpec } from './spec.ts';

const DEFAULT_ACTIONS: readonly Action[] = ['Deny'];

/**
 * The policy of a document that the schema accepted.
 * @param origin where the document stands, as `FILE:LINE`
 */
export function compilePolicy(document: IsolationPolicy, origin: string): Selectable {
  const { spec } = document;
  const match = spec.match ?? {};
  const conditions = match.conditions && compileConditions(match.conditions);
  const bound = RULES.map((rule) => rule.bind(spec));
  const checks = bound.flatMap((rule) => rule.checks);
  const policy: Policy = {
    name: document.metadata.name,
    priority: spec.priority ?? 0,
    origin,
    needsNamespaceLabels:
      needsNamespaceLabels(spec, match) ||
      checks.some(({ needs }) => needs?.namespaceLabels ?? false) ||
      (conditions?.needsNamespaceLabels ?? false),
    podSecurity: spec.podSecurity && compilePodSecurity(spec.podSecurity),
    fillIns: inOrderOfFilling(bound.flatMap((rule) => rule.fillIns)),
    fillsObjects: spec.fillInto !== 'Pod',
    objectFillIns: bound.flatMap((rule) => rule.objectFillIns),
    runtimeClass: spec.runtime?.default || undefined,
    needsFacts: {
      runtimeClasses: spec.runtime?.exists !== undefined,
      nodes: spec.runtime?.nodes !== undefined,
      namespaceAnnotation: spec.identity?.users?.fromNamespaceAnnotation,
    },
    addedLabels: spec.metadata?.labels?.add,
    users: spec.identity && identityTable(spec.identity),
    needs: {
      oldObject: checks.some(({ needs }) => needs?.oldObject ?? false),
      namespaceLabels: checks.some(({ needs }) => needs?.namespaceLabels ?? false),
    },
    checks: checks.filter(({ connects, binds }) => !connects && !binds),
    connections: checks.filter(({ connects }) => connects),
    bindings: checks.filter(({ binds }) => binds),
    capabilities: spec.capabilities ?? [],
    exceptions: compileExceptions(spec),
    exceptable: exceptableOf(spec.exceptions),
    enforcement:
      spec.enforcement && new Map(Object.entries(spec.enforcement).map(([name, how]) => [kindNamed(name), how])),
    expressions: [...(conditions?.expressions ?? []), ...checks.flatMap(({ expressions }) => expressions)],
    actionsFor: compileActions(spec, checks),
    ...compileMatch(match, conditions),
  };
  return { policy, match };
}

/** The label with the namespace's name is on every namespace: a selector that asks for no other needs no look-up. */
function needsNamespaceLabels(spec: IsolationPolicySpec, match: MatchSpec): boolean {
  if (spec.podSecurity?.fromNamespaceLabels) return true;
  const { matchLabels = {}, matchExpressions = [] } = match.namespaceSelector ?? {};
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map((expression) => expression.key)];
  return keys.some((key) => key !== NAMESPACE_NAME_LABEL);
}

/** What the `checks` map says goes before what a check's own parameters say, and that before the policy's actions. */
function compileActions(spec: IsolationPolicySpec, checks: readonly BoundCheck[]): (check: string) => Actions {
  const usual = actionsOf(spec.validationActions ?? DEFAULT_ACTIONS);
  const byCheck = new Map<string, Actions>();
  for (const { id, action } of checks) if (action) byCheck.set(id, { ...usual, action });
  for (const [check, override] of Object.entries(spec.checks ?? {})) {
    if (override.validationActions) byCheck.set(check, actionsOf(override.validationActions));
  }
  return (check) => byCheck.get(check) ?? byCheck.get(wholeCheck(check)) ?? usual;
}

function compileExceptions({ checks = {} }: IsolationPolicySpec): Policy['exceptions'] {
  const byCheck = new Map<string, readonly Exception[]>();
  for (const [check, { except }] of Object.entries(checks)) {
    if (!except || except.length === 0) continue;
    byCheck.set(check, except.map((entry) => compileException(entry)).sort(lastToEndFirst));
  }
  return byCheck.size === 0 ? undefined : byCheck;
}

/** Of Deny, Warn and Audit the strongest decides; Audit beside another is for the audit log as well. */
function actionsOf(list: readonly Action[]): Actions {
  const audited = list.includes('Audit');
  if (list.includes('Deny')) return { action: 'Deny', audited };
  return { action: list.includes('Warn') ? 'Warn' : 'Audit', audited };
}
