// Three Sandgates behind a balancer, replaced one by one as a Deployment does it, ten times over, under load: the API server
// counts no failed review.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { podOf, UNSAFE } from '../support/workloads.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { tell } from './figures.ts';
import type { Instance } from './instance.ts';
import { keepAsking } from './keep-asking.ts';
import { countedSince, failedCalls, noFailures, webhookCounts } from './webhook-counts.ts';

const REPLICAS = 3;
const ROLLS = 10;
/** What fails once has failed. */
const ONCE = { timeout: 600_000, retry: 0 };
/** Between two pods: thirty processes have to start beside the load. */
const REST_MS = 50;
/** Shorter than the 5 s by default: this balancer hears of it within a tenth of a second. */
const DRAIN = ['--drain=1.5', '--shutdown-deadline=20'];

let cluster: FaultCluster;
let balancer: Balancer;
let namespace: string;
const serving: Instance[] = [];
/** By each that has ended, before it was told to. */
const answered: number[] = [];

beforeAll(async () => {
  cluster = await startFaultCluster();
  balancer = await startBalancer(cluster.ca);
  namespace = await createNamespace(cluster.plane);
  for (let replica = 0; replica < REPLICAS; replica++) serving.push(await startReplica());
  await cluster.register(balancer.url);
});

afterAll(async () => {
  balancer?.stop();
  await cluster?.stop();
});

/** Resolves when it is in the balancer. */
async function startReplica(): Promise<Instance> {
  const replica = await cluster.start({ args: DRAIN });
  balancer.add(replica.url);
  await waitFor(() => balancer.isReady(replica.url), { within: 30_000, what: `${replica.name} is in the balancer` });
  return replica;
}

/** Resolves when it has drained and ended by itself. */
async function endReplica(replica: Instance): Promise<void> {
  answered.push(await replica.total('sandgate_reviews_total'));
  expect(await replica.total('sandgate_reviews_shed_total')).toBe(0);
  replica.signal('SIGTERM');
  await waitFor(() => replica.hasExited(), { within: 30_000, what: `${replica.name} ends` });
  balancer.remove(replica.url);
  // Nothing was cut off at the deadline, and nothing went wrong.
  expect(replica.logTail()).not.toMatch(/cut off|"level":"error"/);
}

async function createPod(): Promise<void> {
  const { body } = await expectOk(cluster.plane.admin.create(podOf(namespace, 'bare'), { dryRun: true }));
  if (at(body, 'spec', 'securityContext', 'runAsNonRoot') !== true) throw new Error('the pod is not filled in');
}

async function createUnsafePod(): Promise<void> {
  const { status, text } = await cluster.plane.admin.create(podOf(namespace, 'bare', UNSAFE), { dryRun: true });
  if (status !== 403) throw new Error(`${status}: ${text}`);
}

test(`${REPLICAS} replicas rolled one by one ${ROLLS} times: no review fails`, ONCE, async () => {
  const before = await webhookCounts(cluster.plane);
  const start = performance.now();
  const loads = [keepAsking(10, createPod, REST_MS), keepAsking(6, createUnsafePod, REST_MS)];
  let ending: Promise<void> | undefined;
  try {
    for (let restart = 0; restart < ROLLS * REPLICAS; restart++) {
      const replacement = await startReplica();
      const replaced = serving.shift();
      serving.push(replacement);
      // As in a Deployment the next one starts meanwhile, but none ends before the last one has.
      await ending;
      ending = replaced && endReplica(replaced);
    }
    await ending;
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const asked = await Promise.all(loads.map((load) => load.stop()));
  expect(asked.map(({ failures }) => failures)).toEqual([{}, {}]);
  const [created = 0, refused = 0] = asked.map(({ count }) => count);
  const counted = countedSince(before, await webhookCounts(cluster.plane));
  expect(failedCalls(cluster.plane)).toEqual([]);
  expect(counted).toEqual(noFailures(2 * created + refused, refused));
  expect(answered).toHaveLength(ROLLS * REPLICAS);
  expect(Math.min(...answered)).toBeGreaterThan(0);
  expect(balancer.refused()).toBe(0);
  expect(balancer.lost().filter((said) => !said.includes('shutting down'))).toEqual([]);
  tell('rolled under load', {
    restarts: ROLLS * REPLICAS,
    seconds,
    'reviews by the API server': 2 * (created + refused),
    'its connections': balancer.accepted(),
    'reviews by each replica, at least': Math.min(...answered),
    'slowest pod, ms': Math.max(...asked.map(({ slowest }) => slowest)),
  });
});
