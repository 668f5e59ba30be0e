// What rules may ask about RuntimeClasses and nodes, as a cluster tells it.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { fails, listOf, PATHS } from './fake-api-server.ts';
import { followed } from './followed.ts';
import { isolationPolicy, runtimeClass } from './objects.ts';

const { isolationpolicies: POLICIES, runtimeclasses: CLASSES } = PATHS;
const NODES = '/api/v1/nodes';
const ASKS = { runtime: { default: 'gvisor', exists: 'Deny', nodes: 'Warn' } };

function node(name: string, labels: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

function gvisor(selector: JsonObject): JsonObject {
  return { ...runtimeClass('gvisor'), handler: 'runsc', scheduling: { nodeSelector: selector } };
}

test('RuntimeClasses are known once they are listed, and their changes count', async () => {
  const { api, cluster, start, isReady } = await followed();
  const facts = () => cluster.gate().surroundings.cluster;
  expect(facts()?.runtimeClass('gvisor')).toBe(undefined);
  start();
  await expect.poll(isReady).toBe(true);
  expect(facts()?.runtimeClass('gvisor')).toBe('missing');
  api.put(CLASSES, gvisor({ pool: 'a' }));
  await expect
    .poll(() => facts()?.runtimeClass('gvisor'))
    .toMatchObject({ handler: 'runsc', nodeSelector: { pool: 'a' } });
  api.put(CLASSES, gvisor({ pool: 'b' }));
  await expect.poll(() => facts()?.runtimeClass('gvisor')).toMatchObject({ nodeSelector: { pool: 'b' } });
  api.remove(CLASSES, 'gvisor');
  await expect.poll(() => facts()?.runtimeClass('gvisor')).toBe('missing');
});

test('nodes are read only once a policy asks about them', async () => {
  const { api, cluster, start, isReady } = await followed();
  api.serve(NODES);
  api.put(NODES, node('one', { pool: 'a' }));
  api.put(CLASSES, gvisor({ pool: 'a' }));
  const hasNode = () => cluster.gate().surroundings.cluster?.hasNodeFor('gvisor');
  api.put(POLICIES, isolationPolicy('quiet', { runtime: { default: 'gvisor' } }));
  start();
  await expect.poll(isReady).toBe(true);
  await expect.poll(() => cluster.gate().policies.policies.length).toBe(1);
  expect(hasNode()).toBe(undefined);
  expect(api.asked.filter(({ path }) => path === NODES)).toEqual([]);
  api.put(POLICIES, isolationPolicy('asks', ASKS));
  await expect.poll(hasNode).toBe(true);
  expect(cluster.watches().map(({ resource }) => resource)).toContain('nodes');
  api.put(NODES, node('one', { pool: 'b' }));
  await expect.poll(hasNode).toBe(false);
  api.put(CLASSES, gvisor({ pool: 'b' }));
  await expect.poll(hasNode).toBe(true);
  api.remove(NODES, 'one');
  await expect.poll(hasNode).toBe(false);
});

test('nobody waits for nodes, and where they cannot be listed nothing is known of them', async () => {
  const { api, cluster, start, isReady } = await followed();
  api.put(CLASSES, gvisor({}));
  api.put(POLICIES, isolationPolicy('asks', ASKS));
  api.instead(listOf(NODES), fails(403, 'not yours'));
  start();
  await expect.poll(isReady).toBe(true);
  await expect.poll(() => api.asked.some(({ path }) => path === NODES)).toBe(true);
  expect(cluster.gate().surroundings.cluster?.hasNodeFor('gvisor')).toBe(undefined);
});

test('a policy in a file may ask about nodes as well', async () => {
  const files = [
    'apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: f }\nspec: { runtime: { nodes: Warn } }\n',
  ];
  const { api, cluster, start } = await followed({ files });
  api.serve(NODES);
  api.put(NODES, node('one', {}));
  api.put(CLASSES, gvisor({}));
  start();
  await expect.poll(() => cluster.gate().surroundings.cluster?.hasNodeFor('gvisor')).toBe(true);
});
