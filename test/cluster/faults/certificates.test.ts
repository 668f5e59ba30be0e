// Certificates under load: rotated 50 times, and replaced by files that cannot be used. The API server goes on as if nothing
// were, by its own count, and so do clients that begin a new connection with every review.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { TlsClient } from '../../support/tls-client.ts';
import { at } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { podOf } from '../support/workloads.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { type Figures, tell } from './figures.ts';
import type { Instance } from './instance.ts';
import { keepAsking } from './keep-asking.ts';
import { nameShown, type TlsFolder } from './tls-folder.ts';
import { countedSince, noFailures, webhookCounts } from './webhook-counts.ts';

/** More than the API server keeps connections for when they are idle (25), so that it opens new ones all the time. */
const CREATORS = 40;
const ROTATIONS = 50;
/** What fails once has failed. */
const ONCE = { timeout: 300_000, retry: 0 };

let cluster: FaultCluster;
let folder: TlsFolder;
let sandgate: Instance;
/** In front of it, to count the connections of the API server. */
let wire: Balancer;
let namespace: string;
let good: Certificate;
let other: Certificate;
let expired: Certificate;

beforeAll(async () => {
  cluster = await startFaultCluster();
  [good, other, expired] = await Promise.all([
    cluster.issue('good'),
    cluster.issue('other'),
    cluster.issue('expired', new Date(Date.now() - 60_000)),
  ]);
  folder = await cluster.tlsFolder('first');
  [sandgate, wire, namespace] = await Promise.all([
    cluster.start({ tls: folder }),
    startBalancer(cluster.ca),
    createNamespace(cluster.plane),
  ]);
  wire.add(sandgate.url);
  await cluster.register(wire.url);
});

afterAll(async () => {
  wire?.stop();
  await cluster?.stop();
});

function failures(): Promise<number> {
  return sandgate.total('sandgate_certificate_reload_failures_total');
}

function expiry(): Promise<number> {
  return sandgate.total('sandgate_certificate_expiry_timestamp_seconds');
}

/** Creates a pod for show; what comes back has gone through both webhooks. */
async function createPod(): Promise<void> {
  const { body } = await expectOk(cluster.plane.admin.create(podOf(namespace, 'bare'), { dryRun: true }));
  if (at(body, 'spec', 'securityContext', 'runAsNonRoot') !== true) throw new Error('the pod is not filled in');
}

/** Sends a review over a connection of its own, after a handshake that checks the certificate. */
async function reviewAnew(): Promise<void> {
  const client = new TlsClient(sandgate.url, cluster.ca);
  try {
    const { status, text } = await client.post('/mutate?timeout=10s', BARE_POD);
    if (status !== 200) throw new Error(`${status}: ${text}`);
  } finally {
    client.close();
  }
}

/** Does something while pods are created and reviews sent; returns what became of these. */
async function underLoad(work: () => Promise<void>): Promise<Figures> {
  const before = await webhookCounts(cluster.plane);
  const connections = wire.accepted();
  const creating = keepAsking(CREATORS, createPod);
  const reviewing = keepAsking(2, reviewAnew);
  try {
    await work();
  } finally {
    await Promise.all([creating.stop(), reviewing.stop()]);
  }
  const [created, reviewed] = await Promise.all([creating.stop(), reviewing.stop()]);
  const counted = countedSince(before, await webhookCounts(cluster.plane));
  expect([created.failures, reviewed.failures]).toEqual([{}, {}]);
  // Each pod is asked about twice: filled in, judged.
  expect(counted).toEqual(noFailures(2 * created.count));
  expect([wire.refused(), wire.lost()]).toEqual([0, []]);
  return {
    pods: created.count,
    'reviews by the API server': 2 * created.count,
    'its connections': wire.accepted() - connections,
    'reviews with a handshake each': reviewed.count,
  };
}

test(`rotated ${ROTATIONS} times under load: no review fails`, ONCE, async () => {
  const pairs = await Promise.all(Array.from({ length: ROTATIONS }, (_, round) => cluster.issue(`rotation-${round}`)));
  const start = performance.now();
  const figures = await underLoad(async () => {
    for (const [round, pair] of pairs.entries()) {
      // Each second time as by somebody who writes the certificate, and only then its key.
      if (round % 2 === 1) folder.swap({ cert: pair.cert, key: other.key });
      folder.swap(pair);
      await expect
        .poll(() => nameShown(sandgate.url, cluster.ca), { timeout: 20_000, interval: 20 })
        .toBe(`rotation-${round}`);
    }
  });
  const seconds = (performance.now() - start) / 1000;
  expect(await failures()).toBe(0);
  tell('certificate rotated', { times: ROTATIONS, seconds: Math.round(seconds), ...figures });
});

describe('files that cannot be used: the pair from before is served, and a metric says so', () => {
  const spoilers: readonly [string, () => Certificate][] = [
    ['an empty certificate', () => ({ ...other, cert: '' })],
    ['an empty key', () => ({ ...other, key: '' })],
    ['a truncated certificate', () => ({ ...other, cert: other.cert.slice(0, 300) })],
    ['a truncated key', () => ({ ...other, key: other.key.slice(0, 100) })],
    ["another certificate's key", () => ({ ...other, key: good.key })],
    ['an expired certificate', () => expired],
  ];

  test.each(spoilers)('the pair from before is served after %s', { timeout: 120_000 }, async (what, spoiled) => {
    folder.swap(good);
    await expect.poll(() => nameShown(sandgate.url, cluster.ca), { timeout: 20_000 }).toBe('good');
    const [before, servedUntil] = await Promise.all([failures(), expiry()]);
    const figures = await underLoad(async () => {
      folder.swap(spoiled());
      await expect.poll(failures, { timeout: 30_000 }).toBe(before + 1);
      expect(await nameShown(sandgate.url, cluster.ca)).toBe('good');
      expect(await expiry()).toBe(servedUntil);
      folder.swap(other);
      await expect.poll(() => nameShown(sandgate.url, cluster.ca), { timeout: 20_000 }).toBe('other');
    });
    expect(await failures()).toBe(before + 1);
    tell(`certificate files: ${what}`, figures);
  });
});
