// More than there is room for, through the API server: what it makes of a 429 and of a 503, and that nothing gets past us for it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { at } from '../control-plane/at.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { startTcpProxy } from '../live/tcp-proxy.ts';
import { BARE, podOf, SAFE, UNSAFE } from '../support/workloads.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { tell } from './figures.ts';
import { withRoomTaken } from './full-room.ts';
import type { Instance } from './instance.ts';
import type { RegisterOptions } from './register.ts';
import { countedSince, noFailures, type WebhookCounts, webhookCounts } from './webhook-counts.ts';

let cluster: FaultCluster;
let sandgate: Instance;
let namespace: string;

beforeAll(async () => {
  cluster = await startFaultCluster();
  [sandgate, namespace] = await Promise.all([cluster.start(), createNamespace(cluster.plane)]);
});

afterAll(async () => {
  await cluster?.stop();
});

function create(spec: JsonObject): Promise<KubeReply> {
  return cluster.plane.admin.create(podOf(namespace, 'pod', spec), { dryRun: true });
}

function isFilled({ body }: KubeReply): boolean {
  return at(body, 'spec', 'securityContext', 'runAsNonRoot') === true;
}

async function shed(reason: string, of = sandgate): Promise<number> {
  return (await of.metrics()).get(`sandgate_reviews_shed_total{reason="${reason}"}`) ?? 0;
}

async function isLetIn(): Promise<boolean> {
  return (await sandgate.client.post('/mutate?timeout=10s', BARE_POD)).status === 200;
}

interface TurnedAway {
  readonly reply: KubeReply;
  readonly counted: WebhookCounts;
  /** How often, by us. */
  readonly times: number;
}

/** Creates a pod while there is no room; again where room was made for it before it came. */
async function createWithoutRoom(spec: JsonObject): Promise<TurnedAway> {
  const once = async (): Promise<TurnedAway | false> => {
    const [before, had] = await Promise.all([webhookCounts(cluster.plane), shed('bytes')]);
    const reply = await withRoomTaken(sandgate, () => create(spec));
    const times = (await shed('bytes')) - had;
    return times > 0 && { reply, counted: countedSince(before, await webhookCounts(cluster.plane)), times };
  };
  return await waitFor(once, { within: 60_000, what: 'a review of the API server is turned away' });
}

async function whileRegistered(options: RegisterOptions, work: () => Promise<void>): Promise<void> {
  const registration = await cluster.register(sandgate.url, options);
  try {
    await work();
  } finally {
    await registration.remove();
  }
}

test('a 429 is tried again after a second, and where there is room by then nobody notices', {
  timeout: 180_000,
}, async () => {
  await whileRegistered({}, async () => {
    const bare = await createWithoutRoom(BARE);
    expect([bare.reply.status, isFilled(bare.reply)]).toEqual([201, true]);
    expect(bare.counted).toEqual(noFailures(2));
    const unsafe = await createWithoutRoom(UNSAFE);
    expect(unsafe.reply.status).toBe(403);
    expect(unsafe.counted).toEqual(noFailures(1, 1));
    // Room was made, by dropping who had been sending for longer than that.
    expect(await shed('slow')).toBeGreaterThan(0);
    tell('no room, for a second', { '429s': bare.times + unsafe.times, 'failed reviews': 0 });
  });
});

// An API server whose large review is dropped because we were too slow to read it then tries again.
test('whoever is dropped to make room is told so with a 429', { timeout: 60_000 }, async () => {
  const told = await withRoomTaken(sandgate, async (takers) => {
    const answers = takers.map((taker) => taker.next());
    const first = Promise.race(answers);
    await Promise.allSettled([first, waitFor(isLetIn, { within: 10_000, what: 'room is made' })]);
    return await first;
  });
  expect(told.status).toBe(429);
});

// A timeout of 1 s leaves no time to try again.
const SHORT = { fill: 1, enforce: 1 };

test('a 429 until the time is over, while filling in: the pod goes on without it', { timeout: 180_000 }, async () => {
  await whileRegistered({ entries: ['fill'], timeoutSeconds: SHORT }, async () => {
    const { reply, counted } = await createWithoutRoom(BARE);
    expect([reply.status, isFilled(reply)]).toEqual([201, false]);
    expect(counted).toMatchObject({ refusedForFailure: 0, failedOpen: 1 });
    tell('no room, filling in', { status: reply.status, ...counted });
  });
});

test('a 429 until the time is over, while judging: the pod is refused, safe or not', { timeout: 180_000 }, async () => {
  await whileRegistered({ entries: ['enforce'], timeoutSeconds: SHORT }, async () => {
    const { reply, counted } = await createWithoutRoom(SAFE);
    expect(reply.status).toBe(500);
    // Of the answers that it has had the API server tells nobody.
    const message = at(reply.body, 'message');
    expect(message).toMatch(/failed calling webhook "workloads.validate.sandgate.dev": .* context deadline exceeded$/);
    expect(counted).toMatchObject({ refusedForFailure: 1, failedOpen: 0 });
    tell('no room, judging', { status: reply.status, ...counted });
  });
});

test('a 503 while it starts is tried again until it knows the cluster', { timeout: 180_000 }, async () => {
  const proxy = await startTcpProxy(cluster.plane.url);
  proxy.refuse(true);
  const starting = await cluster.start({ apiServer: proxy.url, untilReady: false });
  const registration = await cluster.register(starting.url, { untilAsked: false });
  const before = await webhookCounts(cluster.plane);
  try {
    let creating = create(BARE);
    const isAsked = async (): Promise<boolean> => (await shed('starting', starting)) > 0;
    const asked = waitFor(isAsked, { within: 30_000, what: 'a review comes while it starts' }).then(() => 'asked');
    // Until the configurations are in effect, pods are created without a review.
    while ((await Promise.race([asked, creating.then(() => 'created')])) === 'created') creating = create(BARE);
    expect(await starting.readyz()).toBe(503);
    proxy.refuse(false);
    const reply = await creating;
    expect([reply.status, isFilled(reply)]).toEqual([201, true]);
    const counted = countedSince(before, await webhookCounts(cluster.plane));
    expect(counted).toMatchObject({ refusedForFailure: 0, failedOpen: 0 });
    tell('starting', { '503s': await shed('starting', starting), 'failed reviews': 0 });
  } finally {
    await registration.remove();
  }
});
