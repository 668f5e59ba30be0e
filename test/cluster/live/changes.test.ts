// What is changed in a real cluster while reviews keep coming: in force within a second, and never half.

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { webhookConfigurations } from '../../../scripts/registration.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { type ServedCluster, serveCluster } from '../../live/served-cluster.ts';
import { at } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { kubeconfigWith } from './our-access.ts';
import { accepted, BROKEN, judged, policy, policyForTier, RESTRICTED } from './policies.ts';
import { startTcpProxy } from './tcp-proxy.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  for (const definition of OWN_KINDS.map(definitionOf)) await installDefinition(plane, definition);
});

afterAll(async () => {
  await plane?.stop();
});

async function served(url?: string): Promise<ServedCluster> {
  const started = await serveCluster(await kubeconfigWith(plane, undefined, url));
  await expect.poll(started.readyz, { timeout: 30_000 }).toBe(200);
  return started;
}

async function put(...args: Parameters<typeof policy>): Promise<void> {
  await expectOk(plane.admin.apply(policy(...args), { force: true }));
}

interface Asked {
  readonly count: number;
  /** What was no verdict. */
  readonly failures: readonly unknown[];
  readonly allowed: readonly boolean[];
}

/** Asks for a verdict again and again, until the function it returns is called. */
function keepAsking(of: ServedCluster, namespace: string): () => Promise<Asked> {
  const end = new AbortController();
  const failures: unknown[] = [];
  const allowed = new Set<boolean>();
  let count = 0;
  async function ask(): Promise<void> {
    while (!end.signal.aborted) {
      await judged(of, namespace).then(
        (verdict) => allowed.add(verdict.allowed),
        (error: unknown) => failures.push(error),
      );
      count++;
    }
  }
  const asking = Array.from({ length: 4 }, ask);
  return async () => {
    end.abort();
    await Promise.all(asking);
    return { count, failures, allowed: [...allowed] };
  };
}

function podIn(namespace: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: 'unsafe' },
    spec: { hostPID: true, containers: [{ name: 'app', image: 'example.com/app:1' }] },
  };
}

describe('a policy', () => {
  test('that is made, changed, broken, mended and deleted, under load', { timeout: 120_000 }, async () => {
    const server = await served();
    const namespace = await createNamespace(plane, { tier: 'changing' });
    const ref = refOf(policyForTier('changing'));
    const stop = keepAsking(server, namespace);
    const isAllowed = async (): Promise<boolean> => (await judged(server, namespace)).allowed;
    const within = { timeout: 5000, interval: 20 };

    await expectOk(plane.admin.create(policyForTier('changing')));
    await expect.poll(isAllowed, within).toBe(false);
    await expect
      .poll(() => accepted(plane, 'changing'), { timeout: 10_000 })
      .toMatchObject({
        status: 'True',
        reason: 'Accepted',
        observedGeneration: 1,
      });
    const { stdout } = await plane.kubectl(['get', 'isolationpolicies', 'changing', '--no-headers']);
    expect(stdout).toMatch(/^changing\s+.*restricted\s+True\s+Accepted/);

    await expectOk(
      plane.admin.apply(policyForTier('changing', { podSecurity: { level: 'privileged' } }), { force: true }),
    );
    await expect.poll(isAllowed, within).toBe(true);
    await expectOk(plane.admin.apply(policyForTier('changing'), { force: true }));
    await expect.poll(isAllowed, within).toBe(false);

    await expectOk(plane.admin.apply(policyForTier('changing', BROKEN), { force: true }));
    await expect
      .poll(() => accepted(plane, 'changing'), { timeout: 10_000 })
      .toMatchObject({
        status: 'False',
        reason: 'Invalid',
        observedGeneration: 4,
      });
    expect(await isAllowed()).toBe(false);
    await expectOk(
      plane.admin.apply(policyForTier('changing', { podSecurity: { level: 'privileged' } }), { force: true }),
    );
    await expect.poll(isAllowed, within).toBe(true);
    await expect.poll(() => accepted(plane, 'changing'), { timeout: 10_000 }).toMatchObject({ status: 'True' });

    await expectOk(plane.admin.apply(policyForTier('changing'), { force: true }));
    await expect.poll(isAllowed, within).toBe(false);
    await expectOk(plane.admin.delete(ref));
    await expect.poll(isAllowed, within).toBe(true);
    const { count, failures } = await stop();
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(100);
  });

  test('200 edits, half of them broken, under load: it holds all the time', { timeout: 180_000 }, async () => {
    const server = await served();
    const namespace = await createNamespace(plane, { tier: 'edited' });
    await expectOk(plane.admin.create(policyForTier('edited')));
    await expect.poll(async () => (await judged(server, namespace)).allowed, { timeout: 10_000 }).toBe(false);
    const stop = keepAsking(server, namespace);
    for (let edit = 0; edit < 200; edit++) {
      const spec = edit % 2 === 0 ? { ...RESTRICTED, priority: edit } : { ...BROKEN, priority: edit };
      await expectOk(plane.admin.apply(policyForTier('edited', spec), { force: true }));
    }
    await expect
      .poll(() => accepted(plane, 'edited'), { timeout: 30_000 })
      .toMatchObject({ status: 'False', observedGeneration: 201 });
    const { count, failures, allowed } = await stop();
    expect(failures).toEqual([]);
    expect(allowed).toEqual([false]);
    expect(count).toBeGreaterThan(200);
    await expectOk(plane.admin.delete(refOf(policyForTier('edited'))));
  });

  test('that names a RuntimeClass which is not there says so until it is', async () => {
    const server = await served();
    await put('runtime', { runtime: { default: 'gvisor' }, validationActions: ['Audit'] });
    const message = async (): Promise<string> => String(at(await accepted(plane, 'runtime'), 'message'));
    await expect.poll(message, { timeout: 10_000 }).toContain('RuntimeClass "gvisor" does not exist');
    const gvisor = {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'gvisor' },
      handler: 'runsc',
    };
    await expectOk(plane.admin.create(gvisor));
    await expect.poll(message, { timeout: 20_000 }).not.toContain('RuntimeClass');
    await expect.poll(() => server.lines('runtime class not found')).toMatchObject([{ policy: 'runtime' }]);
    await expectOk(plane.admin.delete(refOf(policy('runtime', {}))));
  });

  test('the status is written once by three replicas, and stays', { timeout: 120_000 }, async () => {
    const replicas = [await served(), await served(), await served()];
    await put('three', { ...RESTRICTED, validationActions: ['Audit'] });
    await expect.poll(() => accepted(plane, 'three'), { timeout: 10_000 }).toMatchObject({ status: 'True' });
    const version = async (): Promise<unknown> =>
      at((await expectOk(plane.admin.get(refOf(policy('three', {}))))).body, 'metadata', 'resourceVersion');
    const written = await version();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(await version()).toBe(written);
    const writes = await Promise.all(
      replicas.map(async (replica) =>
        (await replica.metrics()).get('sandgate_policy_status_writes_total{outcome="written"}'),
      ),
    );
    expect(writes.reduce((sum = 0, count = 0) => sum + count, 0)).toBe(1);
    await expectOk(plane.admin.delete(refOf(policy('three', {}))));
  });
});

