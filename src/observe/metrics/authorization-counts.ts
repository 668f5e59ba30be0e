// What is counted of the questions who may use a capability class, where there is a cluster to ask.
import type { Registry } from 'prom-client';
import { CLUSTER_METRICS as METRICS } from './cluster-definitions.ts';
import { countFamily, distributionFamily } from './series.ts';

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
  const requests = countFamily(registry, METRICS.authorizationRequests);
  const hits = countFamily(registry, METRICS.authorizationCacheHits).series();
  const seconds = distributionFamily(registry, METRICS.authorizationSeconds).series();
  for (const outcome of outcomes) requests.series(outcome);
  return {
    asked(outcome, durationMs) {
      requests.series(outcome).value++;
      seconds.observe(durationMs / 1000);
    },
    known: () => void hits.value++,
  };
}
