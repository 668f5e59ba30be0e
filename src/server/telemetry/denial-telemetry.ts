// What becomes of the events about what is refused, for the log and the metrics.
import { DENIAL_OUTCOMES, type DenialEventsListener } from '../../cluster/denials/denial-events.ts';
import type { Log } from '../../observe/log.ts';
import { denialCounts } from '../../observe/metrics/denial-counts.ts';
import { logFault } from '../review/faults.ts';
import type { Telemetry } from './telemetry.ts';

/** A listener that writes to this log, once for each time that events begin to fail, and counts. */
export function denialListener(log: Log, telemetry: Telemetry): DenialEventsListener {
  const count = telemetry.metrics && denialCounts(telemetry.metrics.registry, DENIAL_OUTCOMES);
  let fails = false;
  return {
    onOutcome(outcome, denials, problem) {
      count?.(outcome, denials);
      if (outcome === 'dropped') return;
      if (outcome === 'failed' && !fails) log.warn({ problem }, 'event not written');
      fails = outcome === 'failed';
    },
    onFault(fault) {
      logFault(log, fault, 'failed to write events');
      telemetry.observer.failed();
    },
  };
}
