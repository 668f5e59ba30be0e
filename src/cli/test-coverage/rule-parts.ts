// The checks and the fill-ins that a policy has of each of its rules.
import { checksAt } from '../../pod-security/standard.ts';
import type { Policy } from '../../policy/policy.ts';
import type { IsolationPolicySpec } from '../../policy/spec.ts';
import { RULES } from '../../rules/index.ts';

/** What a policy has of one rule. */
export interface RuleParts {
  /** The key of `spec`. */
  readonly key: string;
  /** Ids of checks. */
  readonly checks: readonly string[];
  /** Ids of fill-ins, also of those for objects around a pod template. */
  readonly fillIns: readonly string[];
}

/** Every rule that the spec has, in the order of the rules. The checks of a level that namespaces choose are not known. */
export function rulePartsOf(policy: Policy, spec: IsolationPolicySpec): readonly RuleParts[] {
  return RULES.filter(({ key }) => Object.hasOwn(spec, key)).map((rule) => {
    const { checks, fillIns, objectFillIns } = rule.bind(spec);
    const standard = rule.key === 'podSecurity' ? standardChecks(policy) : [];
    return {
      key: rule.key,
      checks: [...standard, ...checks.map(({ id }) => id)],
      fillIns: [...fillIns, ...objectFillIns].map(({ id }) => id),
    };
  });
}

function standardChecks({ podSecurity }: Policy): readonly string[] {
  return podSecurity?.from === 'policy' ? checksAt(podSecurity.level, podSecurity.version).map(({ id }) => id) : [];
}
