// Everything that is counted and measured, in a registry that is passed in.
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { PHASES, type Phase } from '../model/phase.ts';
import type { ReviewEntry } from './log.ts';
import { METRICS } from './metrics/definitions.ts';
import { watchEventLoop } from './metrics/event-loop-lag.ts';
import { FindingCounts, type KnownFinding } from './metrics/finding-counts.ts';
import { gauge, polledGauge } from './metrics/gauges.ts';
import { InjectionCounts, type KnownInjection } from './metrics/injection-counts.ts';
import { PodSecurityCounts } from './metrics/pod-security-counts.ts';
import { type KindName, OTHER, reviewCounter } from './metrics/review-counts.ts';
import { countFamily, type Distribution, distributionFamily } from './metrics/series.ts';

export interface MetricsOptions {
  readonly version: string;
  /** The kinds that are counted under their own names. */
  readonly kinds: readonly KindName[];
  /** The reasons for which requests may be turned away. */
  readonly shedReasons?: readonly string[];
}

/** What a set of policies can find and fill in. */
export interface KnownPolicies {
  readonly count: number;
  readonly findings: Iterable<KnownFinding>;
  readonly injections: readonly KnownInjection[];
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
  /** A request was turned away unread. */
  shed(reason: string): void;
  /** Asked when scraped: how many requests are being answered. */
  watchInFlight(count: () => number): void;
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
  if (!registry.getSingleMetric('process_start_time_seconds')) collectDefaultMetrics({ register: registry });
  gauge(registry, METRICS.buildInfo).set({ version: options.version, node: process.version }, 1);
  const inFlight = polledGauge(registry, METRICS.inFlight);
  const eventLoopLag = polledGauge(registry, METRICS.eventLoopLag);
  if (!eventLoopLag.hasSource) eventLoopLag.add(watchEventLoop());
  const countReview = reviewCounter(countFamily(registry, METRICS.reviews), options.kinds);
  const findings = new FindingCounts(countFamily(registry, METRICS.findings));
  const injections = new InjectionCounts(countFamily(registry, METRICS.injections));
  const podSecurity = new PodSecurityCounts(registry);
  const durations = distributionFamily(registry, METRICS.reviewSeconds);
  const seconds = { mutate: durations.series('mutate'), validate: durations.series('validate') };
  const phases = distributionFamily(registry, METRICS.phaseSeconds);
  const phaseSeconds = PHASES.map((phase): [Phase, Distribution] => [phase, phases.series(phase)]);
  const patchBytes = distributionFamily(registry, METRICS.patchBytes).series();
  const shed = countFamily(registry, METRICS.shed);
  const shedReasons = [...(options.shedReasons ?? []), OTHER];
  const shedCounts = new Map(shedReasons.map((reason) => [reason, shed.series(reason)]));
  const otherShed = shed.series(OTHER);
  const badRequests = countFamily(registry, METRICS.badRequests).series();
  const faults = countFamily(registry, METRICS.faults).series();
  const policiesLoaded = gauge(registry, METRICS.policiesLoaded);
  const policyGeneration = gauge(registry, METRICS.policyGeneration);
  const policyFailures = countFamily(registry, METRICS.policyReloadFailures).series();
  const certificateExpiry = gauge(registry, METRICS.certificateExpiry);
  const certificateFailures = countFamily(registry, METRICS.certificateReloadFailures).series();

  return {
    registry,
    reviewed(entry) {
      const { webhook, decision, phases: times } = entry;
      countReview(webhook, entry.subject, decision);
      seconds[webhook].observe(entry.durationMs / 1000);
      if (times) {
        for (const [phase, series] of phaseSeconds) if (times[phase] > 0) series.observe(times[phase] / 1000);
      }
      if (!decision) {
        faults.value++;
        return;
      }
      for (const finding of decision.findings) findings.count(finding);
      injections.count(decision);
      if (decision.podSecurity) podSecurity.count(entry.subject, decision.podSecurity);
      if (webhook === 'mutate' && decision.verdict === 'allowed') patchBytes.observe(entry.patchBytes);
    },
    badRequest: () => void badRequests.value++,
    fault: () => void faults.value++,
    shed: (reason) => void (shedCounts.get(reason) ?? otherShed).value++,
    watchInFlight: (count) => inFlight.add(count),
    policiesLoaded(known) {
      for (const finding of known.findings) findings.expect(finding);
      injections.expect(known.injections);
      if (known.followNamespaces) podSecurity.expect();
      policiesLoaded.set(known.count);
      policyGeneration.inc();
    },
    policyReloadFailed: () => void policyFailures.value++,
    certificateLoaded: (expires) => certificateExpiry.set(expires.getTime() / 1000),
    certificateReloadFailed: () => void certificateFailures.value++,
  };
}
