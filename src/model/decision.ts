// What the engine answers: all there is to log, count, print or send. No part of it is computed later.
import type { Finding } from './finding.ts';
import type { JsonObject } from './json.ts';

/** Why a request was let through unjudged, or a field left unfilled: the code for machines, with its sentence. */
export const SKIPS = {
  'kind-not-handled': 'no pod template is known in this kind',
  'enforcement-ignore': 'this kind is set to Ignore',
  'operation-delete': 'a deletion always passes',
  'operation-connect': 'a connection that no policy judges',
  'operation-unknown': 'this operation is not known',
  'subresource-not-handled': 'this subresource changes no pod template',
  'being-deleted': 'the object is being deleted',
  'mirror-pod': "a node's mirror of a static pod cannot be changed",
  'no-template': 'the object holds no pod template',
  'no-policy': 'no policy matches',
  'not-filled-in': 'objects of this kind are left as written; the pods made from them are filled in',
  'pod-immutable': 'the security fields of an existing pod cannot be changed',
  'template-unchanged': 'the update does not touch the pod template',
} as const;
export type SkipCode = keyof typeof SKIPS;

/** A field that an injection meant to fill and did not. */
export interface SkippedFill {
  readonly policy: string;
  readonly injection: string;
  readonly code: string;
  readonly text: string;
}

/** One judgement of a level of the Pod Security Standards, in the words of upstream's metrics. */
export interface PodSecurityEvaluation {
  /** What a violation comes to: a refusal, a line in the audit log, a warning. */
  readonly mode: 'enforce' | 'audit' | 'warn';
  readonly level: 'privileged' | 'baseline' | 'restricted';
  /** `v1.30`, `latest`, or `future` for one that no check knows yet. */
  readonly version: string;
  readonly decision: 'allow' | 'deny';
}

/** What a review comes to where a policy follows the labels of its namespace, as upstream would count it. */
export interface PodSecurityRecord {
  readonly evaluations: readonly PodSecurityEvaluation[];
  /** Fatal: the namespace or the object could not be read. Nonfatal: a label could not, and stands for a level. */
  readonly error: 'fatal' | 'nonfatal' | undefined;
  /** Not judged, though it would have been were it not for who asks. */
  readonly exempt: boolean;
}

/** The outcome for one subject. */
export interface Decision {
  readonly verdict: 'allowed' | 'denied' | 'skipped';
  /** Only with verdict `skipped`. */
  readonly skip?: SkipCode;
  /** The policies that matched, in order of priority. */
  readonly policies: readonly string[];
  readonly findings: readonly Finding[];
  /** Sentences for the user, unbounded; the admission edge cuts them to what the API server accepts. */
  readonly warnings: readonly string[];
  /** Errors that did not decide the verdict but belong in the audit log, such as a malformed namespace label. */
  readonly errors: readonly string[];
  /** `policy/injection` of each injection that changed something. */
  readonly injected: readonly string[];
  readonly notInjected: readonly SkippedFill[];
  /** The object as filled in; the same reference as came in where nothing changed. Absent on deletions. */
  readonly object?: JsonObject | undefined;
  /** For upstream's metrics. Absent where no policy that follows namespace labels judged, or there is nothing to count. */
  readonly podSecurity?: PodSecurityRecord;
}
