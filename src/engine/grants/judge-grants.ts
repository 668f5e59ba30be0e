// What is wrong with the classes that a pod asks for or is granted, for the policies that list them.
import { breachesOf } from '../../grants/breaches.ts';
import type { GrantedClass } from '../../grants/granted.ts';
import { quoteAscii } from '../../grants/quote.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import { valueAt } from '../../kubernetes/path-keys.ts';
import { ACTIONS, type CheckViolations, type Failure } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION, GRANTS_CHECK } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Grants } from './grants.ts';

/** The classes that a policy grants: it judges the pod without what they consist of. */
export function grantedBy(policy: Policy, { granted, listedBy }: Grants): readonly GrantedClass[] {
  return granted.filter(({ name }) => listedBy.get(name)?.includes(policy));
}

/**
 * Every request that is not granted, every use of a class's parts by something that is not the class's, and every part
 * that was not injected.
 * @param injected true where everything must have been injected by now
 */
export function judgeGrants(grants: Grants, view: PodView, injected: boolean): CheckViolations[] {
  const found: CheckViolations[] = [];
  const add = (name: string, failure: Failure, fix: string, policies: readonly Policy[]): void => {
    found.push(violationsOf(name, failure, fix, policies, view));
  };
  for (const { name, failure, fix, policies } of grants.refused) add(name, failure, fix, policies);
  for (const one of grants.granted) {
    const policies = grants.listedBy.get(one.name) ?? [];
    for (const failure of breachesOf(one, grants.granted, view)) add(one.name, failure, BREACH_FIX, policies);
    if (injected && one.missing.length > 0) add(one.name, notInjected(one), MISSED_FIX, policies);
  }
  return found;
}

/** How to do without what belongs to a class. */
export const BREACH_FIX = 'use what the class gives to your containers, and nothing else that belongs to it';
const MISSED_FIX = 'let the mutating webhook inject the class (is it running, and registered?)';

function notInjected({ name, missing }: GrantedClass): Failure {
  return {
    reason: `capability_not_injected: ${name}`,
    detail: `missing: ${missing.join(', ')}`,
    fields: [{ path: `metadata.annotations[${CAPABILITIES_ANNOTATION}]` }],
  };
}

/** A failure as the violations of a check, whose action is the strictest of these policies'. */
export function violationsOf(
  name: string,
  { reason, detail, fields }: Failure,
  fix: string,
  policies: readonly Policy[],
  view: PodView,
): CheckViolations {
  const actions = policies.map((policy) => policy.actionsFor(GRANTS_CHECK));
  return {
    violations: fields.map((field) => ({ ...field, value: valueAt(view, field.path) })),
    describe: () => ({ reason, detail }),
    policy: policies[0]?.name ?? '',
    rule: name === '' ? 'capability classes' : `CapabilityClass ${quoteAscii(name)}`,
    check: GRANTS_CHECK,
    action: ACTIONS.find((action) => actions.some((one) => one.action === action)) ?? 'Deny',
    audited: actions.some((one) => one.audited),
    fix,
  };
}
