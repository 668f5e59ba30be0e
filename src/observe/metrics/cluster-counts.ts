// What is counted of the live state of a cluster, where there is one.
import type { Registry } from 'prom-client';
import { OWN_KINDS } from '../../resources/index.ts';
import type { OwnKind } from '../../resources/kind.ts';
import {
  CLUSTER_METRICS as METRICS,
  refusedMetric,
  WATCH_METRICS,
  WEBHOOKS_REGISTERED,
} from './cluster-definitions.ts';
import { askWhenScraped, polledGauge } from './gauges.ts';
import { counter } from './instruments.ts';

/** What is known of one watch. */
export interface WatchedResource {
  readonly resource: string;
  readonly synced: boolean;
  /** On the clock of `performance.now()`. */
  readonly heardAt: number | undefined;
  readonly objects: number;
  readonly lists: number;
  readonly connections: number;
  readonly failures: number;
}

/** Where the numbers come from. */
export interface ClusterSources {
  /** Asked when scraped. */
  readonly watches: () => readonly WatchedResource[];
  /** How many objects of a kind are not in force as written. */
  readonly refused: (kind: OwnKind) => number;
  /** The words that may come. */
  readonly lookupOutcomes: readonly string[];
  readonly statusOutcomes: readonly string[];
}

/** Called as things happen. */
export interface ClusterCounts {
  lookedUp(outcome: string): void;
  lookedUpPod(outcome: string): void;
  wroteStatus(outcome: string): void;
}

/** Adds what there is to count of a cluster; once for a registry. */
export function clusterCounts(registry: Registry, sources: ClusterSources): ClusterCounts {
  const began = performance.now();
  const byResource = (definition: Parameters<typeof askWhenScraped>[1], value: (of: WatchedResource) => number): void =>
    askWhenScraped(registry, definition, () =>
      sources.watches().map((watch) => ({ labels: { resource: watch.resource }, value: value(watch) })),
    );
  byResource(WATCH_METRICS.watchSynced, ({ synced }) => (synced ? 1 : 0));
  byResource(WATCH_METRICS.watchStaleness, ({ heardAt = began }) => (performance.now() - heardAt) / 1000);
  byResource(WATCH_METRICS.watchedObjects, ({ objects }) => objects);
  byResource(WATCH_METRICS.watchLists, ({ lists }) => lists);
  byResource(WATCH_METRICS.watchConnections, ({ connections }) => connections);
  byResource(WATCH_METRICS.watchFailures, ({ failures }) => failures);
  for (const kind of OWN_KINDS) polledGauge(registry, refusedMetric(kind)).add(() => sources.refused(kind));
  const lookups = counter(registry, METRICS.namespaceLookups);
  const pods = counter(registry, METRICS.podLookups);
  const writes = counter(registry, METRICS.policyStatusWrites);
  for (const outcome of sources.lookupOutcomes) {
    lookups.inc({ outcome }, 0);
    pods.inc({ outcome }, 0);
  }
  for (const outcome of sources.statusOutcomes) writes.inc({ outcome }, 0);
  return {
    lookedUp: (outcome) => lookups.inc({ outcome }),
    lookedUpPod: (outcome) => pods.inc({ outcome }),
    wroteStatus: (outcome) => writes.inc({ outcome }),
  };
}

/** Adds whether the webhooks are registered; once for a registry. */
export function webhooksRegistered(registry: Registry, isRegistered: () => boolean): void {
  polledGauge(registry, WEBHOOKS_REGISTERED).add(() => (isRegistered() ? 1 : 0));
}
