// Whether the namespaces that a policy is about may except findings from it, of which checks, and for how long: what
// `spec.exceptions` of a policy says. Where it says nothing they may not.
import { FILLED_IN_CHECK, GRANTS_CHECK } from '../model/names.ts';
import { wholeCheck } from '../rules/check.ts';
import type { ExceptionsSpec } from './spec.ts';

/** What IsolationExceptions may except from a policy that allows them. */
export interface Exceptable {
  readonly forbiddenChecks: ReadonlySet<string>;
  /** So many days after today an exception may end at the latest; undefined for any. */
  readonly maxDays: number | undefined;
}

/** Checks that do not judge what a pod is, and why nothing can be excepted from them. */
export const WITHOUT_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [GRANTS_CHECK, 'an exception cannot stand for the right to use a class'],
  [FILLED_IN_CHECK, 'what a policy fills in is not for an exception to leave out'],
]);

/** Undefined for a policy that allows no IsolationExceptions. */
export function exceptableOf(spec: ExceptionsSpec | undefined): Exceptable | undefined {
  if (!spec?.allow) return undefined;
  return { forbiddenChecks: new Set(spec.forbiddenChecks), maxDays: spec.maxDays };
}

/** True where an IsolationException can except findings of the check. */
export function mayExcept(exceptable: Exceptable | undefined, check: string): boolean {
  if (exceptable === undefined || WITHOUT_EXCEPTIONS.has(check)) return false;
  return !exceptable.forbiddenChecks.has(check) && !exceptable.forbiddenChecks.has(wholeCheck(check));
}

const DAY_MS = 86_400_000;

/**
 * The moment at which an exception that is in force now has to have ended: the end of the last day, in UTC, which is so many days
 * after today. One that ends later does not act: it would be in force for longer than the policy allows, and nobody could tell
 * from a file when it was written.
 */
export function latestEnd({ maxDays }: Exceptable, now: number): number {
  if (maxDays === undefined) return Number.POSITIVE_INFINITY;
  return (Math.floor(now / DAY_MS) + maxDays + 1) * DAY_MS;
}
