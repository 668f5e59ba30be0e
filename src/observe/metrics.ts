// Everything that is counted and measured, in a registry that is passed in.
import type { Registry } from 'prom-client';
import { PHASES } from '../model/phase.ts';
import type { ReviewEntry } from './log.ts';
import { METRICS } from './metrics/definitions.ts';
import { FindingCounts, type KnownFinding } from './metrics/finding-counts.ts';
import { polledGauge } from './metrics/gauges.ts';
import { InjectionCounts, type KnownInjection } from './metrics/injection-counts.ts';
import { counter, gauge, histogram } from './metrics/instruments.ts';
import { PodSecurityCounts } from './metrics/pod-security-counts.ts';
import { addProcessMetrics } from './metrics/process.ts';
import { type KindName, OTHER, reviewCounts } from './metrics/review-counts.ts';

/** What is known when metrics are created. */
export interface MetricsOptions {
  readonly version: string;
  /** The kinds that are counted under their own names from the start. */
  readonly kinds: readonly KindName[];
  /** The reasons for which requests may be refused under overload. */
  readonly shedReasons?: readonly string[];
}

/** What a set of policies can find and fill in. */
export interface KnownPolicies {
  readonly count: number;
  readonly findings: Iterable<KnownFinding>;
  readonly injections: readonly KnownInjection[];
  /** The kinds whose objects are judged; none beside those that are known from the start where it is left out. */
  readonly kinds?: Iterable<KindName>;
  /** True where some policy follows the labels of namespaces, as upstream's PodSecurity admission does. */
  readonly followNamespaces: boolean;
}

/** One method for each thing that happens. None throws; those on the path of a review take about a microsecond. */
export interface Metrics {
  readonly registry: Registry;
  reviewed(entry: ReviewEntry): void;
  /** A request that was no review. */
  badRequest(): void;
  /** A bug of ours, outside of a review. */
  fault(): void;
  /** A request was refused unread. */
  shed(reason: string): void;
  /** Adds a source for how many requests are being answered; it is called when metrics are scraped. */
  watchInFlight(count: () => number): void;
  /** The source for the longest delay of the event loop since its previous call, in seconds. The first one counts. */
  watchEventLoop(takeLongest: () => number): void;
  /** A set of policies is in force. */
  policiesLoaded(known: KnownPolicies): void;
  policyReloadFailed(): void;
  /** A certificate is in use. */
  certificateLoaded(expires: Date): void;
  certificateReloadFailed(): void;
}

/**
 * The metrics in `registry`, with those of the process. A registry may be passed in more than once: all then count into the
 * same series.
 */
export function createMetrics(registry: Registry, options: MetricsOptions): Metrics {
  const isNew = registry.getSingleMetric(METRICS.reviewSeconds.name) === undefined;
  if (isNew) addProcessMetrics(registry);
  gauge(registry, METRICS.buildInfo).set({ version: options.version, node: process.version }, 1);
  const inFlight = polledGauge(registry, METRICS.inFlight);
  const eventLoopLag = polledGauge(registry, METRICS.eventLoopLag);
  const reviews = reviewCounts(registry, options.kinds);
  const findings = new FindingCounts(registry);
  const injections = new InjectionCounts(registry);
  const podSecurity = new PodSecurityCounts(registry);
  const reviewSeconds = histogram(registry, METRICS.reviewSeconds);
  const phaseSeconds = histogram(registry, METRICS.phaseSeconds);
  const patchBytes = histogram(registry, METRICS.patchBytes);
  const shed = counter(registry, METRICS.shed);
  const shedReasons = new Set([...(options.shedReasons ?? []), OTHER]);
  const badRequests = counter(registry, METRICS.badRequests);
  const faults = counter(registry, METRICS.faults);
  const policiesLoaded = gauge(registry, METRICS.policiesLoaded);
  const policyGeneration = gauge(registry, METRICS.policyGeneration);
  const policyFailures = counter(registry, METRICS.policyReloadFailures);
  const certificateExpiry = gauge(registry, METRICS.certificateExpiry);
  const certificateFailures = counter(registry, METRICS.certificateReloadFailures);
  if (isNew) {
    for (const webhook of ['mutate', 'validate']) reviewSeconds.zero({ webhook });
    for (const phase of PHASES) phaseSeconds.zero({ phase });
  }
  for (const reason of shedReasons) shed.inc({ reason }, 0);

  return {
    registry,
    reviewed(entry) {
      const { webhook, decision, phases: times } = entry;
      reviews.count(webhook, entry.subject, decision);
      reviewSeconds.observe({ webhook }, entry.durationMs / 1000);
      if (times) {
        for (const phase of PHASES) if (times[phase] > 0) phaseSeconds.observe({ phase }, times[phase] / 1000);
      }
      if (!decision) {
        faults.inc();
        return;
      }
      for (const finding of decision.findings) findings.count(finding);
      injections.count(decision);
      if (decision.podSecurity) podSecurity.count(entry.subject, decision.podSecurity);
      if (webhook === 'mutate' && decision.verdict === 'allowed') patchBytes.observe(entry.patchBytes);
    },
    badRequest: () => badRequests.inc(),
    fault: () => faults.inc(),
    shed: (reason) => shed.inc({ reason: shedReasons.has(reason) ? reason : OTHER }),
    watchInFlight: (count) => inFlight.add(count),
    watchEventLoop(takeLongest) {
      if (!eventLoopLag.hasSource()) eventLoopLag.add(takeLongest);
    },
    policiesLoaded(known) {
      for (const finding of known.findings) findings.expect(finding);
      injections.expect(known.injections);
      reviews.learn(known.kinds ?? []);
      if (known.followNamespaces) podSecurity.expect();
      policiesLoaded.set(known.count);
      policyGeneration.inc();
    },
    policyReloadFailed: () => policyFailures.inc(),
    certificateLoaded: (expires) => certificateExpiry.set(expires.getTime() / 1000),
    certificateReloadFailed: () => certificateFailures.inc(),
  };
}
