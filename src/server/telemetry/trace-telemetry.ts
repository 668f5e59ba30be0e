// What becomes of traces, for the log and the metrics.
import type { Log } from '../../observe/log.ts';
import { TRACED_REVIEWS } from '../../observe/metrics/definitions.ts';
import { counter } from '../../observe/metrics/instruments.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { TRACE_OUTCOMES } from '../../observe/traces/exporter.ts';
import type { TraceSettings } from '../../observe/traces/settings.ts';
import { createTraces, type Traces } from '../../observe/traces/traces.ts';
import { logFault } from '../review/faults.ts';

/** Traces whose export is logged, once for each time that it begins to fail, and counted. */
export function startTraces(settings: TraceSettings, log: Log, metrics: Metrics | undefined): Traces {
  const traced = metrics && counter(metrics.registry, TRACED_REVIEWS);
  for (const outcome of TRACE_OUTCOMES) traced?.inc({ outcome }, 0);
  let fails = false;
  return createTraces(settings, {
    onOutcome(outcome, reviews, problem) {
      traced?.inc({ outcome }, reviews);
      if (outcome === 'dropped') return;
      if (outcome === 'failed' && !fails) log.warn({ problem }, 'traces not exported');
      fails = outcome === 'failed';
    },
    onFault(fault) {
      logFault(log, fault, 'failed to export traces');
      metrics?.fault();
    },
  });
}
