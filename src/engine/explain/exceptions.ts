// Exceptions from the checks that have found something: which are used, and why the others are not.
import type { ExceptionUse, Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { latestEnd, mayExcept } from '../../policy/exceptable.ts';
import { exceptionsFor } from '../../policy/exception-index.ts';
import type { Exception } from '../../policy/exceptions.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../gate.ts';

/** One exception and one check of one policy. */
export interface ExplainedException {
  readonly policy: string;
  readonly check: string;
  /** `team-a/vpn`; absent for an entry of the policy itself. */
  readonly name?: string;
  readonly reason: string;
  readonly expires?: string;
  /** How many fields it lets in. */
  readonly covers: number;
  /** Why it lets in nothing; absent where it does. */
  readonly unused?: string;
}

/**
 * Every exception that is for a check which has found something.
 * @param labels of the pod
 */
export function explainExceptions(
  findings: readonly Finding[],
  labels: JsonObject,
  namespace: string,
  { policies, now }: Pick<Gate, 'policies' | 'now'>,
): readonly ExplainedException[] {
  const explained: ExplainedException[] = [];
  const pairs = new Map(findings.map((finding) => [JSON.stringify([finding.policy, finding.check]), finding]));
  for (const { policy: name, check } of pairs.values()) {
    const policy = policies.policies.find((one) => one.name === name);
    if (!policy) continue;
    const own = policy.exceptions && exceptionsFor(policy.exceptions, check);
    const theirs = policies.exceptions.of(name, namespace);
    const ofNamespace = theirs && exceptionsFor(theirs, check);
    for (const exception of [...(own ?? []), ...(ofNamespace ?? [])]) {
      const covers = fieldsCovered(findings, name, check, exception.use);
      const unused = covers > 0 ? undefined : whyUnused(exception, policy, check, labels, now);
      const { reason, expires } = exception.use;
      explained.push({
        policy: name,
        check,
        ...(exception.use.name !== undefined && { name: exception.use.name }),
        reason,
        ...(expires !== undefined && { expires }),
        covers,
        ...(unused !== undefined && { unused }),
      });
    }
  }
  return explained;
}

function fieldsCovered(findings: readonly Finding[], policy: string, check: string, use: ExceptionUse): number {
  return findings
    .filter((one) => one.policy === policy && one.check === check && one.excepted === use)
    .reduce((sum, { fields }) => sum + fields.length, 0);
}

function whyUnused(
  { use: { name, end, expires }, selects }: Exception,
  { exceptable }: Policy,
  check: string,
  labels: JsonObject,
  now: number | undefined,
): string {
  if (end !== undefined && (now === undefined || now >= end)) return `it ended on ${expires}`;
  if (name !== undefined) {
    if (!exceptable) return 'the policy allows no IsolationExceptions';
    if (!mayExcept(exceptable, check)) return `the policy allows none from ${check}`;
    if (now !== undefined && end !== undefined && end > latestEnd(exceptable, now))
      return `it ends later than the policy allows (maxDays: ${exceptable.maxDays})`;
    if (end === undefined && exceptable.maxDays !== undefined)
      return `it has no end, and the policy demands one (maxDays: ${exceptable.maxDays})`;
  }
  if (!selects(labels)) return "its selector is not for the pod's labels";
  return 'it is for other containers, images or values';
}
