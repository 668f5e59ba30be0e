// Bugs of ours outside of the engine while a review is being answered. Those in the engine are caught by handleReview.
import { decodeReview } from '../../admission/decode.ts';
import { encodeFault } from '../../admission/encode.ts';
import type { AdmissionReply, Webhook } from '../../admission/review.ts';
import type { Log } from '../../observe/log.ts';
import { parseBody } from './body.ts';

/** The reply to a review that we failed to answer, and the review's uid. */
export interface FaultReply {
  readonly uid: string;
  readonly reply: AdmissionReply;
}

/**
 * A reply that lets a mutation pass unchanged and refuses a validation. A 5xx would leave the decision to failurePolicy and
 * give the user no reason. Undefined where the bytes are not a review.
 */
export function replyToFault(webhook: Webhook, bytes: unknown, fault: unknown): FaultReply | undefined {
  const parsed = parseBody(bytes);
  const review = parsed.ok ? decodeReview(parsed.value) : undefined;
  if (!review?.ok) return undefined;
  return { uid: review.uid, reply: encodeFault(review.uid, review.subject, fault, webhook) };
}

/** Logs a fault. Never throws, even where the log itself is what fails. */
export function logFault(
  log: Log,
  fault: unknown,
  message: string,
  about: Readonly<Record<string, unknown>> = {},
): void {
  try {
    log.error({ ...about, err: fault }, message);
  } catch {
    process.stderr.write(`sandgate: ${message}, and failed to log why\n`);
  }
}
