// An AdmissionReview that was recorded: what is judged is the request in it.
import { decodeReview } from '../../admission/decode.ts';
import { REVIEW_KIND } from '../../admission/review.ts';
import type { OfflineRequest } from './judge.ts';
import type { InputObject } from './objects.ts';

/** True for an AdmissionReview. */
export function isReview({ kind: { group, kind } }: InputObject): boolean {
  return group === 'admission.k8s.io' && kind === REVIEW_KIND;
}

/** The request of a review, or what is wrong with the review. */
export type ReadReview =
  | { readonly ok: true; readonly request: OfflineRequest }
  | { readonly ok: false; readonly problem: string };

/** The request of a review, about the object in it, or about the old one where there is no other. */
export function requestInReview(review: InputObject): ReadReview {
  const decoded = decodeReview(review.value);
  if (!decoded.ok) return decoded;
  const { subject } = decoded;
  const { group, version } = subject.kind;
  const field = subject.object ? 'object' : 'oldObject';
  const object: InputObject = {
    file: review.file,
    document: review.document,
    line: review.line,
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: subject.kind,
    value: subject[field] ?? {},
    keys: [...review.keys, 'request', field],
    locate: (keys) => review.locate(['request', field, ...keys]),
  };
  return { ok: true, request: { object, subject, fillIn: true } };
}
