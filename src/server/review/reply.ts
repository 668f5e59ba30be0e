// The types of Fastify's app, requests and replies as used here, and how a reply is sent.
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Observer } from '../../observe/observer.ts';

/** The Fastify app, over HTTPS. */
export type App = FastifyInstance<Server>;
/** A request to it. */
export type Request = FastifyRequest<RouteGenericInterface, Server>;
/** The reply to a request. */
export type Reply = FastifyReply<RouteGenericInterface, Server>;

/** Sends a value as JSON. */
export function sendJson(reply: Reply, status: number, body: unknown): void {
  sendText(reply, status, JSON.stringify(body));
}

/**
 * Sends a metav1.Status that says why a request is refused. With any other body, the API server only tells its user that the
 * webhook refused "for an unknown reason".
 */
export function sendFailure(reply: Reply, status: number, message: string): void {
  sendText(reply, status, failureText(status, message));
}

function failureText(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code });
}

/** Sends text that is already JSON. */
export function sendText(reply: Reply, status: number, text: string): void {
  reply.code(status).header('content-type', JSON_TYPE).send(text);
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Asks the client to try again in a second. The API server does so within the webhook's timeout. */
export function sendLater(reply: Reply, status: 429 | 503, message: string): void {
  const { headers, text } = laterReply(status, message);
  reply.code(status).headers(headers).send(text);
}

/** The headers and the body of such a reply, for a response that is not sent by Fastify. */
export function laterReply(
  status: 429 | 503,
  message: string,
): { readonly headers: Record<string, string>; readonly text: string } {
  return {
    headers: { 'content-type': JSON_TYPE, 'retry-after': '1' },
    text: failureText(status, message),
  };
}

/** Answers a request that is not a valid review with a 400, and reports it to the observer. */
export function refuse(reply: Reply, message: string, observer: Observer): void {
  sendFailure(reply, 400, message);
  observer.refused(message);
}

/** Text from a request, short enough to be quoted in an answer or in the log. */
export function cut(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}
