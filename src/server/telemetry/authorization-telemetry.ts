// What becomes of the questions who may use a capability class, for the log and the metrics. However many fail, the log has
// one line when failures begin and one when they are over.
import type { Registry } from 'prom-client';
import { AUTHORIZATION_OUTCOMES, type AuthorizationEvents } from '../../cluster/authorization/authorization.ts';
import type { Log } from '../../observe/log.ts';
import { authorizationCounts } from '../../observe/metrics/authorization-counts.ts';

/** For so long no question may fail before it counts as recovered: some may fail for what is in them, among others that succeed. */
const QUIET_MS = 10_000;

/**
 * The listeners for one cluster.
 * @param registry where to count; nothing is counted where it is left out
 * @param now a clock that never goes back, in milliseconds
 */
export function authorizationEvents(
  log: Log,
  registry?: Registry,
  now: () => number = () => performance.now(),
): AuthorizationEvents {
  const counts = registry && authorizationCounts(registry, AUTHORIZATION_OUTCOMES);
  let failures = 0;
  let failedAt = 0;
  return {
    onAsked(outcome, durationMs, problem) {
      counts?.asked(outcome, durationMs);
      if (outcome === 'failed') {
        failedAt = now();
        failures++;
        if (failures === 1) log.warn({ problem }, 'authorization failing');
      } else if (failures > 0 && now() - failedAt >= QUIET_MS) {
        log.info({ failures }, 'authorization recovered');
        failures = 0;
      }
    },
    onKnown: () => counts?.known(),
  };
}
