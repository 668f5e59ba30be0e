// What is told of a running server: its log, its metrics, and where they are read.
import { Registry } from 'prom-client';
import { VERSION } from '../../model/version.ts';
import type { Log } from '../../observe/log.ts';
import { createMetrics, type Metrics } from '../../observe/metrics.ts';
import { createObserver, type Observer } from '../../observe/observer.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { WORKLOADS } from '../../workloads/index.ts';
import { SHED_REASONS } from '../load/overload.ts';
import type { CertificateEvents } from '../tls/certificate-reload.ts';
import { knownPolicies } from './known-policies.ts';
import { type MetricsServer, startMetricsServer } from './metrics-server.ts';

export interface MetricsAddress {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Served on the webhook's port, too. */
  readonly onWebhookPort?: boolean;
}

export interface TelemetryOptions {
  readonly log: Log;
  /** Nothing is counted where it is left out. */
  readonly metrics?: MetricsAddress | undefined;
  /** Told of certificates, too. */
  readonly certificateEvents?: CertificateEvents | undefined;
}

export interface Telemetry {
  /** For the app. */
  readonly observer: Observer;
  /** Where more is counted; undefined where nothing is. */
  readonly metrics: Metrics | undefined;
  /** What the app serves at /metrics, where it is asked to. */
  readonly registry: Registry | undefined;
  /** For the reload of certificates. */
  readonly certificateEvents: CertificateEvents;
  /** A set of policies is in force: at the start, and after each reload. */
  policiesLoaded(policies: PolicySet): void;
  /** A reload of policies failed; the former set stays in force. */
  policyReloadFailed(): void;
  /** Serves the metrics on their own port; undefined where there are none. */
  listen(): Promise<MetricsServer | undefined>;
}

/** Makes all of it; nothing listens yet. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { log, metrics: address, certificateEvents } = options;
  const metrics =
    address && createMetrics(new Registry(), { version: VERSION, kinds: WORKLOADS, shedReasons: SHED_REASONS });
  return {
    observer: createObserver(log, metrics),
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
  };
}
