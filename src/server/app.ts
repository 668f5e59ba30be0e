// The HTTP side of the webhook, apart from listening: routes, limits, errors in words.
import Fastify, { type FastifyError } from 'fastify';
import type { Registry } from 'prom-client';
import type { OwnSurroundings } from '../admission/own-kinds.ts';
import type { Prepare } from '../admission/prepare.ts';
import type { Gate } from '../engine/gate.ts';
import { VERSION } from '../model/version.ts';
import type { Log } from '../observe/log.ts';
import { createObserver, type Observer } from '../observe/observer.ts';
import { createPolicySet } from '../policy/select.ts';
import { CONNECTION_OPTIONS } from './load/connections.ts';
import { guardOverload, type OverloadOptions, type ShedReason } from './load/overload.ts';
import { type Condition, notDraining, probe } from './load/readiness.ts';
import { answerPolicyReview } from './review/policy-route.ts';
import { type App, cut, type Reply, type Request, sendFailure, sendJson, sendLater } from './review/reply.ts';
import { createReviewHandler } from './review/review-route.ts';
import { errorReplies, POLICY_WEBHOOK, WEBHOOKS } from './review/send-error.ts';
import type { Authenticate } from './tls/client-authentication.ts';
import { serverTlsOptions, type TlsMaterial } from './tls/tls-options.ts';

export type { App } from './review/reply.ts';

/** A review carries the object and the old one; etcd holds 1.5 MiB of each, and JSON may take more than that. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** The API server drops idle connections after 90 s. Whoever drops them first makes users see an EOF. */
const KEEP_ALIVE_MS = 120_000;
/** The longest timeout a webhook configuration can give us. */
const REQUEST_MS = 30_000;

const NOTHING_YET: OwnSurroundings = { floor: createPolicySet([]), catalog: undefined };

export interface AppOptions {
  /** The gate of the moment. Asked once per review, so that a reload never changes one half way. */
  readonly getGate: () => Gate;
  /** What has to be found out before a review is decided; nothing where it is left out. */
  readonly prepare?: Prepare | undefined;
  /** In words why no review can be answered yet; undefined from when they can. */
  readonly starting?: (() => string | undefined) | undefined;
  /** What new policies and classes of the cluster are held against; nothing where it is left out. */
  readonly getOwnSurroundings?: (() => OwnSurroundings) | undefined;
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

/** The app, ready to listen. */
export function buildApp(options: AppOptions): App {
  const { getGate, log, certificate, authenticate, isDraining = () => false } = options;
  const observer = options.observer ?? createObserver(log);
  const overload = guardOverload({ loop: { delayMs: () => 0 }, ...options.overload, bodyLimit: BODY_LIMIT });
  observer.watchInFlight(overload.arriving);
  const { sendError, sendFault: onFault } = errorReplies(log, observer, BODY_LIMIT);
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
    frameworkErrors: sendError,
  });
  app.removeAllContentTypeParsers();
  // As bytes: they are parsed when the review is judged.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    overload.received(request.raw);
    done(null, body);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (isDraining()) reply.header('connection', 'close');
    const refusal = overload.admit(request.raw, reply.raw);
    if (refusal === undefined) done();
    else sendLater(reply, 429, refusal);
  });
  app.setErrorHandler<FastifyError>(sendError);
  app.setNotFoundHandler((request, reply) => {
    const path = cut(request.url.split('?', 1)[0] ?? '');
    sendFailure(reply, 404, `there is no ${request.method} ${path} here: expected ${ROUTES}`);
  });

  const isAllowed = authenticate ? [refusing(authenticate, log)] : [];
  const isKnown = options.starting ? [postponing(options.starting, options.overload?.onShed)] : [];
  const route = { getGate, prepare: options.prepare, log, observer, overload, onFault };
  const handleReview = createReviewHandler(app.server, route);
  for (const webhook of WEBHOOKS) {
    app.post(`/${webhook}`, { onRequest: [...isAllowed, ...isKnown] }, (request, reply) =>
      handleReview(webhook, request, reply),
    );
  }
  const { getOwnSurroundings: getSurroundings = () => NOTHING_YET } = options;
  // Not to be postponed: in an empty cluster, somebody writes the first policy.
  app.post(`/${POLICY_WEBHOOK}`, { onRequest: isAllowed }, (request, reply) =>
    answerPolicyReview(request, reply, { getSurroundings, log, observer, onFault }),
  );
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

const ROUTES = 'POST /mutate, POST /validate, POST /validate-policy, GET /livez, GET /readyz or GET /version';

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
    sendFailure(reply, 403, problem);
  };
}

/** Before the body is read: judged by what we know now, a review might pass what it must not. */
function postponing(starting: () => string | undefined, onShed?: (reason: ShedReason) => void) {
  return (_request: Request, reply: Reply, done: () => void): void => {
    const problem = starting();
    if (problem === undefined) {
      done();
      return;
    }
    onShed?.('starting');
    sendLater(reply, 503, `starting: ${problem}; try again in a second`);
  };
}
