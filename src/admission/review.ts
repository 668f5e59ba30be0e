// The admission API, admission.k8s.io/v1, as far as a webhook writes it.

export const REVIEW_KIND = 'AdmissionReview';
export const REVIEW_API_VERSION = 'admission.k8s.io/v1';

/** Which of the two endpoints a review came to. Only the mutating one may answer with a patch. */
export type Webhook = 'mutate' | 'validate';

/** metav1.StatusCause: one offending field. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** metav1.Status of a refusal. */
export interface RefusalStatus {
  readonly status: 'Failure';
  readonly reason: 'Forbidden' | 'Invalid' | 'InternalError';
  readonly code: 403 | 422 | 500;
  readonly message: string;
  readonly details?: {
    readonly name: string;
    readonly group: string;
    /** The plural resource where it is Forbidden, the kind where it is Invalid: the API server's own refusals do the same. */
    readonly kind: string;
    readonly causes: readonly StatusCause[];
  };
}

export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  /** Base64 of a JSON patch; together with `patchType` or not at all. */
  readonly patch?: string;
  readonly patchType?: 'JSONPatch';
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly status?: RefusalStatus;
}

/** What the webhook sends back. */
export interface AdmissionReply {
  readonly apiVersion: typeof REVIEW_API_VERSION;
  readonly kind: typeof REVIEW_KIND;
  readonly response: AdmissionResponse;
}

/** The reply around a response. */
export function replyWith(response: AdmissionResponse): AdmissionReply {
  return { apiVersion: REVIEW_API_VERSION, kind: REVIEW_KIND, response };
}

const REPLY_START = `{"apiVersion":"${REVIEW_API_VERSION}","kind":"${REVIEW_KIND}","response":{"uid":`;

/**
 * The JSON of the reply around a response.
 * @param answer the JSON of the response without its uid
 */
export function replyText(uid: string, answer: string): string {
  return `${REPLY_START}${JSON.stringify(uid)},${answer.slice(1)}}`;
}
