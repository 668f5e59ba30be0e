// What happens to a real API server, and what becomes of reviews meanwhile: they go on by what was known, and that can be
// seen; afterwards all is as if nothing had been.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { type ServedCluster, serveCluster } from '../../live/served-cluster.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { kubeconfigWith } from './our-access.ts';
import { judged, policyForTier } from './policies.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const RESOURCES = [
  'isolationpolicies.sandgate.dev',
  'capabilityclasses.sandgate.dev',
  'isolationexceptions.sandgate.dev',
  'workloadkinds.sandgate.dev',
  'namespaces',
  'runtimeclasses.node.k8s.io',
];

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  for (const definition of OWN_KINDS.map(definitionOf)) await installDefinition(plane, definition);
});

afterAll(async () => {
  await plane?.stop();
});

async function served(url = plane.url): Promise<ServedCluster> {
  const started = await serveCluster(await kubeconfigWith(plane, undefined, url));
  await expect.poll(started.readyz, { timeout: 30_000 }).toBe(200);
  return started;
}

async function staleness(of: ServedCluster): Promise<readonly number[]> {
  const metrics = await of.metrics();
  return RESOURCES.map((resource) => metrics.get(`sandgate_watch_staleness_seconds{resource="${resource}"}`) ?? NaN);
}

async function isAllowed(by: ServedCluster, namespace: string): Promise<boolean> {
  return (await judged(by, namespace)).allowed;
}

describe('the API server', () => {
  test('killed and started again: reviews go on, and afterwards changes count again', {
    timeout: 180_000,
  }, async () => {
    const server = await served();
    await expectOk(plane.admin.create(policyForTier('killed')));
    const inside = await createNamespace(plane, { tier: 'killed' });
    const outside = await createNamespace(plane);
    await expect.poll(() => isAllowed(server, inside), { timeout: 10_000 }).toBe(false);
    await plane.stopApiServer();
    await expect.poll(async () => Math.min(...(await staleness(server))), { timeout: 30_000 }).toBeGreaterThan(3);
    expect(await isAllowed(server, inside)).toBe(false);
    expect(await isAllowed(server, outside)).toBe(true);
    // Of what it has never seen it says so, and lets nothing in that a policy might refuse.
    const unknown = await judged(server, 'never-seen');
    expect([unknown.allowed, unknown.text.includes('namespace labels unknown')]).toEqual([false, true]);
    expect(await server.readyz()).toBe(200);
    await expect.poll(() => server.lines('watch failing')).toHaveLength(RESOURCES.length);

    await plane.startApiServer();
    const late = await createNamespace(plane, { tier: 'killed' });
    await expectOk(
      plane.admin.patch(
        { apiVersion: 'v1', kind: 'Namespace', name: inside },
        { metadata: { labels: { tier: null } } },
        'merge',
      ),
    );
    await expect.poll(() => isAllowed(server, inside), { timeout: 30_000 }).toBe(true);
    expect(await isAllowed(server, late)).toBe(false);
    await expect.poll(() => server.lines('watch recovered'), { timeout: 60_000 }).toHaveLength(RESOURCES.length);
    expect(Math.max(...(await staleness(server)))).toBeLessThan(60);
    await expectOk(plane.admin.delete(refOf(policyForTier('killed'))));
    await expect.poll(() => isAllowed(server, late), { timeout: 10_000 }).toBe(true);
  });

  test('that cannot reach etcd: likewise', { timeout: 180_000 }, async () => {
    const server = await served();
    await expectOk(plane.admin.create(policyForTier('frozen')));
    const inside = await createNamespace(plane, { tier: 'frozen' });
    await expect.poll(() => isAllowed(server, inside), { timeout: 10_000 }).toBe(false);
    plane.pauseEtcd();
    try {
      await expect.poll(async () => Math.min(...(await staleness(server))), { timeout: 30_000 }).toBeGreaterThan(8);
      expect(await isAllowed(server, inside)).toBe(false);
      const unknown = await judged(server, 'never-seen');
      expect(unknown.allowed).toBe(false);
      expect(await server.readyz()).toBe(200);
    } finally {
      plane.resumeEtcd();
    }
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: inside };
    await expect
      .poll(async () => (await plane.admin.patch(ref, { metadata: { labels: { tier: null } } }, 'merge')).status, {
        timeout: 60_000,
      })
      .toBe(200);
    await expect.poll(() => isAllowed(server, inside), { timeout: 60_000 }).toBe(true);
    await expectOk(plane.admin.delete(refOf(policyForTier('frozen'))));
  });
});

describe('the connection', () => {
  test('cut every second: changes count all the same', { timeout: 120_000 }, async () => {
    const proxy = await startTcpProxy(plane.url);
    const server = await served(proxy.url);
    await expectOk(plane.admin.create(policyForTier('cut')));
    const namespace = await createNamespace(plane);
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    const failures = async (): Promise<number> =>
      (await server.metrics()).get('sandgate_watch_failures_total{resource="namespaces"}') ?? 0;
    const cutting = setInterval(proxy.cut, 1000);
    try {
      for (let round = 0; (await failures()) < 6; round++) {
        const tier = round % 2 === 0 ? 'cut' : 'other';
        await expectOk(plane.admin.patch(ref, { metadata: { labels: { tier } } }, 'merge'));
        await expect.poll(() => isAllowed(server, namespace), { timeout: 20_000, interval: 20 }).toBe(tier !== 'cut');
      }
    } finally {
      clearInterval(cutting);
    }
    expect(await server.readyz()).toBe(200);
    await expectOk(plane.admin.delete(refOf(policyForTier('cut'))));
  });

  test('refused for a while, while a namespace and a policy go: they are gone afterwards', {
    timeout: 120_000,
  }, async () => {
    const proxy = await startTcpProxy(plane.url);
    const server = await served(proxy.url);
    await expectOk(plane.admin.create(policyForTier('gone')));
    const namespace = await createNamespace(plane, { tier: 'gone' });
    await expect.poll(() => isAllowed(server, namespace), { timeout: 10_000 }).toBe(false);
    proxy.refuse(true);
    proxy.cut();
    await expectOk(plane.admin.delete(refOf(policyForTier('gone'))));
    await expect.poll(() => server.lines('watch failing'), { timeout: 30_000 }).toHaveLength(RESOURCES.length);
    expect(await isAllowed(server, namespace)).toBe(false);
    proxy.refuse(false);
    await expect.poll(() => isAllowed(server, namespace), { timeout: 60_000 }).toBe(true);
  });

  test('on which nothing comes any more: noticed after a minute or so', { timeout: 240_000 }, async () => {
    const proxy = await startTcpProxy(plane.url);
    const server = await served(proxy.url);
    await expectOk(plane.admin.create(policyForTier('silent')));
    const namespace = await createNamespace(plane);
    await expect
      .poll(async () => (await server.metrics()).get('sandgate_policies_loaded'), { timeout: 10_000 })
      .toBe(1);
    expect(await isAllowed(server, namespace)).toBe(true);
    proxy.freeze();
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    await expectOk(plane.admin.patch(ref, { metadata: { labels: { tier: 'silent' } } }, 'merge'));
    expect(await isAllowed(server, namespace)).toBe(true);
    // The watch lasts 60 s at the most, and its end may be late by 15 s.
    await expect.poll(() => isAllowed(server, namespace), { timeout: 120_000, interval: 500 }).toBe(false);
    await expectOk(plane.admin.delete(refOf(policyForTier('silent'))));
  });
});
