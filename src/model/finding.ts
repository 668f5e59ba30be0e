// What is wrong with a workload: first as a check says it, then as a policy makes of it.

/** One offending field. */
export interface FieldRef {
  /** As a check returns it: inside the pod template (`spec.hostNetwork`). In a {@link Finding}: inside the object. */
  readonly path: string;
  /** The container the field belongs to; absent for fields of the pod. */
  readonly container?: string;
}

/** What a check says of a pod that violates it. */
export interface Failure {
  /** As succinct as can be; always shown. */
  readonly reason: string;
  /** Names the containers, volumes and values; may be empty. */
  readonly detail: string;
  /** Every offending field, at least one. */
  readonly fields: readonly FieldRef[];
}

/** What a policy does about a violation, as in ValidatingAdmissionPolicy. */
export const ACTIONS = ['Deny', 'Warn', 'Audit'] as const;
export type Action = (typeof ACTIONS)[number];

/** A violation of one check of one policy. */
export interface Finding extends Failure {
  readonly policy: string;
  /** What is violated, as messages name it: `PodSecurity "restricted:latest"` or `IsolationPolicy "agents"`. */
  readonly rule: string;
  readonly check: string;
  readonly action: Action;
  /** True where the finding also goes to the audit log (an action of Audit always does). */
  readonly audited: boolean;
  /** How to mend it, as an instruction. */
  readonly fix: string;
}

/** `reason (detail)`, or the reason alone where there is no detail: the form of the Pod Security Standards. */
export function phrase(failure: Pick<Failure, 'reason' | 'detail'>): string {
  return failure.detail === '' ? failure.reason : `${failure.reason} (${failure.detail})`;
}
