// What is wrong with what a pod is granted or asks for, as findings of the policies that have a say in it.
import { breachesOf } from '../../grants/breaches.ts';
import type { GrantedClass } from '../../grants/granted.ts';
import { quoteAscii } from '../../grants/quote.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import { ACTIONS, type Failure, type Finding } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION, GRANTS_CHECK } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Grants } from './grants.ts';

/** The classes that a policy grants: without these it judges the pod. */
export function grantedBy(policy: Policy, { granted, listedBy }: Grants): readonly GrantedClass[] {
  return granted.filter(({ name }) => listedBy.get(name)?.includes(policy));
}

/**
 * Every request that is not granted, every foreign use of what is, and every part that was not injected.
 * @param injected true where everything must have been injected by now
 */
export function judgeGrants(grants: Grants, view: PodView, injected: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const { name, failure, fix, policies } of grants.refused) findings.push(finding(name, failure, fix, policies));
  for (const one of grants.granted) {
    const policies = grants.listedBy.get(one.name) ?? [];
    for (const failure of breachesOf(one, grants.granted, view))
      findings.push(finding(one.name, failure, BREACH_FIX, policies));
    if (injected && one.missing.length > 0) findings.push(finding(one.name, notInjected(one), MISSED_FIX, policies));
  }
  return findings;
}

const BREACH_FIX = 'use what the class gives to your containers, and nothing else that belongs to it';
const MISSED_FIX = 'let the mutating webhook inject the class (is it running, and registered?)';

function notInjected({ name, missing }: GrantedClass): Failure {
  return {
    reason: `capability_not_injected: ${name}`,
    detail: `missing: ${missing.join(', ')}`,
    fields: [{ path: `metadata.annotations[${CAPABILITIES_ANNOTATION}]` }],
  };
}

/** As strict as the strictest of the policies that have a say. */
function finding(name: string, failure: Failure, fix: string, policies: readonly Policy[]): Finding {
  const actions = policies.map((policy) => policy.actionsFor(GRANTS_CHECK));
  return {
    ...failure,
    policy: policies[0]?.name ?? '',
    rule: name === '' ? 'capability classes' : `CapabilityClass ${quoteAscii(name)}`,
    check: GRANTS_CHECK,
    action: ACTIONS.find((action) => actions.some((one) => one.action === action)) ?? 'Deny',
    audited: actions.some((one) => one.audited),
    fix,
  };
}
