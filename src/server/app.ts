// The webhook's HTTP server, apart from listening: its routes, its limits and its error messages.
import Fastify, { type FastifyError } from 'fastify';
import type { Registry } from 'prom-client';
import type { OwnSurroundings } from '../admission/own-kinds.ts';
import type { Prepare } from '../admission/prepare.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Gate } from '../engine/gate.ts';
import { REACHABLE_PATH, UNINSTALL_PATH } from '../model/names.ts';
import { VERSION } from '../model/version.ts';
import type { Log } from '../observe/log.ts';
import { createObserver, type Observer } from '../observe/observer.ts';
import { createPolicySet } from '../policy/select.ts';
import { CONNECTION_OPTIONS, keepUnused } from './load/connections.ts';
import { guardOverload, type OverloadOptions, type ShedReason } from './load/overload.ts';
import { type Condition, notDraining, probe } from './load/readiness.ts';
import { answerPolicyReview } from './review/policy-route.ts';
import { answerReachable } from './review/reachable-route.ts';
import { type App, cut, type Reply, type Request, sendFailure, sendJson, sendLater } from './review/reply.ts';
import { createReviewHandler } from './review/review-route.ts';
import { errorReplies, POLICY_WEBHOOK, WEBHOOKS } from './review/send-error.ts';
import { answerUninstall } from './review/uninstall-route.ts';
import type { Authenticate } from './tls/client-authentication.ts';
import { serverTlsOptions, type TlsMaterial } from './tls/tls-options.ts';

export type { App } from './review/reply.ts';

/** A review carries the object and the old one. etcd stores up to 1.5 MiB of each, and as JSON they may take more. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** Longer than the 90 s after which the API server closes an idle connection: if we closed it first, a request on its way would fail. */
const KEEP_ALIVE_MS = 120_000;
/** The longest timeout that a webhook configuration can set. */
const REQUEST_MS = 30_000;

/** The paths that webhook configurations may name. */
export const SERVED_PATHS: readonly string[] = [...WEBHOOKS, POLICY_WEBHOOK]
  .map((name) => `/${name}`)
  .concat(REACHABLE_PATH, UNINSTALL_PATH);

const NOTHING_YET: Omit<OwnSurroundings, 'now'> = { staticPolicies: createPolicySet([]), known: undefined };

/** What the app is made of. */
export interface AppOptions {
  /** Returns the gate in force. Called once per review, so that a reload never changes a review half way. */
  readonly getGate: () => Gate;
  /** Looks up what a review needs before it is decided; nothing is looked up where it is left out. */
  readonly prepare?: Prepare | undefined;
  /** A message that says why no review can be answered yet; undefined once reviews can be. */
  readonly starting?: (() => string | undefined) | undefined;
  /** The existing policies and classes that new ones are validated against; none where it is left out. */
  readonly getOwnSurroundings?: (() => OwnSurroundings) | undefined;
  /** Has what stays behind at an uninstall say so; nothing does where it is left out. */
  readonly withdraw?: Cluster['withdraw'];
  readonly log: Log;
  /** Called for everything that is logged or counted; by default it only logs. */
  readonly observer?: Observer | undefined;
  /** Served at /metrics on the webhook's own port; not served by default. */
  readonly registry?: Pick<Registry, 'contentType' | 'metrics'> | undefined;
  /** Without it the app speaks plain HTTP, for tests that inject requests. */
  readonly certificate?: TlsMaterial;
  /** Who may send reviews; anybody where it is left out. */
  readonly authenticate?: Authenticate | undefined;
  /** True once the process is stopping: /readyz fails, and clients are asked to close their connections. */
  readonly isDraining?: () => boolean;
  /** What has to hold for /readyz. */
  readonly readiness?: readonly Condition[];
  /** What has to hold for /livez; the kubelet restarts the container where it does not. */
  readonly liveness?: readonly Condition[];
  /** When requests are refused because there are too many. */
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
    // We log one line per decision instead of Fastify's two per request.
    logger: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // Requests on connections that are open when we begin to close are still answered: a 503 would be a failed request.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Such as a path that cannot be decoded.
    frameworkErrors: sendError,
  });
  keepUnused(app.server);
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
  const { getOwnSurroundings: getSurroundings = () => ({ ...NOTHING_YET, now: Date.now() }) } = options;
  // Not postponed while starting: in a cluster without policies, the first one is written through this route.
  app.post(`/${POLICY_WEBHOOK}`, { onRequest: isAllowed }, (request, reply) =>
    answerPolicyReview(request, reply, { getSurroundings, log, observer, onFault }),
  );
  app.post(REACHABLE_PATH, { onRequest: [...isAllowed, ...isKnown] }, (request, reply) =>
    answerReachable(request, reply, observer),
  );
  const withdraw = options.withdraw ?? (() => Promise.resolve(undefined));
  app.post(UNINSTALL_PATH, { onRequest: isAllowed }, answerUninstall({ withdraw, log, observer }));
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

/** Refuses a client that may not send reviews, before its body is read. */
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

/** Refuses reviews while we are starting, before their body is read: judged by the little that is known, some would wrongly pass. */
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
