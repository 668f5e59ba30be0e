// The log and the metrics of a running server, and the port where metrics are read.
import { Registry } from 'prom-client';
import { VERSION } from '../../model/version.ts';
import type { Log } from '../../observe/log.ts';
import { createMetrics, type Metrics } from '../../observe/metrics.ts';
import { createObserver, type Listeners, type Observer } from '../../observe/observer.ts';
import type { TraceSettings } from '../../observe/traces/settings.ts';
import type { Traces } from '../../observe/traces/traces.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { WORKLOADS } from '../../workloads/index.ts';
import { SHED_REASONS } from '../load/overload.ts';
import type { CertificateEvents } from '../tls/certificate-reload.ts';
import { knownPolicies } from './known-policies.ts';
import { type MetricsServer, startMetricsServer } from './metrics-server.ts';

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** True to serve them on the webhook's port as well. */
  readonly onWebhookPort?: boolean;
}

/** What telemetry is made of. */
export interface TelemetryOptions {
  readonly log: Log;
  /** Nothing is counted where it is left out. */
  readonly metrics?: MetricsAddress | undefined;
  /** Told of refusals in addition. */
  readonly onDenial?: Listeners['onDenial'];
  /** Where traces go; nothing is traced where it is left out. */
  readonly traces?: TraceSettings | undefined;
  /** Called for certificates in addition to the metrics. */
  readonly certificateEvents?: CertificateEvents | undefined;
}

/** The telemetry of a server. */
export interface Telemetry {
  /** For the app. */
  readonly observer: Observer;
  /** Undefined where nothing is counted. */
  readonly metrics: Metrics | undefined;
  /** What the app serves at /metrics on the webhook's port; undefined where it does not. */
  readonly registry: Registry | undefined;
  /** For the reload of certificates. */
  readonly certificateEvents: CertificateEvents;
  /** To be called when a set of policies comes into force: at the start, and after each reload. */
  policiesLoaded(policies: PolicySet): void;
  /** To be called when a reload of policies fails and the previous set stays in force. */
  policyReloadFailed(): void;
  /** Serves the metrics on their own port; undefined where there are none. */
  listen(): Promise<MetricsServer | undefined>;
  /** Sends what is still to be sent. */
  stop(): Promise<void>;
}

/** Creates the telemetry. No port is opened before `listen`. */
export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { log, metrics: address, onDenial, certificateEvents } = options;
  const metrics =
    address && createMetrics(new Registry(), { version: VERSION, kinds: WORKLOADS, shedReasons: SHED_REASONS });
  const traces = options.traces && (await tracesBy(options.traces, log, metrics));
  return {
    observer: createObserver(log, metrics, { onDenial, traces }),
    metrics,
    registry: address?.onWebhookPort ? metrics?.registry : undefined,
    certificateEvents: {
      onServe(served) {
        metrics?.certificateLoaded(served.notAfter);
        certificateEvents?.onServe?.(served);
      },
      onFault(message) {
        metrics?.certificateReloadFailed();
        certificateEvents?.onFault?.(message);
      },
    },
    policiesLoaded: (policies) => metrics?.policiesLoaded(knownPolicies(policies)),
    policyReloadFailed: () => metrics?.policyReloadFailed(),
    async listen() {
      return metrics && (await startMetricsServer(metrics.registry, log, address));
    },
    stop: async () => await traces?.stop(),
  };
}

/** Loaded only where something is to be traced. */
async function tracesBy(settings: TraceSettings, log: Log, metrics: Metrics | undefined): Promise<Traces> {
  const { startTraces } = await import('./trace-telemetry.ts');
  return startTraces(settings, log, metrics);
}
