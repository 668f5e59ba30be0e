// What is refused, for those who want to be told of it beside whoever asked.
import type { AdmissionReply } from '../admission/review.ts';
import type { Decision } from '../model/decision.ts';
import type { Subject } from '../model/subject.ts';

/** One refusal. Nothing of it is kept longer than the call: objects can be large. */
export interface Denial {
  readonly subject: Subject;
  readonly decision: Decision;
  /** The sentence that whoever asked was answered with. */
  readonly message: string;
}

/** Whom to tell. Must not throw or take long. */
export type OnDenial = (denial: Denial) => void;

/** The refusal in an answered review; undefined where it is none that has an effect: a dry run tells nobody else. */
export function denialIn(
  subject: Subject,
  decision: Decision | undefined,
  reply: AdmissionReply | undefined,
): Denial | undefined {
  if (decision?.verdict !== 'denied' || subject.dryRun) return undefined;
  const message = reply?.response.status?.message;
  return message === undefined ? undefined : { subject, decision, message };
}
