// A SubjectAccessReview: the question whether a user may `use` a capability class in a namespace. The API server answers by
// all the authorizers it has, RBAC or others.
import { createHash } from 'node:crypto';
import { CLASS_USE } from '../../model/class-use.ts';
import { ownField } from '../../model/json.ts';
import type { UserInfo } from '../../model/subject.ts';
import { ApiError } from '../api/api-error.ts';

const REVIEW_API_VERSION = 'authorization.k8s.io/v1';
export const ACCESS_REVIEWS = `/apis/${REVIEW_API_VERSION}/subjectaccessreviews`;
/** In UTF-16 units, above what real users have. The API server accepts 3 MB of a body. */
const LONGEST = 256 * 1024;

/** A user, a class, and where. */
export interface AccessQuestion {
  readonly user: UserInfo;
  readonly className: string;
  readonly namespace: string;
}

/** The question as an object to create. */
export function accessReview({ user, className, namespace }: AccessQuestion): object {
  const { username, uid, groups, extra } = user;
  const resourceAttributes = { ...CLASS_USE, name: className, namespace };
  return {
    apiVersion: REVIEW_API_VERSION,
    kind: 'SubjectAccessReview',
    spec: { resourceAttributes, user: username, groups, ...(uid && { uid }), ...(extra && { extra }) },
  };
}

/** What the API server said. Throws an {@link ApiError} where that is not an answer to the question. */
export function answerOf(reviewed: unknown): 'allowed' | 'denied' {
  const allowed = ownField(ownField(reviewed, 'status'), 'allowed');
  if (typeof allowed !== 'boolean') throw new ApiError('the answer is not a SubjectAccessReview');
  return allowed ? 'allowed' : 'denied';
}

/**
 * A text of bounded length by which the answer can be kept: everything of the question goes into it. Undefined where the
 * question is longer than any that should be asked.
 */
export function keyOf({ user, className, namespace }: AccessQuestion): string | undefined {
  const { username, uid, groups, extra } = user;
  const text = JSON.stringify([className, namespace, username, uid ?? '', groups, extra ?? {}]);
  return text.length > LONGEST ? undefined : createHash('sha256').update(text).digest('base64');
}
