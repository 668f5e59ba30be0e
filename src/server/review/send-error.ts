// Answers to what never became a review: requests that Fastify could make nothing of, and bugs of ours.
import type { FastifyError } from 'fastify';
import type { Webhook } from '../../admission/review.ts';
import type { Log } from '../../observe/log.ts';
import type { Observer } from '../../observe/observer.ts';
import { logFault, replyToFault } from './faults.ts';
import { cut, type Reply, type Request, sendFailure, sendJson } from './reply.ts';

export const WEBHOOKS = ['mutate', 'validate'] as const;
/** The webhook for policies themselves. */
export const POLICY_WEBHOOK = 'validate-policy';

export interface ErrorReplies {
  /** For whatever Fastify throws. */
  readonly sendError: (error: FastifyError, request: Request, reply: Reply) => void;
  /** For a bug of ours: a review is still answered as one. */
  readonly sendFault: (fault: unknown, request: Request, reply: Reply) => void;
}

/** @param bodyLimit in bytes, for the message about larger ones */
export function errorReplies(log: Log, observer: Observer, bodyLimit: number): ErrorReplies {
  /** Nothing thrown, even `undefined`, is taken for the client's doing. */
  function sendFault(fault: unknown, request: Request, reply: Reply): void {
    const webhook = webhookOf(request);
    const answered = webhook && replyToFault(webhook, request.body, fault);
    if (!reply.sent) {
      if (answered) sendJson(reply, 200, answered.reply);
      else sendFailure(reply, 500, 'internal error');
    }
    logFault(log, fault, 'failed to answer', answered && { uid: cut(answered.uid), webhook });
    try {
      observer.failed();
    } catch (another) {
      // Thrown from here, it would take the answers to others with it.
      logFault(log, another, 'failed to count a fault');
    }
  }

  function sendError(error: FastifyError, request: Request, reply: Reply): void {
    const status = error.statusCode ?? 500;
    if (status < 400 || status >= 500) {
      sendFault(error, request, reply);
      return;
    }
    const message = wordsFor(error, bodyLimit);
    sendFailure(reply, status, message);
    if (webhookOf(request)) observer.refused(message);
  }

  return { sendError, sendFault };
}

/** As which webhook a request is answered where nothing else can be said: a policy, too, is not let in. */
function webhookOf({ routeOptions: { url } }: Request): Webhook | undefined {
  return url === `/${POLICY_WEBHOOK}` ? 'validate' : WEBHOOKS.find((name) => url === `/${name}`);
}

function wordsFor(error: FastifyError, bodyLimit: number): string {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `the body is larger than ${bodyLimit} bytes`;
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'expected content-type: application/json';
  return cut(error.message);
}
