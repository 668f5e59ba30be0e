// What a policy's author probably did not mean, although it is allowed.

import { compileGlob } from '../../model/glob.ts';
import { FILLED_IN_CHECK, GRANTS_CHECK } from '../../model/names.ts';
import { joinQuoted } from '../../model/text.ts';
import { POD_SECURITY_CHECKS } from '../../pod-security/checks/index.ts';
import { checksAt } from '../../pod-security/standard.ts';
import type { Policy } from '../../policy/policy.ts';
import type { IsolationPolicy } from '../../policy/spec.ts';
import { wholeCheck } from '../../rules/check.ts';
import type { PodSecurity } from '../../rules/podSecurity/parameters.ts';
import { unusedVariables } from '../../rules/validations/unused.ts';
import type { DocumentProblem } from '../problems.ts';

/** Warnings about a policy that has no faults. */
export function doubtsAbout(document: IsolationPolicy, policy: Policy): readonly DocumentProblem[] {
  if (isIdle(policy)) {
    return [{ keys: ['spec'], what: 'key', message: 'fills in nothing and requires nothing' }];
  }
  const { checks = {}, exceptions } = document.spec;
  const idle = (check: string, keys: readonly string[], what: DocumentProblem['what']): DocumentProblem[] => {
    const why = whyIdle(policy, check);
    return why === undefined ? [] : [{ keys, what, message: `has no effect: ${why}` }];
  };
  const unused = unusedVariables(document.spec).map((index): DocumentProblem => {
    return { keys: ['spec', 'variables', String(index)], what: 'value', message: 'no validation asks for it' };
  });
  return [
    ...unused,
    ...connectsToNothing(document, policy),
    ...labelsLetGo(document, policy),
    ...bindingsOfAll(document, policy),
    ...Object.keys(checks).flatMap((check) => idle(check, ['spec', 'checks', check], 'key')),
    ...(exceptions?.forbiddenChecks ?? []).flatMap((check, index) =>
      idle(check, ['spec', 'exceptions', 'forbiddenChecks', String(index)], 'value'),
    ),
  ];
}

/** A connection to what a Sandbox runs is one to its pod: a policy that is about Sandboxes alone is never asked. */
function connectsToNothing({ spec: { match } }: IsolationPolicy, { connections }: Policy): readonly DocumentProblem[] {
  if (connections.length === 0 || !match?.kinds || match.kinds.includes('Pod')) return [];
  const message = 'has no effect on connections: match.kinds does not name Pod, and connections are to pods';
  return [{ keys: ['spec', 'connect'], what: 'key', message }];
}

/** Role bindings are judged by namespace: what else a policy is narrowed by does not narrow this rule. */
function bindingsOfAll({ spec: { match = {} } }: IsolationPolicy, { bindings }: Policy): readonly DocumentProblem[] {
  const narrowing = (['kinds', 'objectSelector', 'conditions'] as const).filter((key) => match[key] !== undefined);
  if (bindings.length === 0 || narrowing.length === 0) return [];
  const message = `is about all service accounts of the namespaces: ${narrowing.map((key) => `match.${key}`).join(' and ')} cannot be asked of role bindings (expected a policy of its own for roleBindings, with a namespaceSelector)`;
  return [{ keys: ['spec', 'roleBindings'], what: 'key', message }];
}

/**
 * A connection is judged by the labels that the pod has then, and whoever may update pods may change them. An update that takes a pod out
 * of the policy is still held to the policy: what it says of the label itself keeps the label.
 */
function labelsLetGo(
  { spec: { match, metadata } }: IsolationPolicy,
  { connections }: Policy,
): readonly DocumentProblem[] {
  if (connections.length === 0) return [];
  const { matchLabels = {}, matchExpressions = [] } = match?.objectSelector ?? {};
  const { add = {}, required = [], forbidden = [], reserved = [] } = metadata?.labels ?? {};
  const isReserved = (key: string): boolean => reserved.some(({ keys }) => isOneOf(keys, key));
  const lost = [
    ...Object.entries(matchLabels)
      .filter(([key, value]) => !isReserved(key) && add[key] !== value)
      .map(([key]) => key),
    ...matchExpressions
      .filter(({ key, operator, values = [] }) => {
        if (isReserved(key)) return false;
        const added = add[key];
        if (operator === 'In') return added === undefined || !values.includes(added);
        if (operator === 'Exists') return added === undefined && !required.includes(key);
        if (operator === 'NotIn' && added !== undefined) return values.includes(added);
        return !isOneOf(forbidden, key);
      })
      .map(({ key }) => key),
  ];
  if (lost.length === 0) return [];
  const message = `connections are judged by the labels that a pod has then, and whoever may update pods can take one out of the policy by ${joinQuoted([...new Set(lost)])} (expected metadata.labels to hold what is selected by, with add, required, forbidden or reserved, or a namespaceSelector instead)`;
  return [{ keys: ['spec', 'match', 'objectSelector'], what: 'key', message }];
}

function isOneOf(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => compileGlob(pattern)(key));
}

/** Why a policy never finds anything by a check, in words; undefined where it can. */
export function whyIdle(policy: Policy, check: string): string | undefined {
  let runnable = runnableByPolicy.get(policy);
  if (!runnable) {
    runnable = runnableChecks(policy);
    runnableByPolicy.set(policy, runnable);
  }
  return runnable.has(check) ? undefined : whyNot(check, policy.podSecurity);
}

/** Every exception that names a policy asks, whenever anything changes. */
const runnableByPolicy = new WeakMap<Policy, ReadonlySet<string>>();

function isIdle({ podSecurity, fillIns, objectFillIns, checks, connections, bindings, capabilities }: Policy): boolean {
  const requiresLevel = podSecurity?.from === 'namespaceLabels' || isDemanding(podSecurity);
  const parts = [fillIns, objectFillIns, checks, connections, bindings, capabilities];
  return !requiresLevel && parts.every((list) => list.length === 0);
}

function isDemanding(podSecurity: PodSecurity | undefined): boolean {
  return podSecurity?.from === 'policy' && podSecurity.level !== 'privileged';
}

function runnableChecks({ podSecurity, checks, connections, bindings, fillIns }: Policy): ReadonlySet<string> {
  const filledIn = fillIns.length > 0 ? [FILLED_IN_CHECK] : [];
  // A policy without classes has something to say of grants, too: that it lists none.
  return new Set([
    ...[...checks, ...connections, ...bindings].flatMap(({ id, ids }) => [id, ...ids]),
    ...standardChecks(podSecurity),
    ...filledIn,
    GRANTS_CHECK,
  ]);
}

/** The checks of the standard that can run: those of the level and version, or any where the namespace decides. */
function standardChecks(podSecurity: PodSecurity | undefined): readonly string[] {
  if (!podSecurity) return [];
  if (podSecurity.from === 'namespaceLabels') return POD_SECURITY_CHECKS.map((check) => check.id);
  return checksAt(podSecurity.level, podSecurity.version).map((check) => check.id);
}

function whyNot(check: string, podSecurity: PodSecurity | undefined): string {
  if (wholeCheck(check) !== check) return 'the policy has no validation of this name';
  if (!POD_SECURITY_CHECKS.some((standard) => standard.id === check))
    return 'the policy asks for nothing that it checks';
  if (!podSecurity) return 'the policy sets no podSecurity level';
  if (podSecurity.from === 'namespaceLabels') return 'the check is not known';
  return `podSecurity ${podSecurity.level}:${podSecurity.version} does not include the check`;
}
