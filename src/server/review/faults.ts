// A bug of ours, outside of the engine, while a review is being answered. Inside of it handleReview sees to the same.
import { decodeReview } from '../../admission/decode.ts';
import { encodeFault } from '../../admission/encode.ts';
import type { AdmissionReply, Webhook } from '../../admission/review.ts';
import type { Log } from '../../observe/log.ts';
import { parseBody } from './body.ts';

/** The reply to a review that we failed to answer, and whose it is. */
export interface FaultReply {
  readonly uid: string;
  readonly reply: AdmissionReply;
}

/**
 * Lets a mutation pass as it came and refuses a validation, in an ordinary reply: a 5xx would leave that to failurePolicy,
 * and say nothing. Undefined where the bytes are no review.
 */
export function replyToFault(webhook: Webhook, bytes: unknown, fault: unknown): FaultReply | undefined {
  const parsed = parseBody(bytes);
  const review = parsed.ok ? decodeReview(parsed.value) : undefined;
  if (!review?.ok) return undefined;
  return { uid: review.uid, reply: encodeFault(review.uid, review.subject, fault, webhook) };
}

/** Logs a fault. Never throws: the log may be what is at fault. */
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
