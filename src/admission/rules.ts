// Findings put together by what they violate: one clause per rule, as the Pod Security Standards phrase it.

import { type Finding, phrase } from '../model/finding.ts';
import { POD_SECURITY_CHECKS } from '../pod-security/checks/index.ts';

/** A rule and everything that violates it, in order, each phrase once. */
export interface RuleClause {
  /** `PodSecurity "restricted:latest"`. */
  readonly rule: string;
  /** `privileged (container "app" must not …)`. */
  readonly phrases: readonly string[];
  /** The findings behind them. */
  readonly findings: readonly Finding[];
}

/**
 * The findings by rule, in order of first appearance. Of two levels of the Pod Security Standards the laxer is left out
 * where the stricter says all it has to say: two policies of a cluster often hold the same pod to both.
 */
export function clausesOf(findings: readonly Finding[]): readonly RuleClause[] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = byRule.get(finding.rule);
    if (known) known.push(finding);
    else byRule.set(finding.rule, [finding]);
  }
  const rules = [...byRule];
  const needed = rules.length === 1 ? rules : rules.filter((rule) => !rules.some((other) => repeats(other, rule)));
  return needed.map(([rule, members]) => ({ rule, phrases: [...new Set(members.map(phrase))], findings: members }));
}

type RuleFindings = readonly [rule: string, findings: readonly Finding[]];

function repeats([strictRule, strict]: RuleFindings, [laxRule, lax]: RuleFindings): boolean {
  if (strictness(laxRule) === 0 || strictness(strictRule) <= strictness(laxRule)) return false;
  return lax.every((finding) => strict.some((other) => other.check === finding.check || overrides(other, finding)));
}

/** The baseline checks that a restricted check takes the place of. */
const OVERRIDDEN = new Map(
  POD_SECURITY_CHECKS.map((check) => [check.id, check.versions.flatMap((version) => version.overrides ?? [])]),
);

function overrides(strict: Finding, lax: Finding): boolean {
  return OVERRIDDEN.get(strict.check)?.includes(lax.check) ?? false;
}

/** 2 for restricted, 1 for baseline, 0 for what is not a level of the standard. */
function strictness(rule: string): number {
  if (rule.startsWith('PodSecurity "restricted:')) return 2;
  return rule.startsWith('PodSecurity "baseline:') ? 1 : 0;
}

/** `would violate PodSecurity "restricted:latest": privileged (…), host namespaces (…)`. */
export function clauseText(verb: 'violates' | 'would violate', clause: RuleClause): string {
  return `${verb} ${clause.rule}: ${clause.phrases.join(', ')}`;
}
