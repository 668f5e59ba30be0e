// Takes out of what a policy finds what its exceptions cover. It is let in, and told to the audit log with the reason.
import type { PodView } from '../kubernetes/containers.ts';
import type { CheckViolations, Violation } from '../model/finding.ts';
import { latestEnd, mayExcept } from '../policy/exceptable.ts';
import { type ExceptionsByCheck, exceptionsFor } from '../policy/exception-index.ts';
import { type Exception, notEnded, takeExcepted } from '../policy/exceptions.ts';
import type { ImageAnswers } from '../policy/image-answers.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gate } from './gate.ts';

/** The exceptions from one policy that can act on the pods of a namespace. */
export interface PolicyExceptions {
  readonly policy: Policy;
  /** In milliseconds; see {@link notEnded}. */
  readonly now: number | undefined;
  /** The IsolationExceptions of the namespace, where the policy allows any. */
  readonly ofNamespace: ExceptionsByCheck | undefined;
}

/** The exceptions from a policy; undefined where there are none, as for most policies. */
export function exceptionsFrom(
  policy: Policy,
  { policies, now }: Pick<Gate, 'policies' | 'now'>,
  namespace: string,
): PolicyExceptions | undefined {
  const ofNamespace = policy.exceptable && policies.exceptions.of(policy.name, namespace);
  return policy.exceptions || ofNamespace ? { policy, now, ofNamespace } : undefined;
}

/** Those from a check that are in force for the pod, the policy's own before those of its namespace. */
function inForce({ policy, now, ofNamespace }: PolicyExceptions, check: string, pod: PodView): readonly Exception[] {
  const { exceptions, exceptable } = policy;
  const standing = exceptions && exceptionsFor(exceptions, check);
  const own = standing ? notEnded(standing, now) : NONE;
  const added = ofNamespace && exceptionsFor(ofNamespace, check);
  if (!added || !exceptable || !mayExcept(exceptable, check)) return own;
  const latest = now === undefined ? Number.NEGATIVE_INFINITY : latestEnd(exceptable, now);
  const labels = pod.metadata.labels ?? NO_LABELS;
  const theirs = notEnded(added, now).filter(
    ({ use: { end = Number.POSITIVE_INFINITY }, selects }) => end <= latest && selects(labels),
  );
  return own.length === 0 ? theirs : [...own, ...theirs];
}

const NONE: readonly Exception[] = Object.freeze([]);
const NO_LABELS = Object.freeze({});

/**
 * What is left of the findings of one policy.
 * @param view the pod that was judged
 * @param answers those of the review
 * @param excepted is given what was taken out, as findings for the audit log
 */
export function withoutExcepted(
  found: readonly CheckViolations[],
  exceptions: PolicyExceptions,
  view: PodView,
  answers: ImageAnswers,
  excepted: CheckViolations[],
): CheckViolations[] {
  const rest: CheckViolations[] = [];
  for (const one of found) {
    const taken = takeExcepted(one.violations, inForce(exceptions, one.check, view), view, answers);
    if (!taken) {
      rest.push(one);
      continue;
    }
    if (taken.left.length > 0) rest.push({ ...one, violations: taken.left });
    for (const { exception, violations } of taken.covered) {
      // Nobody is to fix it, and no other finding explains it.
      const own = violations.map(withoutCause);
      excepted.push({
        ...one,
        action: 'Audit',
        audited: true,
        fix: '',
        fixFor: undefined,
        violations: own,
        excepted: exception.use,
      });
    }
  }
  return rest;
}

function withoutCause(violation: Violation): Violation {
  const { cause, ...own } = violation;
  return cause === undefined ? violation : own;
}
