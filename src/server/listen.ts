// Runs the webhook as a process: certificates, ports, signals, and everything that is started and stopped with it.
import type { Cluster } from '../cluster/cluster.ts';
import type { DenialEvents } from '../cluster/denials/denial-events.ts';
import type { Registration, ServedTls } from '../cluster/registration/registration.ts';
import type { Gate } from '../engine/gate.ts';
import { createLog, type LogLevel } from '../observe/log.ts';
import type { TraceSettings } from '../observe/traces/settings.ts';
import { kindsOfWebhooks, webhooksUsed } from '../policy/webhooks-where-used.ts';
import { isAnyAddress } from './any-address.ts';
import { type App, buildApp, SERVED_PATHS } from './app.ts';
import { makeDevelopment } from './development/development.ts';
import { type Connections, watchConnections } from './load/connections.ts';
import { createDrain } from './load/drain.ts';
import { loopIsPrompt, loopTurns, watchEventLoop } from './load/event-loop.ts';
import { logShed, type ShedReason } from './load/overload.ts';
import { allKnown, type Condition, policiesLoaded } from './load/readiness.ts';
import type { ReceivingLimits } from './load/receiving.ts';
import { surviveFaults } from './process-faults.ts';
import { logFault } from './review/faults.ts';
import { warmUp } from './review/warm-up.ts';
import { onSignals } from './signals.ts';
import { cannotListen, StartError } from './start-error.ts';
import { clusterEvents } from './telemetry/cluster-telemetry.ts';
import { denialListener } from './telemetry/denial-telemetry.ts';
import type { MetricsServer } from './telemetry/metrics-server.ts';
import { registrationCondition, registrationEvents } from './telemetry/registration-telemetry.ts';
import { createTelemetry, type MetricsAddress } from './telemetry/telemetry.ts';
import { certificateProblem } from './tls/certificate-problem.ts';
import {
  type CertificateEvents,
  type CertificateReload,
  describeCertificate,
  type ReloadTiming,
  reloadCertificates,
} from './tls/certificate-reload.ts';
import { clientAuthentication } from './tls/client-authentication.ts';
import { readTlsFiles, type TlsFiles } from './tls/tls-files.ts';
import type { TlsMaterial } from './tls/tls-options.ts';

/** Less than the 30 s that Kubernetes waits by default before it kills a container. */
const SHUTDOWN_DEADLINE_MS = 20_000;

/** How the webhook runs. */
export interface ServerOptions {
  /** Returns the gate in force; a reload changes what it returns. */
  readonly gate: () => Gate;
  /** The cluster whose state the gate follows; started and stopped with the server. */
  readonly cluster?: Cluster | undefined;
  /** Registers the webhooks with that cluster; started and stopped with the server. */
  readonly registration?: Registration | undefined;
  /** Writes events about what is refused; started and stopped with the server. */
  readonly denialEvents?: DenialEvents | undefined;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Files are read again when they change. */
  readonly tls: TlsFiles | 'development';
  /** The names in client certificates that are accepted, where there is a client CA; by default all that it signed. */
  readonly clientNames?: readonly string[];
  readonly certificateEvents?: CertificateEvents;
  readonly reloadTiming?: Partial<ReloadTiming>;
  readonly logLevel: LogLevel;
  /** Where metrics are served; nothing is counted where it is left out. */
  readonly metrics?: MetricsAddress | undefined;
  /** Where traces go; nothing is traced where it is left out. */
  readonly traces?: TraceSettings | undefined;
  /** How long requests are still served after SIGTERM, while the endpoint is removed from the Service. */
  readonly drainMs: number;
  /** Counted from SIGTERM. Requests still in progress then are cut off. 20 s by default. */
  readonly shutdownDeadlineMs?: number;
  /** What has to hold for /readyz, besides loaded policies, a prompt event loop, and no SIGTERM so far. */
  readonly readiness?: readonly Condition[];
  /** How many requests may be arriving at a time, and how large; see `defaultLimits`. */
  readonly receiving?: Partial<ReceivingLimits>;
  /** Called for every request that was refused because of overload. */
  readonly onShed?: (reason: ShedReason) => void;
  /** Prints a line for people; to stderr by default, since stdout carries the log. */
  readonly print?: (line: string) => void;
}

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  readonly url: string;
  /** Drains and stops, as SIGTERM does. */
  close(): Promise<void>;
  /** Resolves when the server has stopped, for whatever reason. */
  readonly closed: Promise<void>;
}

