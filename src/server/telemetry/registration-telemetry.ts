// What becomes of the registration of our webhooks, for the log, the metrics and /readyz?verbose.
import type { Registration, RegistrationEvents } from '../../cluster/registration/registration.ts';
import type { Log } from '../../observe/log.ts';
import { webhooksRegistered } from '../../observe/metrics/cluster-counts.ts';
import type { Condition } from '../load/readiness.ts';
import type { Telemetry } from './telemetry.ts';

/** Listeners that write to this log; the metric is asked for when scraped. */
export function registrationEvents(
  registration: Registration,
  log: Log,
  telemetry: Telemetry,
  onMissing: RegistrationEvents['onMissing'],
): RegistrationEvents {
  const { metrics } = telemetry;
  if (metrics) webhooksRegistered(metrics.registry, () => registration.state !== 'waiting');
  return {
    onState(state, about) {
      if (state === 'registered') log.info({ about }, 'webhooks registered');
      else log.info({ about }, 'webhooks registered by others');
    },
    onProblem(problem, state) {
      if (state === 'waiting') log.warn({ problem }, 'webhooks not registered');
      else log.warn({ problem }, 'webhooks not kept up to date');
    },
    onUse(webhook, isUsed) {
      if (isUsed) log.info({ webhook }, 'webhook registered where it is used');
      else log.info({ webhook }, 'webhook removed that no policy uses');
    },
    onMissing,
    onDrift: (field, managers) => log.warn({ field, managers }, 'webhooks changed by others'),
  };
}

/** Holds while it is known what is registered. That nothing is does not make a replica unready: the API server has to reach it first. */
export function registrationCondition(registration: Registration): Condition {
  return {
    ...registration.condition,
    note() {
      const { state, problem } = registration;
      if (state === 'waiting') return `not registered: ${problem ?? 'not yet'}`;
      if (state === 'elsewhere') return 'registered by others';
      return problem === undefined ? undefined : `registered, and not kept up to date: ${problem}`;
    },
  };
}
