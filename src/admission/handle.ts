// One review from body to reply: what the server, the `review` command and the tests all call. Pure: no clock, no log.
import type { Gate } from '../engine/gate.ts';
import { mutate } from '../engine/mutate.ts';
import { validate } from '../engine/validate.ts';
import type { Decision } from '../model/decision.ts';
import type { MarkPhase } from '../model/phase.ts';
import type { Subject } from '../model/subject.ts';
import { decodeReview } from './decode.ts';
import { encodeDecision, encodeFault } from './encode.ts';
import { type AdmissionReply, replyText, replyWith, type Webhook } from './review.ts';

/** The answer to a body that is not an AdmissionReview. */
export interface BadReview {
  readonly status: 400;
  readonly reply: { readonly message: string };
}

/** An answered review. */
export interface AnsweredReview {
  readonly status: 200;
  readonly reply: AdmissionReply;
  /** The same as JSON. */
  readonly text: string;
  readonly uid: string;
  readonly subject: Subject;
  /** Absent where a bug of ours prevented a decision; `fault` is then what was thrown. */
  readonly decision?: Decision;
  /** The length of the patch before base64; 0 where there is none. */
  readonly patchBytes: number;
  readonly fault?: unknown;
}

export type Handled = BadReview | AnsweredReview;

/**
 * Answers a review. Never throws: a bug of ours lets a mutation pass unfilled, since the validating webhook sees the
 * object next, and refuses a validation.
 * @param mark called as each part of the work ends; the last one, `encode`, is for the caller to end
 */
export function handleReview(body: unknown, webhook: Webhook, gate: Gate, mark?: MarkPhase): Handled {
  const review = decodeReview(body);
  mark?.('decode');
  if (!review.ok) return { status: 400, reply: { message: review.problem } };
  return decideReview(review.uid, review.subject, webhook, gate, mark);
}

/** Likewise for a review that is decoded already: for callers that look something up in between. */
export function decideReview(
  uid: string,
  subject: Subject,
  webhook: Webhook,
  gate: Gate,
  mark?: MarkPhase,
): AnsweredReview {
  try {
    const decision = webhook === 'mutate' ? mutate(subject, gate, mark) : validate(subject, gate, mark);
    if (decision.verdict === 'skipped') mark?.('select');
    const { answer, text, patchBytes } = encodeDecision(subject, decision, webhook, mark);
    const reply = replyWith({ uid, ...answer });
    return { status: 200, reply, text: replyText(uid, text), uid, subject, decision, patchBytes };
  } catch (fault) {
    const reply = encodeFault(uid, subject, fault, webhook);
    return { status: 200, reply, text: JSON.stringify(reply), uid, subject, patchBytes: 0, fault };
  }
}
