// What an API server would get in reply to the requests that create the objects of some files.
import { handleReview } from '../admission/handle.ts';
import { REVIEW_API_VERSION, REVIEW_KIND } from '../admission/review.ts';
import { enforcementByRow, type Gate } from '../engine/gate.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import { inputsOf } from './inputs.ts';
import { objectRef, subjectOf } from './offline/subject.ts';
import type { Options, Policies, RepliesReport, SourceFile } from './types.ts';

/** A review needs one, and each request gets its own from an API server. */
const UID = '00000000-0000-4000-8000-000000000000';

/**
 * The AdmissionReviews that an API server would send to create every object of some files, and the replies: of the mutating webhook to
 * the object as written, and of the validating one to the object as the first has filled it in. Unlike `check`, and like the webhook,
 * they let a controller in with warnings where its pods will be refused.
 * @throws TypeError for policies that loadPolicies did not return, and for an implementation that a class does not have
 */
export function replies(files: readonly SourceFile[], policies: Policies, options: Options = {}): RepliesReport {
  const { objects, offline, problems, notes } = inputsOf(files, policies, options);
  const gate: Gate = { ...offline.gate, enforcement: enforcementByRow };
  const answered = objects.map((object) => {
    const subject = subjectOf(object, offline.namespace, offline.user, gate.policies.workloads);
    const written = inNamespace(object.value, subject.namespace);
    const request = reviewOf(subject, written);
    const mutated = handleReview(request, 'mutate', gate);
    const filled = (mutated.status === 200 && mutated.decision?.object) || written;
    const validated = handleReview(reviewOf(subject, filled), 'validate', gate);
    return { object: objectRef(object, subject), request, mutate: mutated.reply, validate: validated.reply };
  });
  return { objects: answered, problems, notes: [...notes] };
}

function reviewOf({ kind, resource, operation, name, namespace, user }: Subject, object: JsonObject): JsonObject {
  return {
    apiVersion: REVIEW_API_VERSION,
    kind: REVIEW_KIND,
    request: {
      uid: UID,
      kind: { ...kind },
      resource: { group: kind.group, version: kind.version, resource },
      ...(name && { name }),
      ...(namespace && { namespace }),
      operation,
      userInfo: { username: user.username, groups: [...user.groups] },
      object,
      oldObject: null,
      dryRun: false,
    },
  };
}

/** An API server writes the namespace of the request into an object that does not name one before it asks any webhook. */
function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const { metadata } = object;
  if (!namespace || !isJsonObject(metadata)) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}
