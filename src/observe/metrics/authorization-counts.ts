// What is counted of the questions who may use a capability class, where there is a cluster to ask.
import type { Registry } from 'prom-client';
import { CLUSTER_METRICS as METRICS } from './cluster-definitions.ts';
import { counter, histogram } from './instruments.ts';

/** Called as questions are answered. */
export interface AuthorizationCounts {
  asked(outcome: string, durationMs: number): void;
  known(): void;
}

/**
 * Adds what there is to count of them.
 * @param outcomes the words that may come
 */
export function authorizationCounts(registry: Registry, outcomes: readonly string[]): AuthorizationCounts {
  const requests = counter(registry, METRICS.authorizationRequests);
  const hits = counter(registry, METRICS.authorizationCacheHits);
  const seconds = histogram(registry, METRICS.authorizationSeconds);
  for (const outcome of outcomes) requests.inc({ outcome }, 0);
  return {
    asked(outcome, durationMs) {
      requests.inc({ outcome });
      seconds.observe(durationMs / 1000);
    },
    known: () => hits.inc(),
  };
}
