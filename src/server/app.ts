// The HTTP side of the webhook, apart from listening: routes, limits, errors in words.
import type { Server } from 'node:https';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteGenericInterface,
} from 'fastify';
import type { Registry } from 'prom-client';
import { handleReview } from '../admission/handle.ts';
import type { Webhook } from '../admission/review.ts';
import type { Gate } from '../engine/gate.ts';
import { VERSION } from '../model/version.ts';
import type { Log } from '../observe/log.ts';
import { createObserver, type Observer } from '../observe/observer.ts';
import { parseBody } from './body.ts';
import type { Authenticate } from './client-authentication.ts';
import { CONNECTION_OPTIONS } from './connections.ts';
import { logFault, replyToFault } from './faults.ts';
import { guardOverload, type OverloadOptions } from './overload.ts';
import { type Condition, notDraining, probe } from './readiness.ts';
import { serverTlsOptions, type TlsMaterial } from './tls-options.ts';

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
  /** Told of everything that happens; by default it only writes the log. */
  readonly observer?: Observer | undefined;
  /** What is served at /metrics, beside the reviews; nothing by default. */
  readonly registry?: Pick<Registry, 'contentType' | 'metrics'> | undefined;
  /** Without it the app speaks plain HTTP, for tests that inject requests. */
  readonly certificate?: TlsMaterial;
  /** Who may send reviews; anybody where it is left out. */
  readonly authenticate?: Authenticate | undefined;
  /** True once the process is about to end: not ready any more, and clients are asked to connect elsewhere. */
  readonly isDraining?: () => boolean;
  /** What has to hold for /readyz. */
  readonly readiness?: readonly Condition[];
  /** What has to hold for /livez: a restart follows where it does not. */
  readonly liveness?: readonly Condition[];
  /** When too much is too much. */
  readonly overload?: Omit<OverloadOptions, 'bodyLimit'>;
}

export type App = FastifyInstance<Server>;
type Request = FastifyRequest<RouteGenericInterface, Server>;
type Reply = FastifyReply<RouteGenericInterface, Server>;

/** The app, ready to listen. */
export function buildApp(options: AppOptions): App {
  const { getGate, log, certificate, authenticate, isDraining = () => false } = options;
  const observer = options.observer ?? createObserver(log);
  const overload = guardOverload({ loop: { delayMs: () => 0 }, ...options.overload, bodyLimit: BODY_LIMIT });
  observer.watchInFlight(overload.arriving);
  const app: App = Fastify({
    https: certificate ? { ...serverTlsOptions(certificate), ...CONNECTION_OPTIONS } : null,
    // We write one line per decision instead.
    logger: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // A connection that was open when we began to close is still answered: a 503 would be a failed request.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // A path that cannot be decoded is a path we do not have.
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log, observer),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    if (isDraining()) reply.header('connection', 'close');
    const refusal = overload.admit(request.raw, reply.raw);
    if (refusal === undefined) done();
    else sendJson(reply.header('retry-after', '1'), 429, { message: refusal });
  });
  app.addHook('preValidation', (request, _reply, done) => {
    overload.received(request.raw);
    done();
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => sendError(error, request, reply, log, observer));
  app.setNotFoundHandler((request, reply) => {
    const path = cut(request.url.split('?', 1)[0] ?? '');
    sendJson(reply, 404, { message: `there is no ${request.method} ${path} here: expected ${ROUTES}` });
  });

  const guard = authenticate ? { onRequest: refusing(authenticate, log) } : {};
  for (const webhook of WEBHOOKS) {
    app.post(`/${webhook}`, guard, (request, reply) => {
      try {
        answer(webhook, request.body, reply, getGate(), log, observer);
      } catch (fault) {
        sendFault(fault, request, reply, log, observer);
      }
    });
  }
  const { readiness = [], liveness = [] } = options;
  addProbe(app, 'livez', liveness);
  addProbe(app, 'readyz', [notDraining(isDraining), ...readiness]);
  app.get('/version', (_request, reply) => {
    const policies = getGate().policies.policies.map((policy) => policy.name);
    sendJson(reply, 200, { version: VERSION, node: process.version, policies });
  });
  const { registry } = options;
  if (registry) {
    app.get('/metrics', async (_request, reply) =>
      reply.header('content-type', registry.contentType).send(await registry.metrics()),
    );
  }
  return app;
}

