// The HTTP side of the webhook, apart from listening: routes, limits, errors in words.
import type { Server } from 'node:https';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type RouteGenericInterface,
} from 'fastify';
import { handleReview } from '../admission/handle.ts';
import type { Webhook } from '../admission/review.ts';
import type { Gate } from '../engine/gate.ts';
import { VERSION } from '../model/version.ts';
import { type Log, logReview } from '../observe/log.ts';
import { parseBody } from './body.ts';
import type { Certificate } from './certificate.ts';

/** A review carries the object and the old one; etcd holds 1.5 MiB of each, and JSON may take more than that. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** The API server drops idle connections after 90 s. Whoever drops them first makes users see an EOF. */
const KEEP_ALIVE_MS = 120_000;
/** The longest timeout a webhook configuration can give us. */
const REQUEST_MS = 30_000;

export interface AppOptions {
  /** The gate of the moment. Asked once per review, so that a reload never changes one half way. */
  readonly getGate: () => Gate;
  readonly log: Log;
  /** Without it the app speaks plain HTTP, for tests that inject requests. */
  readonly certificate?: Certificate;
  /** True once the process is about to end: not ready any more, and clients are asked to connect elsewhere. */
  readonly isDraining?: () => boolean;
}

export type App = FastifyInstance<Server>;
type Reply = FastifyReply<RouteGenericInterface, Server>;

/** The app, ready to listen. */
export function buildApp(options: AppOptions): App {
  const { getGate, log, certificate, isDraining = () => false } = options;
  const app: App = Fastify({
    https: certificate ? { ...certificate, minVersion: 'TLSv1.2' } : null,
    // We write one line per decision instead.
    logger: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // A connection that was open when we began to close is still answered: a 503 would be a failed request.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // A path that cannot be decoded is a path we do not have.
    frameworkErrors: (error, _request, reply) => sendError(error, reply, log),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (_request, reply, done) => {
    if (isDraining()) reply.header('connection', 'close');
    done();
  });
  app.setErrorHandler<FastifyError>((error, _request, reply) => sendError(error, reply, log));
  app.setNotFoundHandler((request, reply) => {
    const path = cut(request.url.split('?', 1)[0] ?? '');
    sendJson(reply, 404, { message: `there is no ${request.method} ${path} here: expected ${ROUTES}` });
  });

  for (const webhook of ['mutate', 'validate'] as const) {
    app.post(`/${webhook}`, (request, reply) => answer(webhook, request.body, reply, getGate(), log));
  }
  app.get('/livez', (_request, reply) => sendJson(reply, 200, { message: 'ok' }));
  app.get('/readyz', (_request, reply) =>
    isDraining() ? sendJson(reply, 503, { message: 'shutting down' }) : sendJson(reply, 200, { message: 'ok' }),
  );
  app.get('/version', (_request, reply) => {
    const policies = getGate().policies.policies.map((policy) => policy.name);
    sendJson(reply, 200, { version: VERSION, node: process.version, policies });
  });
  return app;
}

const ROUTES = 'POST /mutate, POST /validate, GET /livez, GET /readyz or GET /version';

function answer(webhook: Webhook, body: unknown, reply: Reply, gate: Gate, log: Log): void {
  const start = performance.now();
  const parsed = parseBody(body);
  if (!parsed.ok) {
    refuse(reply, parsed.problem, log);
    return;
  }
  const handled = handleReview(parsed.value, webhook, gate);
  if (handled.status === 400) {
    refuse(reply, handled.reply.message, log);
    return;
  }
  sendJson(reply, 200, handled.reply);
  logReview(log, { ...handled, webhook, durationMs: performance.now() - start });
}

function refuse(reply: Reply, message: string, log: Log): void {
  log.warn({ problem: cut(message) }, 'not a review');
  sendJson(reply, 400, { message });
}

/** What Fastify could not make a request of, in words. Anything that is not the client's doing is a bug of ours. */
function sendError(error: FastifyError, reply: Reply, log: Log): void {
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    sendJson(reply, status, { message: wordsFor(error) });
    return;
  }
  log.error({ err: error }, 'failed to answer');
  sendJson(reply, 500, { message: 'internal error' });
}

function wordsFor(error: FastifyError): string {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `the body is larger than ${BODY_LIMIT} bytes`;
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'expected content-type: application/json';
  return cut(error.message);
}

function sendJson(reply: Reply, status: number, body: unknown): void {
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

function cut(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}
