// Rules: the keys of a policy's spec. One is reached where something of it is.
import { GRANTS_CHECK } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import { wholeCheck } from '../../rules/check.ts';
import type { PartKind, Seen } from './part.ts';
import { policyOf } from './policy-of.ts';
import { type RuleParts, rulePartsOf } from './rule-parts.ts';

export const rules: PartKind = {
  kind: 'rule',
  partsOf(document) {
    const found = policyOf(document);
    if (!found) return [];
    const { policy, spec } = found;
    return rulePartsOf(policy, spec).map((parts) => ({
      name: parts.key,
      keys: ['spec', parts.key],
      isReached: (seen) => isReached(parts, policy, seen),
    }));
  },
};

function isReached({ key, checks, fillIns }: RuleParts, { name, capabilities }: Policy, seen: Seen): boolean {
  if (!seen.policies.has(name)) return false;
  const ofPolicy = seen.findings.filter(({ policy }) => policy === name);
  if (key === 'capabilities') {
    if (ofPolicy.some(({ check }) => check === GRANTS_CHECK)) return true;
    return capabilities.some((listed) => [...seen.granted].some((one) => one.startsWith(`${listed.name}/`)));
  }
  if (fillIns.some((id) => seen.injected.has(`${name}/${id}`))) return true;
  // The checks of a level that the labels of a namespace choose are only known by what they find.
  if (key === 'podSecurity' && checks.length === 0) return ofPolicy.some(({ rule }) => rule.startsWith('PodSecurity '));
  // A rule without checks and fill-ins is in force wherever its policy is.
  if (checks.length + fillIns.length === 0) return true;
  return ofPolicy.some(({ check }) => checks.includes(wholeCheck(check)));
}