const WEBHOOKS = ['mutate', 'validate'] as const;
const ROUTES = 'POST /mutate, POST /validate, GET /livez, GET /readyz or GET /version';

function answer(webhook: Webhook, body: unknown, reply: Reply, gate: Gate, log: Log, observer: Observer): void {
  const start = performance.now();
  const { clock } = observer;
  clock?.start(start);
  const parsed = parseBody(body);
  if (!parsed.ok) {
    refuse(reply, parsed.problem, observer);
    return;
  }
  const handled = handleReview(parsed.value, webhook, gate, clock?.mark);
  if (handled.status === 400) {
    refuse(reply, handled.reply.message, observer);
    return;
  }
  const text = JSON.stringify(handled.reply);
  clock?.mark('encode');
  sendText(reply, 200, text);
  try {
    observer.reviewed({ ...handled, webhook, durationMs: performance.now() - start, phases: clock?.times }, gate);
  } catch (fault) {
    logFault(log, fault, 'failed to log a review', { uid: handled.uid });
  }
}

/** `/readyz` in one line, `/readyz?verbose` with every condition. */
function addProbe(app: App, name: string, conditions: readonly Condition[]): void {
  app.get(`/${name}`, (request, reply) => {
    const { ok, message, verbose } = probe(name, conditions);
    const status = ok ? 200 : 503;
    if (!/[?&]verbose\b/.test(request.url)) sendJson(reply, status, { message });
    else reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(verbose);
  });
}

/** Before the body is read: who may not send reviews is told so and nothing else. */
function refusing(authenticate: Authenticate, log: Log) {
  return (request: Request, reply: Reply, done: () => void): void => {
    const problem = authenticate(request.raw.socket);
    if (problem === undefined) {
      done();
      return;
    }
    log.warn({ problem }, 'not authenticated');
    sendJson(reply, 403, { message: problem });
  };
}

function refuse(reply: Reply, message: string, observer: Observer): void {
  sendJson(reply, 400, { message });
  observer.refused(message);
}

/** A bug of ours: a review is still answered as one. Nothing thrown, even `undefined`, is taken for the client's doing. */
function sendFault(fault: unknown, request: Request, reply: Reply, log: Log, observer: Observer): void {
  const webhook = webhookOf(request);
  const answered = webhook && replyToFault(webhook, request.body, fault);
  if (!reply.sent) {
    if (answered) sendJson(reply, 200, answered.reply);
    else sendJson(reply, 500, { message: 'internal error' });
  }
  logFault(log, fault, 'failed to answer', answered && { uid: cut(answered.uid), webhook });
  observer.failed();
}

function webhookOf(request: Request): Webhook | undefined {
  return WEBHOOKS.find((name) => request.routeOptions.url === `/${name}`);
}

/** What Fastify could not make a request of, in words. */
function sendError(error: FastifyError, request: Request, reply: Reply, log: Log, observer: Observer): void {
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) {
    sendFault(error, request, reply, log, observer);
    return;
  }
  const message = wordsFor(error);
  sendJson(reply, status, { message });
  if (webhookOf(request)) observer.refused(message);
}

function wordsFor(error: FastifyError): string {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `the body is larger than ${BODY_LIMIT} bytes`;
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'expected content-type: application/json';
  return cut(error.message);
}

function sendJson(reply: Reply, status: number, body: unknown): void {
  sendText(reply, status, JSON.stringify(body));
}

function sendText(reply: Reply, status: number, text: string): void {
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(text);
}

function cut(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}
