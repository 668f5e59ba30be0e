// Events about what is refused, as kubectl shows them: on the controller whose pods do not come, or on the namespace.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { AGENTS_TIER, type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { EVENT_RULES, reviewed } from '../support/sandgate.ts';

const SOON = { timeout: 30_000, interval: 200 };
const PRIVILEGED = { containers: [{ name: 'a', image: 'b', securityContext: { privileged: true } }] };

let cluster: GatedCluster;
let plane: ControlPlane;

beforeAll(async () => {
  cluster = await startGatedCluster({
    controllerManager: true,
    serve: { args: ['--denial-events'], rules: EVENT_RULES },
    sideEffects: 'NoneOnDryRun',
  });
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

/** Our events in a namespace. */
async function eventsIn(namespace: string): Promise<readonly unknown[]> {
  const { stdout } = await plane.kubectl(['get', 'events', '-n', namespace, '-o', 'json']);
  return listAt(JSON.parse(stdout), 'items').filter((event) => at(event, 'source', 'component') === 'sandgate');
}

function podIn(namespace: string, name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec: PRIVILEGED };
}

describe('a Deployment whose pods are refused', () => {
  test('kubectl describe of its ReplicaSet says why; one event counts all attempts', async () => {
    const namespace = await createNamespace(plane, AGENTS_TIER);
    const labels = { app: 'web' };
    await expectOk(
      plane.admin.create({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace, name: 'web' },
        spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: PRIVILEGED } },
      }),
    );
    await expect
      .poll(() => eventsIn(namespace), SOON)
      .toMatchObject([
        { involvedObject: { kind: 'ReplicaSet', namespace }, reason: 'PolicyViolation', type: 'Warning' },
      ]);
    // The controller tries again, each time later, with a pod of another name.
    await expect
      .poll(async () => Number(at((await eventsIn(namespace))[0], 'count')), { timeout: 90_000 })
      .toBeGreaterThan(3);
    expect(await eventsIn(namespace)).toHaveLength(1);
    const { stdout } = await plane.kubectl(['describe', 'replicaset', '-n', namespace, '-l', 'app=web']);
    expect(stdout).toMatch(
      /Warning\s+PolicyViolation\s+\S+ \(x\d+ over \S+\)\s+sandgate\s+pods "web-\S+" is forbidden: violates PodSecurity/,
    );
  });
});

test('a pod that somebody makes is told of on the namespace, and a dry run is not', async () => {
  const namespace = await createNamespace(plane, AGENTS_TIER);
  const dry = await plane.admin.create(podIn(namespace, 'dry'), { dryRun: true });
  expect(dry.status).toBe(403);
  await reviewed(cluster.sandgate, { namespace, name: 'dry', verdict: 'denied', dryRun: true });
  expect((await plane.admin.create(podIn(namespace, 'wet'))).status).toBe(403);
  await expect
    .poll(() => eventsIn(namespace), SOON)
    .toMatchObject([{ involvedObject: { kind: 'Namespace', name: namespace }, count: 1 }]);
  expect(String(at((await eventsIn(namespace))[0], 'message'))).toMatch(/^pods "wet" is forbidden: /);
  const { stdout } = await plane.kubectl(['events', '-n', namespace, '--for', `namespace/${namespace}`]);
  expect(stdout).toContain('pods "wet" is forbidden');
});

test('an update that is refused is told of on the object', async () => {
  const namespace = await createNamespace(plane, AGENTS_TIER);
  const spec = { containers: [{ name: 'a', image: 'example.com/app:1' }] };
  await expectOk(plane.admin.create({ ...podIn(namespace, 'runs'), spec }));
  const debug = { name: 'debug', image: 'b', securityContext: { privileged: true } };
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'runs' };
  const { status } = await plane.admin.patch(ref, { spec: { ephemeralContainers: [debug] } }, 'strategic', {
    subresource: 'ephemeralcontainers',
  });
  expect(status).toBe(403);
  await expect.poll(() => eventsIn(namespace), SOON).toMatchObject([{ involvedObject: { kind: 'Pod', name: 'runs' } }]);
  const { stdout } = await plane.kubectl(['describe', 'pod', 'runs', '-n', namespace]);
  expect(stdout).toMatch(/Warning\s+PolicyViolation/);
});

/** An owner that a pod may say it has. */
function ownerOf(index: number): JsonObject {
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `r${index}`, uid: `u-${index}`, controller: true };
}

test('a thousand refusals make a few events, and no review waits for them', async () => {
  const namespace = await createNamespace(plane, AGENTS_TIER);
  const statuses = new Set<number>();
  for (let round = 0; round < 20; round++) {
    const asked = Array.from({ length: 50 }, (_, index) => {
      const pod = podIn(namespace, `p${index}`);
      const metadata = { namespace, name: `p${index}`, ownerReferences: [ownerOf(round * 50 + index)] };
      return plane.admin.create({ ...pod, metadata });
    });
    for (const { status } of await Promise.all(asked)) statuses.add(status);
  }
  expect([...statuses]).toEqual([403]);
  await expect.poll(async () => (await eventsIn(namespace)).length, SOON).toBeGreaterThanOrEqual(10);
  // So many at once, and one more every ten seconds.
  expect((await eventsIn(namespace)).length).toBeLessThan(20);
});
