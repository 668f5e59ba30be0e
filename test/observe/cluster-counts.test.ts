// What is counted of a cluster: all of the table, from the start, and as it is when asked.
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { DENIAL_OUTCOMES } from '../../src/cluster/denials/denial-events.ts';
import { LOOKUP_OUTCOMES, STATUS_OUTCOMES } from '../../src/cluster/outcomes.ts';
import { clusterCounts, type WatchedResource, webhooksRegistered } from '../../src/observe/metrics/cluster-counts.ts';
import { ALL_CLUSTER_METRICS } from '../../src/observe/metrics/cluster-definitions.ts';
import { denialCounts } from '../../src/observe/metrics/denial-counts.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import { seriesOf } from '../support/scrape.ts';

const NAMESPACES: WatchedResource = {
  resource: 'namespaces',
  synced: false,
  heardAt: undefined,
  objects: 0,
  lists: 0,
  connections: 0,
  failures: 3,
};

test('every metric of the table is there, and none beside them', async () => {
  const registry = new Registry();
  let watches: readonly WatchedResource[] = [NAMESPACES];
  const counts = clusterCounts(registry, {
    watches: () => watches,
    refused: (kind) => (kind === ISOLATION_POLICY ? 2 : 3),
    lookupOutcomes: LOOKUP_OUTCOMES,
    statusOutcomes: STATUS_OUTCOMES,
  });
  webhooksRegistered(registry, () => false);
  const denied = denialCounts(registry, DENIAL_OUTCOMES);
  denied('dropped', 3);
  // Those of authorization are counted by somebody else.
  const definitions = ALL_CLUSTER_METRICS.filter(({ name }) => !name.startsWith('sandgate_authorization_'));
  const scrape = await registry.metrics();
  expect(registry.getMetricsAsArray()).toHaveLength(definitions.length);
  for (const { name, type, help } of definitions)
    expect(scrape).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}`);

  const before = seriesOf(scrape);
  expect(before.get('sandgate_denial_events_total{outcome="dropped"}')).toBe(3);
  expect(before.get('sandgate_denial_events_total{outcome="told"}')).toBe(0);
  expect(before.get('sandgate_watch_synced{resource="namespaces"}')).toBe(0);
  expect(before.get('sandgate_watch_failures_total{resource="namespaces"}')).toBe(3);
  // Counted from the start where nothing was ever heard.
  expect(before.get('sandgate_watch_staleness_seconds{resource="namespaces"}')).toBeGreaterThanOrEqual(0);
  expect(before.get('sandgate_policies_refused')).toBe(2);
  expect(before.get('sandgate_webhooks_registered')).toBe(0);
  expect(before.get('sandgate_capability_classes_refused')).toBe(3);
  for (const outcome of LOOKUP_OUTCOMES) {
    expect(before.get(`sandgate_namespace_lookups_total{outcome="${outcome}"}`)).toBe(0);
  }
  for (const outcome of STATUS_OUTCOMES) {
    expect(before.get(`sandgate_policy_status_writes_total{outcome="${outcome}"}`)).toBe(0);
  }

  watches = [{ ...NAMESPACES, synced: true, heardAt: performance.now() - 90_000, objects: 7 }];
  counts.lookedUp('found');
  counts.wroteStatus('conflict');
  const after = seriesOf(await registry.metrics());
  expect(after.get('sandgate_watch_synced{resource="namespaces"}')).toBe(1);
  expect(after.get('sandgate_watch_staleness_seconds{resource="namespaces"}')).toBeGreaterThanOrEqual(90);
  expect(after.get('sandgate_watched_objects{resource="namespaces"}')).toBe(7);
  expect(after.get('sandgate_namespace_lookups_total{outcome="found"}')).toBe(1);
  expect(after.get('sandgate_policy_status_writes_total{outcome="conflict"}')).toBe(1);
});
