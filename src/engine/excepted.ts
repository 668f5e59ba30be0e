// Takes out of what a policy finds what its exceptions cover. It is let in, and told to the audit log with the reason.
import type { PodView } from '../kubernetes/containers.ts';
import type { CheckViolations, Violation } from '../model/finding.ts';
import { takeExcepted } from '../policy/exceptions.ts';
import { exceptionsFor, type Policy } from '../policy/policy.ts';

/**
 * What is left of the findings of one policy.
 * @param exceptions the policy's, by check
 * @param view the pod that was judged
 * @param now see {@link takeExcepted}
 * @param excepted is given what was taken out, as findings for the audit log
 */
export function withoutExcepted(
  found: readonly CheckViolations[],
  exceptions: NonNullable<Policy['exceptions']>,
  view: PodView,
  now: number | undefined,
  excepted: CheckViolations[],
): CheckViolations[] {
  const rest: CheckViolations[] = [];
  for (const one of found) {
    const entries = exceptionsFor(exceptions, one.check);
    const taken = entries && takeExcepted(one.violations, entries, view, now);
    if (!taken) {
      rest.push(one);
      continue;
    }
    if (taken.left.length > 0) rest.push({ ...one, violations: taken.left });
    for (const { exception, violations } of taken.covered) {
      // Nobody is to fix it, and no other finding explains it.
      const own = violations.map(withoutCause);
      const { inWords } = exception;
      excepted.push({
        ...one,
        action: 'Audit',
        audited: true,
        fix: '',
        fixFor: undefined,
        violations: own,
        excepted: inWords,
      });
    }
  }
  return rest;
}

function withoutCause(violation: Violation): Violation {
  const { cause, ...own } = violation;
  return cause === undefined ? violation : own;
}
