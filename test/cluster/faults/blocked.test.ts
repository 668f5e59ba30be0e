// An event loop that does not turn: the process is stopped from outside (SIGSTOP), again and again, and goes on each time only
// for as long as it takes to answer. Readiness drops before liveness; and while nothing answers, the API server lets a pod be
// filled in by nobody, and lets none be judged by nobody.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../control-plane/at.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { podOf } from '../support/workloads.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { tell } from './figures.ts';
import type { Instance } from './instance.ts';
import { countedSince, webhookCounts } from './webhook-counts.ts';

/** More than the second from which on another replica had better answer. */
const BEHIND_MS = 1300;
/** More than the ten seconds from which on a restart is the answer. */
const STUCK_MS = 10_400;
/** It takes three late turns in a row, and a slow machine may get one in between. */
const MOST_PULSES = 12;

let cluster: FaultCluster;
let sandgate: Instance;
let namespace: string;

beforeAll(async () => {
  cluster = await startFaultCluster();
  [sandgate, namespace] = await Promise.all([cluster.start(), createNamespace(cluster.plane)]);
  // As in an installation.
  await cluster.register(sandgate.url, { timeoutSeconds: { fill: 2, enforce: 5 } });
});

afterAll(async () => {
  await cluster?.stop();
});

interface Probed {
  readonly readyz: number;
  readonly livez: number;
}

/** Stops it for a time; the probes that came meanwhile are answered then, and that is all there is time for. */
async function pulse(ms: number): Promise<Probed> {
  sandgate.signal('SIGSTOP');
  const probes = Promise.all([sandgate.readyz(), sandgate.livez()]);
  await sleep(ms);
  sandgate.signal('SIGCONT');
  const [readyz, livez] = await probes;
  return { readyz, livez };
}

async function pulseUntil(isEnough: (probed: Probed) => boolean, ms: number): Promise<readonly Probed[]> {
  const seen: Probed[] = [];
  try {
    while (seen.length < MOST_PULSES) {
      const probed = await pulse(ms);
      seen.push(probed);
      if (isEnough(probed)) return seen;
    }
  } finally {
    sandgate.signal('SIGCONT');
  }
  throw new Error(`after ${MOST_PULSES} pulses of ${ms} ms: ${JSON.stringify(seen)}`);
}

test('readiness drops first, liveness long after, and both come back', { timeout: 240_000 }, async () => {
  const behind = await pulseUntil(({ readyz }) => readyz === 503, BEHIND_MS);
  expect(behind.map(({ livez }) => livez)).toEqual(behind.map(() => 200));
  await expect.poll(sandgate.readyz, { timeout: 10_000 }).toBe(200);

  const stuck = await pulseUntil(({ livez }) => livez === 503, STUCK_MS);
  const [ready, live] = [stuck.findIndex(({ readyz }) => readyz === 503), stuck.length - 1];
  expect(ready).toBeLessThanOrEqual(live);
  await expect.poll(sandgate.livez, { timeout: 10_000 }).toBe(200);
  await expect.poll(sandgate.readyz, { timeout: 10_000 }).toBe(200);
  expect(await sandgate.total('sandgate_event_loop_lag_seconds')).toBeGreaterThan(10);
  tell('event loop blocked', {
    [`turns of ${BEHIND_MS} ms until not ready`]: behind.length,
    [`turns of ${STUCK_MS} ms until not alive`]: stuck.length,
  });
});

test('while it is stopped, failurePolicy decides: filling in is left out, judging is not', {
  timeout: 120_000,
}, async () => {
  const before = await webhookCounts(cluster.plane);
  sandgate.signal('SIGSTOP');
  const start = performance.now();
  try {
    const { status, body } = await cluster.plane.admin.create(podOf(namespace, 'unjudged'));
    expect(status).toBe(500);
    expect(at(body, 'message')).toContain('failed calling webhook "workloads.validate.sandgate.dev"');
  } finally {
    sandgate.signal('SIGCONT');
  }
  const ms = Math.round(performance.now() - start);
  const counted = countedSince(before, await webhookCounts(cluster.plane));
  expect(counted).toMatchObject({ failedOpen: 1, refusedForFailure: 1 });
  await expect.poll(sandgate.readyz, { timeout: 10_000 }).toBe(200);
  const { status, body } = await cluster.plane.admin.create(podOf(namespace, 'judged'), { dryRun: true });
  expect([status, at(body, 'spec', 'securityContext', 'runAsNonRoot')]).toEqual([201, true]);
  const { status: absent } = await cluster.plane.admin.get({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    name: 'unjudged',
  });
  expect(absent).toBe(404);
  tell('Sandgate stopped', { 'ms until the pod is refused': ms, ...counted });
});
