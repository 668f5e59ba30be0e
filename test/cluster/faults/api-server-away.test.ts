// The API server killed and started again, etcd paused, the connection cut every second. Reviews are sent to Sandgate directly,
// since nobody else can send any, and go on with what was known last; how old that is can be seen, and afterwards changes
// count again, without a restart.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { withRequest } from '../../support/reviews.ts';
import { at } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { policyForTier } from '../live/policies.ts';
import { startTcpProxy } from '../live/tcp-proxy.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { tell } from './figures.ts';
import type { Instance } from './instance.ts';
import { type Asked, keepAsking } from './keep-asking.ts';

const RESOURCES = ['namespaces', 'isolationpolicies.sandgate.dev', 'runtimeclasses.node.k8s.io'];
const KILLS = 3;
const CUTS = 15;
/** Between two questions: the API server has to come back beside them. */
const REST_MS = 10;

let cluster: FaultCluster;
let sandgate: Instance;
/** In it an unsafe pod is refused, and out of it let in. Neither changes but where a test changes it. */
let inside: string;
let outside: string;
/** When the last fault of the API server itself was over. */
let resumedAt = 0;

beforeAll(async () => {
  cluster = await startFaultCluster({ withPolicy: false });
  await expectOk(cluster.plane.admin.create(policyForTier('judged')));
  [sandgate, inside, outside] = await Promise.all([
    cluster.start(),
    createNamespace(cluster.plane, { tier: 'judged' }),
    createNamespace(cluster.plane),
  ]);
});

afterAll(async () => {
  await cluster?.stop();
});

async function isAllowed(namespace: string, by = sandgate): Promise<boolean> {
  const { status, body, text } = await by.client.post('/validate?timeout=10s', withRequest(UNSAFE_POD, { namespace }));
  const allowed = at(body, 'response', 'allowed');
  if (status !== 200 || typeof allowed !== 'boolean') throw new Error(`${status}: ${text}`);
  return allowed;
}

/** Does something while reviews are sent; each has to say what was known before. */
async function underLoad(by: Instance, work: () => Promise<void>): Promise<Asked> {
  async function ask(): Promise<void> {
    const verdicts = await Promise.all([isAllowed(inside, by), isAllowed(outside, by)]);
    if (verdicts[0] || !verdicts[1]) throw new Error(`allowed inside: ${verdicts[0]}, outside: ${verdicts[1]}`);
  }
  const reviewing = keepAsking(4, ask, REST_MS);
  try {
    await work();
  } finally {
    await reviewing.stop();
  }
  const asked = await reviewing.stop();
  expect(asked.failures).toEqual({});
  expect(asked.count).toBeGreaterThan(100);
  return asked;
}

/** In seconds, of what is best known and of what is least known. */
async function staleness(of = sandgate): Promise<{ readonly least: number; readonly most: number }> {
  const metrics = await of.metrics();
  const all = RESOURCES.map((name) => metrics.get(`sandgate_watch_staleness_seconds{resource="${name}"}`) ?? NaN);
  return { least: Math.min(...all), most: Math.max(...all) };
}

/** When, of what was heard of least lately. */
async function lastHeardOf(): Promise<number> {
  return performance.now() - 1000 * (await staleness()).most;
}

function failures(of = sandgate): Promise<number> {
  return of.total('sandgate_watch_failures_total');
}

let changes = 0;

/** Stores a change of each kind; resolves with the milliseconds until both count. */
async function untilChangesCount(by = sandgate): Promise<number> {
  const { admin } = cluster.plane;
  const tier = `change-${++changes}`;
  const namespace = await createNamespace(cluster.plane, { tier });
  expect(await isAllowed(namespace, by)).toBe(true);
  const start = performance.now();
  await expectOk(admin.create(policyForTier(tier)));
  await expect.poll(() => isAllowed(namespace, by), { timeout: 60_000, interval: 20 }).toBe(false);
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  await expectOk(admin.patch(ref, { metadata: { labels: { tier: null } } }, 'merge'));
  await expect.poll(() => isAllowed(namespace, by), { timeout: 60_000, interval: 20 }).toBe(true);
  return Math.round(performance.now() - start);
}

test(`the API server killed and started again ${KILLS} times`, { timeout: 240_000 }, async () => {
  const recoveries: number[] = [];
  const stale: number[] = [];
  const asked = await underLoad(sandgate, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await failures();
      await cluster.plane.stopApiServer();
      await expect.poll(async () => (await staleness()).least, { timeout: 30_000 }).toBeGreaterThan(3);
      expect(await failures()).toBeGreaterThan(before);
      expect(await sandgate.readyz()).toBe(200);
      stale.push((await staleness()).most);
      await cluster.plane.startApiServer();
      recoveries.push(await untilChangesCount());
    }
  });
  tell('API server killed', {
    times: KILLS,
    reviews: 2 * asked.count,
    'seconds stale before it came back': stale.map(Math.round),
    'ms from its being ready until changes count': recoveries,
  });
});

test('etcd paused: the API server accepts requests and says nothing', { timeout: 240_000 }, async () => {
  let stale = 0;
  let recovery = 0;
  const asked = await underLoad(sandgate, async () => {
    cluster.plane.pauseEtcd();
    try {
      await expect.poll(async () => (await staleness()).least, { timeout: 90_000 }).toBeGreaterThan(8);
      stale = (await staleness()).most;
      expect(await sandgate.readyz()).toBe(200);
    } finally {
      cluster.plane.resumeEtcd();
      resumedAt = performance.now();
    }
    const isBack = async (): Promise<number> => (await cluster.plane.admin.request('GET', '/readyz')).status;
    await expect.poll(isBack, { timeout: 60_000 }).toBe(200);
    recovery = await untilChangesCount();
  });
  tell('etcd paused', {
    reviews: 2 * asked.count,
    'seconds stale': Math.round(stale),
    'ms from the API server being ready until changes count': recovery,
  });
});

// The proxy is on loopback and passes bytes on; once a second it resets every connection that goes through it.
test(`the connection to the API server cut every second, ${CUTS} times`, { timeout: 240_000 }, async () => {
  const proxy = await startTcpProxy(cluster.plane.url);
  const behind = await cluster.start({ apiServer: proxy.url });
  const before = await failures(behind);
  const cuts = { count: 0 };
  const delays: number[] = [];
  const cutting = setInterval(() => {
    cuts.count++;
    proxy.cut();
  }, 1000);
  try {
    const asked = await underLoad(behind, async () => {
      while (cuts.count < CUTS) delays.push(await untilChangesCount(behind));
    });
    expect(await failures(behind)).toBeGreaterThanOrEqual(before + CUTS);
    expect(await behind.readyz()).toBe(200);
    tell('connection cut every second', {
      times: cuts.count,
      reviews: 2 * asked.count,
      'watches that failed': (await failures(behind)) - before,
      'changes of a policy and a namespace': delays.length,
      'ms until both counted, at the worst': Math.max(...delays),
    });
  } finally {
    clearInterval(cutting);
  }
});

test('afterwards it is the same process, and has been told of everything it follows', {
  timeout: 180_000,
}, async () => {
  await expect.poll(lastHeardOf, { timeout: 120_000 }).toBeGreaterThan(resumedAt);
  expect(sandgate.hasExited()).toBe(false);
  expect(await sandgate.total('sandgate_faults_total')).toBe(0);
});
