// The usual metrics of a Node process.
import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Never, as far as a timer can say it. */
const NEVER_MS = 2 ** 31 - 1;

/** From a timer whose period they count as part of every delay; `sandgate_event_loop_lag_seconds` says it without. */
const FROM_A_TIMER = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];

/**
 * Adds `process_*` and `nodejs_*`, but not the distribution of the event loop's delays: the timer that prom-client takes it from
 * wakes an idle process, every 10 ms by default (siimon/prom-client, lib/metrics/eventLoopLag.js).
 */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const name of FROM_A_TIMER) registry.removeSingleMetric(`nodejs_eventloop_lag_${name}_seconds`);
}
