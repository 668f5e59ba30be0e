// Judges one object of the input as the webhook and the cluster would.

import { findingsAsSent } from '../../engine/added-containers.ts';
import { patchBetween } from '../../engine/diff.ts';
import { enforcementByRow, type Gate } from '../../engine/gate.ts';
import { mutate } from '../../engine/mutate.ts';
import { skipped } from '../../engine/outcome.ts';
import { validate } from '../../engine/validate.ts';
import { keysOfPath } from '../../kubernetes/path-keys.ts';
import type { Decision, SkipCode } from '../../model/decision.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Subject, UserInfo } from '../../model/subject.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Result } from '../../report/shapes/result.ts';
import type { Enforcement, Workload } from '../../workloads/workload.ts';
import { nonexistentKind } from './nonexistent-kind.ts';
import type { InputObject } from './objects.ts';
import { isExistingPod, unjudgedReason } from './printed-object.ts';
import { isReview, requestInReview } from './recorded-review.ts';
import { objectRef, subjectOf } from './subject.ts';

/** All that a verdict depends on, except for the object. */
export interface OfflineContext {
  readonly gate: Gate;
  /** The namespace of objects that do not name one. */
  readonly namespace: string;
  readonly user: UserInfo;
  /** False where objects are judged as they are written. */
  readonly fillIn: boolean;
}

/**
 * Every kind is held to its policies offline: a Deployment whose pods would be refused is useless to its owner, although
 * a cluster would store it with a warning.
 */
export function enforcementOffline(workload: Workload, policy?: Policy): Enforcement {
  return enforcementByRow(workload, policy) === 'Ignore' ? 'Ignore' : 'Enforce';
}

/** What the mutating webhook would decide; a pod that exists is left as it is. */
export function fill(object: InputObject, offline: OfflineContext): Decision {
  const subject = subjectOf(object, offline.namespace, offline.user, offline.gate.policies.workloads);
  const reason = unjudgedReason(object) ?? (isExistingPod(object) ? 'pod-immutable' : undefined);
  return reason === undefined ? mutate(subject, offline.gate) : skipped(subject, reason);
}

/** The result for an object, and the object as it was judged. */
export interface Judged {
  readonly result: Result;
  readonly filled: JsonObject;
  /** The request that was judged. */
  readonly subject: Subject;
  /** `policy/fill-in` of everything that was filled in. */
  readonly injected: readonly string[];
}

/**
 * Fills an object in, unless it is to be judged as written or is a pod that exists, and judges the result. Of a recorded
 * AdmissionReview the request in it is answered.
 *
 * @param old what it replaces: it is judged as an update then
 */
export function judge(object: InputObject, offline: OfflineContext, old?: InputObject): Judged {
  const review = isReview(object) ? requestInReview(object) : undefined;
  if (review?.ok) return judgeRequest({ ...review.request, fillIn: offline.fillIn }, offline);
  const subject = subjectOf(object, offline.namespace, offline.user, offline.gate.policies.workloads);
  const unjudged = unjudgedReason(object);
  if (old) {
    const update: Subject = { ...subject, operation: 'UPDATE', oldObject: old.value };
    return judgeRequest(
      { object, subject: update, unjudged, fillIn: offline.fillIn && unjudged === undefined },
      offline,
    );
  }
  const fillIn = offline.fillIn && unjudged === undefined && !isExistingPod(object);
  return judgeRequest({ object, subject, unjudged, fillIn }, offline);
}

/** A request about an object of a file. */
export interface OfflineRequest {
  /** For places and names. */
  readonly object: InputObject;
  readonly subject: Subject;
  /** Why the request is not judged at all. */
  readonly unjudged?: SkipCode | undefined;
  readonly fillIn: boolean;
}

/** Answers a request as the mutating and then the validating webhook would. */
export function judgeRequest(request: OfflineRequest, offline: Pick<OfflineContext, 'gate'>): Judged {
  const { object, subject, unjudged, fillIn } = request;
  const { workloads } = offline.gate.policies;
  const workload = workloads.find(object.kind.group, object.kind.kind);
  const mutation = fillIn ? mutate(subject, offline.gate) : undefined;
  const filled = mutation?.object ?? object.value;
  // Validation checks that everything was filled in, and fills in the pods of a controller before it judges them. Where
  // objects are judged as written it does neither.
  const kindWarning = workload ? undefined : nonexistentKind(object, workloads);
  const gate: Gate = fillIn ? offline.gate : { ...offline.gate, asWritten: true };
  const decision = unjudged
    ? skipped(subject, unjudged)
    : validate(subject.object ? { ...subject, object: filled } : subject, gate);
  const result: Result = {
    source: { file: object.file, document: object.document, line: object.line },
    object: objectRef(object, subject),
    verdict: decision.verdict,
    ...(decision.verdict === 'denied' && { deniedAt: deniedAt(decision, workload, gate) }),
    ...(decision.skip && { skipReason: decision.skip }),
    policies: decision.policies,
    findings: findingsAsSent(decision.findings, object.value, filled, workload ?? { templates: [] }),
    warnings: [
      ...new Set([
        ...(mutation?.warnings ?? []),
        ...decision.warnings,
        ...decision.errors,
        ...(kindWarning ? [kindWarning] : []),
      ]),
    ],
    patch: patchBetween(object.value, filled),
    placeOf: (path) => object.locate(keysOfPath(path)),
  };
  return { result, filled, subject, injected: mutation?.injected ?? [] };
}

/** Where a cluster refuses it: most kinds of controllers are stored, and their pods refused. */
function deniedAt({ findings }: Decision, workload: Workload | undefined, { policies }: Gate): 'object' | 'pod' {
  const denials = findings.filter(({ action }) => action === 'Deny');
  if (denials.some(({ inObject }) => inObject)) return 'object';
  const refuses = (name: string): boolean => {
    const policy = policies.policies.find((one) => one.name === name);
    return workload !== undefined && enforcementByRow(workload, policy) === 'Enforce';
  };
  return denials.some((finding) => refuses(finding.policy)) ? 'object' : 'pod';
}
