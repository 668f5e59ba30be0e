// What Fastify's requests and replies are here, and how a reply is sent.
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Observer } from '../../observe/observer.ts';

export type App = FastifyInstance<Server>;
export type Request = FastifyRequest<RouteGenericInterface, Server>;
export type Reply = FastifyReply<RouteGenericInterface, Server>;

export function sendJson(reply: Reply, status: number, body: unknown): void {
  sendText(reply, status, JSON.stringify(body));
}

/**
 * Says why a request is not answered, as a metav1.Status: of any other body the API server only tells its user that the
 * webhook refused "for an unknown reason".
 */
export function sendFailure(reply: Reply, status: number, message: string): void {
  sendText(reply, status, failureText(status, message));
}

function failureText(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code });
}

/** Sends text that is JSON already. */
export function sendText(reply: Reply, status: number, text: string): void {
  reply.code(status).header('content-type', JSON_TYPE).send(text);
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Not now. The API server's client tries again in a second, within the webhook's timeout. */
export function sendLater(reply: Reply, status: 429 | 503, message: string): void {
  const { headers, text } = laterReply(status, message);
  reply.code(status).headers(headers).send(text);
}

/** The same in parts, for whoever has to send it without Fastify. */
export function laterReply(
  status: 429 | 503,
  message: string,
): { readonly headers: Record<string, string>; readonly text: string } {
  return {
    headers: { 'content-type': JSON_TYPE, 'retry-after': '1' },
    text: failureText(status, message),
  };
}

/** Says what is wrong with a request to a webhook. */
export function refuse(reply: Reply, message: string, observer: Observer): void {
  sendFailure(reply, 400, message);
  observer.refused(message);
}

/** A stranger's text, short enough to be repeated. */
export function cut(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}