describe('a namespace', () => {
  test('whose labels change is judged by the new ones', async () => {
    const server = await served();
    await expectOk(plane.admin.create(policyForTier('labels')));
    const namespace = await createNamespace(plane);
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    const isAllowed = async (): Promise<boolean> => (await judged(server, namespace)).allowed;
    expect(await isAllowed()).toBe(true);
    await expectOk(plane.admin.patch(ref, { metadata: { labels: { tier: 'labels' } } }, 'merge'));
    await expect.poll(isAllowed, { timeout: 5000, interval: 20 }).toBe(false);
    await expectOk(plane.admin.patch(ref, { metadata: { labels: { tier: null } } }, 'merge'));
    await expect.poll(isAllowed, { timeout: 5000, interval: 20 }).toBe(true);
    await expectOk(plane.admin.delete(refOf(policyForTier('labels'))));
  });

  test('that the watch does not tell of is looked up', async () => {
    const proxy = await startTcpProxy(plane.url);
    const server = await served(proxy.url);
    await expectOk(plane.admin.create(policyForTier('looked-up')));
    await expect
      .poll(async () => (await server.metrics()).get('sandgate_policies_loaded'), { timeout: 10_000 })
      .toBe(1);
    proxy.freeze();
    const inside = await createNamespace(plane, { tier: 'looked-up' });
    const outside = await createNamespace(plane, { tier: 'other' });
    expect((await judged(server, inside)).allowed).toBe(false);
    expect((await judged(server, outside)).allowed).toBe(true);
    expect((await server.metrics()).get('sandgate_namespace_lookups_total{outcome="found"}')).toBe(2);
    const nowhere = await judged(server, 'nowhere');
    expect(nowhere.allowed).toBe(false);
    expect(nowhere.text).toContain('namespace labels unknown');
    expect((await server.metrics()).get('sandgate_namespace_lookups_total{outcome="absent"}')).toBe(1);
    await expectOk(plane.admin.delete(refOf(policyForTier('looked-up'))));
  });

  test('is known to the pod that follows at once, through the real webhook', { timeout: 120_000 }, async () => {
    const server = await served();
    await expectOk(plane.admin.create(policyForTier('following')));
    const { mutating, validating } = webhookConfigurations({
      name: 'following',
      clientConfig: (path) => ({
        url: server.url + path,
        caBundle: Buffer.from(server.certificate.cert).toString('base64'),
      }),
      timeoutSeconds: { fill: 10, enforce: 10 },
    });
    onTestFinished(async () => {
      await plane.admin.delete(refOf(mutating));
      await plane.admin.delete(refOf(validating));
    });
    await expectOk(plane.admin.create(mutating));
    await expectOk(plane.admin.create(validating));
    const first = await createNamespace(plane, { tier: 'following' });
    await waitFor(async () => (await plane.admin.create(podIn(first), { dryRun: true })).status === 403, {
      within: 30_000,
      what: 'the webhooks are in effect',
    });
    for (let round = 0; round < 25; round++) {
      const name = `follow-${round}`;
      const isInside = round % 2 === 0;
      const labels = isInside ? { tier: 'following' } : {};
      await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }));
      await createServiceAccount(plane, name, 'default');
      const { status, body } = await plane.admin.create(podIn(name));
      expect([name, status]).toEqual([name, isInside ? 403 : 201]);
      if (isInside) expect(at(body, 'message')).toContain('violates PodSecurity "restricted:latest": host namespaces');
    }
  });
});
