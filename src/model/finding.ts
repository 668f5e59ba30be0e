// What is wrong with a workload: field by field as a check finds it, and in words as a policy reports it.

/** One offending field. */
export interface FieldRef {
  /** As a check returns it: inside the pod template (`spec.hostNetwork`). In a {@link Finding}: inside the object. */
  readonly path: string;
  /** The container the field belongs to; absent for fields of the pod. */
  readonly container?: string;
  /** What stands there, as it was judged; undefined where nothing does. May be of any type and size. */
  readonly value?: unknown;
}

/** One offending field, with what else the sentence of its check needs. */
export interface Violation extends FieldRef {
  /** The container itself, as it was judged: several containers can have one name, or none. */
  readonly of?: JudgedContainer;
  /** True for a field of the object around the template, such as a Job's `spec.ttlSecondsAfterFinished`: its path begins there. */
  readonly inObject?: true;
  /** True beside `inObject` where the pods have it as well and are refused themselves, such as the claims of a StatefulSet. */
  readonly inPods?: true;
  /** The volume the field belongs to. */
  readonly volume?: string;
  /** Which demand is not met, for checks with more than one. */
  readonly kind?: string;
  /** What the policy allows there, in words. */
  readonly allowed?: string;
  /** What the author of the policy says about it, for checks whose sentence is the author's own. */
  readonly said?: Sentence;
  /** What else the finding rests on: of an update it is new unless all of it is as it was. */
  readonly basis?: readonly unknown[];
  /** What else explains it; it is left out beside a finding about that cause which is at least as strict. */
  readonly cause?: Cause;
}

/** Why a field is wrong, where the workload's author did not write it: another finding says so and how to go on. */
export interface Cause {
  /** The check and rule of the finding about the cause; without a rule, a check of the same rule. */
  readonly check: string;
  readonly rule?: string;
  /** The finding to make of all violations with this cause, where there is none of its own. */
  readonly instead?: CauseInWords;
}

/** A finding about the cause of violations, but for the action, which is the strictest of theirs. */
export interface CauseInWords {
  readonly fields: readonly FieldRef[];
  readonly fix: string;
  /** @param checks the ids of the checks that are violated */
  readonly describe: (checks: readonly string[]) => Sentence;
}

/** A container as far as violations are told apart by it. */
export interface JudgedContainer {
  readonly name: string;
  readonly container: { readonly image?: string | null };
}

/** What users read of a check's violations. */
export interface Sentence {
  /** As succinct as can be; always shown. */
  readonly reason: string;
  /** Names the containers, volumes and values; may be empty. */
  readonly detail: string;
}

/** Puts violations of one check, at least one, into a sentence. It names these and no others. */
export type Describe = (violations: readonly Violation[]) => Sentence;

/** Offending fields that are found together with their sentence, outside of any check. */
export interface Failure extends Sentence {
  /** At least one. */
  readonly fields: readonly FieldRef[];
}

/** What a policy does about a violation, as in ValidatingAdmissionPolicy. */
export const ACTIONS = ['Deny', 'Warn', 'Audit'] as const;
export type Action = (typeof ACTIONS)[number];

/** Which policy finds something, by which of its checks, and what it does about it. */
export interface Attribution {
  readonly policy: string;
  /** What is violated, as messages name it: `PodSecurity "restricted:latest"` or `IsolationPolicy "agents"`. */
  readonly rule: string;
  readonly check: string;
  readonly action: Action;
  /** True where the finding also goes to the audit log (an action of Audit always does). */
  readonly audited: boolean;
  /** How to fix it, as an instruction. */
  readonly fix: string;
  /** The exception that covers it. Never of a denial. */
  readonly excepted?: ExceptionUse;
}

/** An exception, as findings that it covers name it. Of one exception always the same object. */
export interface ExceptionUse {
  /** Of an IsolationException its namespace and name, `team-a/vpn`; undefined for an entry of the policy itself. */
  readonly name: string | undefined;
  readonly reason: string;
  readonly requestedBy: string | undefined;
  /** As its author wrote it. */
  readonly expires: string | undefined;
  /** When it ends, in milliseconds; undefined where it does not. */
  readonly end: number | undefined;
  /** `excepted by team-a/vpn until 2027-06-30: tunnels`. */
  readonly inWords: string;
}

/** What names the exception of a finding in lists: `team-a/vpn`, or `policy agents` for an entry of the policy itself. */
export function exceptionName({ policy, excepted }: Attribution): string | undefined {
  return excepted && (excepted.name ?? `policy ${policy}`);
}

/** The violations of one check of one policy. They are not in words yet: any of them can still be taken out. */
export interface CheckViolations extends Attribution {
  /** At least one. */
  readonly violations: readonly Violation[];
  readonly describe: Describe;
  /** How to fix these and no others, where `fix` says more than that. */
  readonly fixFor?: ((violations: readonly Violation[]) => string) | undefined;
  /** Checks of the Pod Security Standards that find the same faults: what the same policy says by one of them is not said twice. */
  readonly repeats?: readonly string[] | undefined;
  /** On an update that older violations are let through with: which part of the object is wrong that was not before. */
  readonly added?: string;
}

/** The violations of one check of one policy, in words: one sentence about all of them, and each field by itself. */
export interface Finding extends Attribution, Sentence {
  /** Every offending field, at least one. */
  readonly fields: readonly FieldRef[];
  /** As in {@link CheckViolations}. */
  readonly added?: string;
  /** True where some field is one of the object around the template, which is refused itself: its pods do not have the field. */
  readonly inObject?: true;
}

/**
 * A finding from violations.
 * @param pathInObject the path in the object of a field of the template
 */
export function inWords(found: CheckViolations, pathInObject: (path: string) => string): Finding {
  const { policy, rule, check, action, audited, violations, describe, added, excepted } = found;
  const fix = found.fixFor?.(violations) ?? found.fix;
  const { reason, detail: described } = describe(violations);
  const detail = excepted ? [described, excepted.inWords].filter((text) => text !== '').join('; ') : described;
  const fields = violations.map(({ path, container, value, inObject }) =>
    fieldRef(inObject ? path : pathInObject(path), container, value),
  );
  return {
    reason,
    detail,
    fields,
    policy,
    rule,
    check,
    action,
    audited,
    fix,
    ...(added !== undefined && { added }),
    ...(excepted && { excepted }),
    ...(violations.some(({ inObject, inPods }) => inObject && !inPods) && { inObject: true }),
  };
}

function fieldRef(path: string, container: string | undefined, value: unknown): FieldRef {
  if (container === undefined) return value === undefined ? { path } : { path, value };
  return value === undefined ? { path, container } : { path, container, value };
}

/** `reason (detail)`, or the reason alone where there is no detail: the form of the Pod Security Standards. */
export function phrase({ reason, detail }: Sentence): string {
  return detail === '' ? reason : `${reason} (${detail})`;
}