/** Listens and answers reviews until SIGTERM or SIGINT. Rejects with a {@link StartError} where it cannot start. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { gate, cluster, registration, denialEvents, host, tls, print = printToStderr } = options;
  const development = tls === 'development' ? await makeDevelopment(host) : undefined;
  const log = createLog(options.logLevel);
  const drain = createDrain({
    drainMs: options.drainMs,
    deadlineMs: options.shutdownDeadlineMs ?? SHUTDOWN_DEADLINE_MS,
  });
  const telemetry = await createTelemetry({
    log,
    metrics: options.metrics,
    onDenial: denialEvents && ((denial) => denialEvents.denied(denial)),
    traces: options.traces,
    certificateEvents: options.certificateEvents,
  });
  const { observer, registry } = telemetry;
  const loop = watchEventLoop();
  observer.watchEventLoop(loop.takeLongest);
  let app: App | undefined;
  let connections: Connections | undefined;
  let reload: CertificateReload | undefined;
  let metricsServer: MetricsServer | undefined;
  const { promise: started, resolve: hasStarted } = Promise.withResolvers<void>();
  const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();

  async function stop(): Promise<void> {
    if (drain.isDraining()) return closed;
    drain.begin();
    // What is applied now could come after an uninstall.
    registration?.stop();
    await started;
    if (app && connections) {
      await drain.finish(app, connections, log).catch((fault: unknown) => logFault(log, fault, 'failed to close'));
    }
    reload?.stop();
    denialEvents?.stop();
    cluster?.stop();
    await telemetry.stop();
    await metricsServer?.close();
    development?.remove();
    loop.stop();
    removeFaultHandlers();
    removeSignals();
    hasClosed();
  }
  const report = logShed(log);
  function onShed(reason: ShedReason): void {
    report(reason);
    observer.shed(reason);
    options.onShed?.(reason);
  }
  // Before listening: Linux ignores these signals for a container's first process as long as it has no handlers.
  const removeSignals = onSignals(stop);
  const removeFaultHandlers = surviveFaults({ log, onFault: () => observer.failed() });

  try {
    const certificate: TlsMaterial | undefined =
      tls === 'development' ? development?.certificate : await readTlsFiles(tls);
    if (!certificate) throw new StartError('there is no certificate');
    const authenticate = certificate.clientCa === undefined ? undefined : clientAuthentication(options.clientNames);
    // What files say, whatever the cluster adds to it.
    const staticPolicies = gate().policies;
    cluster?.start(clusterEvents(cluster, log, telemetry, () => registration?.policiesChanged()));
    denialEvents?.start(denialListener(log, telemetry));
    const isKnown = allKnown(cluster?.conditions ?? []);
    await warmUp(gate, certificate).catch((fault: unknown) => logFault(log, fault, 'failed to warm up'));
    app = buildApp({
      getGate: gate,
      prepare: cluster?.prepare,
      starting: cluster && isKnown,
      withdraw: cluster?.withdraw,
      getOwnSurroundings: () => ({ staticPolicies, known: cluster?.known(), now: Date.now() }),
      log,
      observer,
      registry,
      certificate,
      authenticate,
      isDraining: drain.isDraining,
      readiness: [
        // In a cluster, a server without policies is ready: the first policy is validated by it.
        ...(cluster?.conditions ?? [policiesLoaded(() => gate().policies.policies.length)]),
        ...(registration ? [registrationCondition(registration)] : []),
        loopIsPrompt(loop),
        ...(options.readiness ?? []),
      ],
      liveness: [loopTurns(loop)],
      overload: { loop, limits: options.receiving, onShed },
    });
    connections = watchConnections(app.server);
    telemetry.policiesLoaded(gate().policies);
    metricsServer = await telemetry.listen();
    await listen(app, host, options.port);
    const { reloadTiming: timing } = options;
    const { certificateEvents: events } = telemetry;
    events.onServe?.(describeCertificate(certificate.cert));
    if (tls !== 'development') {
      reload = reloadCertificates(app.server, {
        files: tls,
        material: certificate,
        log,
        events,
        timing,
        prepare: registration && ((found) => registration.prepare(servedTls(found))),
        onUse: (material) => registration?.use(servedTls(material)),
      });
    }
    registration?.start({
      tls: servedTls(certificate),
      served: SERVED_PATHS,
      isReady: () => isKnown() === undefined,
      events: registrationEvents(registration, log, telemetry, (names) =>
        cluster?.useAwaitedKinds(kindsOfWebhooks(names)),
      ),
      use: {
        byFiles: webhooksUsed(staticPolicies),
        now: () => webhooksUsed(gate().policies),
        confirm: async () => (await cluster?.confirmPolicies()) ?? true,
      },
    });
  } catch (error) {
    await app?.close();
    app = undefined;
    hasStarted();
    await stop();
    throw error;
  }
  hasStarted();

  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const url = `https://${urlHost(host)}:${port}`;
  const { policies } = gate().policies;
  const everywhere = isAnyAddress(host) ? ', and on every other address' : '';
  print(
    `sandgate: listening on ${url} with ${policies.length} ${policies.length === 1 ? 'policy' : 'policies'}${everywhere}`,
  );
  if (cluster) print(`sandgate: policies, classes, namespaces and RuntimeClasses come from ${cluster.server}`);
  if (metricsServer && options.metrics) {
    print(`sandgate: metrics on http://${urlHost(options.metrics.host)}:${metricsServer.port}/metrics`);
  }
  if (development) print(`sandgate: a certificate for development is in ${development.folder}; try it:`);
  if (development) print(development.commandFor(url));
  return { port, url, close: stop, closed };
}

function servedTls(material: TlsMaterial): ServedTls {
  return { ca: material.ca, problem: (host, ca) => certificateProblem(material, host, ca) };
}

async function listen(app: App, host: string, port: number): Promise<void> {
  try {
    // For `localhost`, Fastify opens a second server, which would neither get new certificates nor be drained.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    throw cannotListen(host, port, error);
  }
}

/** A host for a URL: one cannot connect to a wildcard address. */
function urlHost(host: string): string {
  if (isAnyAddress(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function printToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
