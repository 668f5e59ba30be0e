// Policies edited 200 times under load, half of the edits broken: nothing fails, and every review is judged by one complete set.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { applyReply } from '../../support/api-server.ts';
import { withRequest } from '../../support/reviews.ts';
import { at } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { accepted, policyForTier } from '../live/policies.ts';
import { podOf, UNSAFE } from '../support/workloads.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';
import { tell } from './figures.ts';
import type { Instance } from './instance.ts';
import { keepAsking } from './keep-asking.ts';
import { countedSince, noFailures, webhookCounts } from './webhook-counts.ts';

/** Of each policy, one broken edit after each good one: 200 in all. */
const ROUNDS = 50;
const BROKEN_USER = 9999;

let cluster: FaultCluster;
let sandgate: Instance;
let namespace: string;

beforeAll(async () => {
  cluster = await startFaultCluster();
  for (const side of SIDES) await expectOk(cluster.plane.admin.create(edition(side, 0)));
  [sandgate, namespace] = await Promise.all([cluster.start(), createNamespace(cluster.plane, { tier: 'edited' })]);
  await cluster.register(sandgate.url);
});

afterAll(async () => {
  await cluster?.stop();
});

/**
 * Two policies that say which edition they are in everything that can be seen of them. `left` says it three times: as the
 * user and as the group that it fills in, and as the version in its refusals. `right` twice: as fsGroup and as the version.
 * `left` is always edited before `right`, so that in every complete set `left` is of the edition of `right` or of the next.
 * A set with one of them from before an edit and the other from after a later one would show, and so would half a policy.
 */
type Side = 'left' | 'right';
const SIDES: readonly Side[] = ['left', 'right'];

function edition(side: Side, number: number, more: JsonObject = {}): JsonObject {
  const own = side === 'left' ? { runAsUser: 1000 + number, runAsGroup: 1000 + number } : { fsGroup: 1000 + number };
  const made = policyForTier('edited', {
    priority: side === 'left' ? 2 : 1,
    podSecurity: { level: 'restricted', version: `v1.${number}` },
    harden: 'restricted',
    identity: { runAsNonRoot: true, ...own, ...more },
  });
  return { ...made, metadata: { name: side } };
}

/** What is wrong with it is found last: two rows for one image. All that comes before could be taken for right. */
function broken(side: Side, number: number): JsonObject {
  const rows = [1, 2].map((runAsUser) => ({ image: 'example.com/twice', runAsUser }));
  const own = side === 'left' ? { runAsUser: BROKEN_USER, runAsGroup: BROKEN_USER } : { fsGroup: BROKEN_USER };
  return edition(side, number, { ...own, images: rows });
}

/** The editions that reviews have shown, as `left/right`. */
const shown = new Map<string, number>();

/** Throws where what a review says of both policies is nothing that was in force together. */
function note(left: readonly unknown[], right: readonly unknown[], base: number): void {
  const [a, b] = [new Set(left), new Set(right)];
  const [l, r] = [Number([...a][0]) - base, Number([...b][0]) - base];
  if (a.size !== 1 || b.size !== 1 || !(l === r || l === r + 1)) {
    throw new Error(`no complete set: left says ${left.join(', ')}, right ${right.join(', ')}`);
  }
  const set = `${l}/${r}`;
  shown.set(set, (shown.get(set) ?? 0) + 1);
}

/** Of a pod that was filled in. */
function noteFilled(pod: unknown): void {
  const context = (key: string): unknown => at(pod, 'spec', 'securityContext', key);
  note([context('runAsUser'), context('runAsGroup')], [context('fsGroup')], 1000);
}

/** Of a refusal: each version once, that of `left` before that of `right`. */
function noteRefused(message: string): void {
  const versions = [...message.matchAll(/"restricted:v1\.(\d+)"/g)].map(([, version = '']) => version);
  note(versions.slice(0, 1), versions.slice(-1), 0);
  if (versions.length > 2) throw new Error(`more than two versions: ${versions.join(', ')}`);
}

async function judgeDirectly(): Promise<void> {
  const { body } = await sandgate.client.post('/validate?timeout=10s', withRequest(UNSAFE_POD, { namespace }));
  noteRefused(String(at(body, 'response', 'status', 'message')));
}

async function fillDirectly(): Promise<void> {
  const review = withRequest(BARE_POD, { namespace });
  const { body } = await sandgate.client.post('/mutate?timeout=10s', review);
  noteFilled(applyReply({ name: 'fill', type: 'mutate' }, review, body).object);
}

async function createPod(): Promise<void> {
  const { body } = await expectOk(cluster.plane.admin.create(podOf(namespace, 'bare'), { dryRun: true }));
  noteFilled(body);
}

async function createUnsafePod(): Promise<void> {
  const { status, body, text } = await cluster.plane.admin.create(podOf(namespace, 'bare', UNSAFE), { dryRun: true });
  if (status !== 403) throw new Error(`${status}: ${text}`);
  noteRefused(String(at(body, 'message')));
}

/** How many policies are not in force as they are stored. */
function notAsWritten(): Promise<number> {
  return sandgate.total('sandgate_policies_refused');
}

test(`${4 * ROUNDS} edits, half of them broken, under load: every review is judged by one complete set`, {
  timeout: 300_000,
  // What fails once has failed.
  retry: 0,
}, async () => {
  const { plane } = cluster;
  const before = await webhookCounts(plane);
  const loads = [
    keepAsking(6, createPod),
    keepAsking(6, createUnsafePod),
    keepAsking(2, fillDirectly),
    keepAsking(2, judgeDirectly),
  ];
  const start = performance.now();
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const side of SIDES) {
        const set = side === 'left' ? `${round}/${round - 1}` : `${round}/${round}`;
        await expectOk(plane.admin.apply(edition(side, round), { force: true }));
        // Changes are gathered for 50 ms: an edition that is followed sooner by a broken one is never in force.
        await waitFor(() => shown.has(set), { within: 20_000, what: `a review shows ${set}` });
        await expectOk(plane.admin.apply(broken(side, round), { force: true }));
      }
    }
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const asked = await Promise.all(loads.map((load) => load.stop()));
  expect(asked.map(({ failures }) => failures)).toEqual([{}, {}, {}, {}]);
  const [created = 0, refused = 0, filled = 0, judged = 0] = asked.map(({ count }) => count);
  const counted = countedSince(before, await webhookCounts(plane));
  expect(counted).toEqual(noFailures(2 * created + refused, refused));

  // The last edit of both is broken: what is in force is the edition before it, and both say so.
  await expect.poll(notAsWritten, { timeout: 20_000 }).toBe(2);
  for (const side of SIDES) {
    await expect
      .poll(() => accepted(plane, side), { timeout: 20_000 })
      .toMatchObject({
        status: 'False',
        reason: 'Invalid',
        observedGeneration: 2 * ROUNDS + 1,
      });
  }
  await expectOk(plane.admin.apply(edition('left', ROUNDS + 1), { force: true }));
  await expectOk(plane.admin.apply(edition('right', ROUNDS + 1), { force: true }));
  const isMended = async (): Promise<boolean> => {
    await createPod();
    return shown.has(`${ROUNDS + 1}/${ROUNDS + 1}`);
  };
  await expect.poll(isMended, { timeout: 20_000 }).toBe(true);
  expect(await notAsWritten()).toBe(0);
  tell('policies edited', {
    edits: 4 * ROUNDS,
    broken: 2 * ROUNDS,
    seconds,
    'reviews by the API server': 2 * (created + refused),
    'reviews sent directly': filled + judged,
    'sets seen': shown.size,
  });
});
