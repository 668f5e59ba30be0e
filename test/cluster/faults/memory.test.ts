// Little memory, and large reviews from many sides at once: Sandgate gets slow and says so, and does not fall over. Readiness
// may drop, liveness does not; and nothing unsafe gets in meanwhile.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { hugeReview } from '../../bench/reviews.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { podOf, UNSAFE } from '../support/workloads.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { tell } from './figures.ts';
import type { Instance } from './instance.ts';
import { keepAsking } from './keep-asking.ts';
import type { Registered } from './register.ts';

/** Enough for the policies and for one review at a time; the bodies themselves lie outside of it. */
const HEAP_MB = 64;
const SENDERS = 24;
const REVIEWS = 200;
/** Thrice of what it takes here. */
const MOST_MIB = 900;

const ROOT = resolve(import.meta.dirname, '../../..');
const ROLLDOWN = join(ROOT, 'node_modules/rolldown/bin/cli.mjs');

let cluster: FaultCluster;
let folder: string;
let program: string;
let sandgate: Instance;
let namespace: string;
let registered: Registered | undefined;

beforeAll(async () => {
  // As it is shipped: from its sources, half of such a heap holds the texts of the modules of the Kubernetes client.
  folder = mkdtempSync(join(tmpdir(), 'sandgate-bundle-'));
  program = join(folder, 'dist/sandgate.js');
  execFileSync(process.execPath, [ROLLDOWN, '-c', 'rolldown.config.js', '--dir', join(folder, 'dist')], { cwd: ROOT });
  cluster = await startFaultCluster();
});

// For each attempt: what has fallen over in the first one cannot stand up in the second.
beforeEach(async () => {
  [sandgate, namespace] = await Promise.all([
    cluster.start({ program, nodeArgs: [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=8'] }),
    createNamespace(cluster.plane),
  ]);
  registered = await cluster.register(sandgate.url);
});

afterEach(async () => {
  await registered?.remove();
  await sandgate?.kill();
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function note<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** How reviews were answered, by status; 0 where the connection went instead. */
async function flood(): Promise<ReadonlyMap<number, number>> {
  const body = Buffer.from(JSON.stringify(hugeReview()));
  const statuses = new Map<number, number>();
  let sent = 0;
  async function send(): Promise<void> {
    let connection = await RawConnection.tls(sandgate.url);
    while (sent++ < REVIEWS) {
      const status = await connection.post('/validate?timeout=10s', body).then(
        (answer) => answer.status,
        () => 0,
      );
      note(statuses, status);
      if (!connection.isOpen) connection = await RawConnection.tls(sandgate.url);
    }
    await connection.close();
  }
  await Promise.all(Array.from({ length: SENDERS }, send));
  return statuses;
}

test(`${REVIEWS} reviews of 1.6 MB, ${SENDERS} at a time, in a heap of ${HEAP_MB} MB`, {
  timeout: 300_000,
}, async () => {
  const verdicts = new Map<number, number>();
  const probes = new Map<string, number>();
  const creating = keepAsking(
    2,
    async () => {
      const { status } = await cluster.plane.admin.create(podOf(namespace, 'unsafe', UNSAFE), { dryRun: true });
      note(verdicts, status);
    },
    100,
  );
  const probing = keepAsking(
    1,
    async () => {
      note(probes, `livez ${await sandgate.livez()}`);
      note(probes, `readyz ${await sandgate.readyz()}`);
    },
    100,
  );
  const start = performance.now();
  let answered: ReadonlyMap<number, number>;
  try {
    answered = await flood();
  } catch (error) {
    // Where it fell over, its last words say more than a connection that was reset.
    throw new Error(`${String(error)}\n${sandgate.logTail()}`, { cause: error });
  } finally {
    await Promise.all([creating.stop(), probing.stop()]);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const peak = sandgate.peakMemory();
  tell('large reviews in little memory', {
    seconds,
    answered: Object.fromEntries(answered),
    'unsafe pods': Object.fromEntries(verdicts),
    probes: Object.fromEntries(probes),
    'peak MiB': peak,
  });

  expect((await creating.stop()).failures).toEqual({});
  expect((await probing.stop()).failures).toEqual({});
  // Refused by us, or because we could not be asked; not once let in.
  expect([...verdicts.keys()].filter((status) => status !== 403 && status !== 500)).toEqual([]);
  expect(probes.has('livez 503')).toBe(false);
  // What is not answered is turned away, and counted.
  expect([...answered.keys()].filter((status) => ![200, 429, 0].includes(status))).toEqual([]);
  const turnedAway = (answered.get(429) ?? 0) + (answered.get(0) ?? 0);
  expect(await sandgate.total('sandgate_reviews_shed_total')).toBeGreaterThanOrEqual(turnedAway);
  expect(await sandgate.total('sandgate_faults_total')).toBe(0);
  expect(peak).toBeLessThan(MOST_MIB);
  expect(sandgate.hasExited(), sandgate.logTail()).toBe(false);
  await expect.poll(sandgate.readyz, { timeout: 30_000 }).toBe(200);
});
