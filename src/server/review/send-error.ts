// The answers to requests that Fastify refuses, and to those that a bug of ours keeps us from answering.
import type { FastifyError } from 'fastify';
import type { Webhook } from '../../admission/review.ts';
import type { Log } from '../../observe/log.ts';
import type { Observer } from '../../observe/observer.ts';
import { logFault, replyToFault } from './faults.ts';
import { cut, type Reply, type Request, sendFailure, sendJson } from './reply.ts';

/** The webhooks that answer reviews of workloads; each is its own path. */
export const WEBHOOKS = ['mutate', 'validate'] as const;
/** The webhook that validates our own kinds. */
export const POLICY_WEBHOOK = 'validate-policy';

/** How errors are answered. */
export interface ErrorReplies {
  /** Answers an error of Fastify's. */
  readonly sendError: (error: FastifyError, request: Request, reply: Reply) => void;
  /** Answers after a bug of ours: a review still gets a review as its answer. */
  readonly sendFault: (fault: unknown, request: Request, reply: Reply) => void;
}

/**
 * The error replies of an app.
 * @param bodyLimit in bytes, for the message about larger bodies
 */
export function errorReplies(log: Log, observer: Observer, bodyLimit: number): ErrorReplies {
  /** Whatever was thrown, even `undefined`, is a bug of ours. */
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
      // An exception from here would also prevent the answers to other requests.
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

/** The webhook whose fault reply a request gets. A review of a policy is refused, as a validation is. */
function webhookOf({ routeOptions: { url } }: Request): Webhook | undefined {
  return url === `/${POLICY_WEBHOOK}` ? 'validate' : WEBHOOKS.find((name) => url === `/${name}`);
}

function wordsFor(error: FastifyError, bodyLimit: number): string {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `the body is larger than ${bodyLimit} bytes`;
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'expected content-type: application/json';
  return cut(error.message);
}
