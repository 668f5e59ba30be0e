// `npm run bench:size [-- --namespaces 10000 --policies 2000]`: what the size of a cluster costs. A real API server with so many
// namespaces and policies, and the bundle with the options of the image: how long it takes to be ready, how much memory it has,
// and what a review takes. Each row is a process of its own.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { definitionOf } from '../../scripts/crd/custom-resource.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { BARE_POD } from '../../src/server/development/examples.ts';
import type { ControlPlane } from '../cluster/control-plane/control-plane.ts';
import { installDefinition } from '../cluster/control-plane/custom-resources.ts';
import { expectOk } from '../cluster/control-plane/expect-ok.ts';
import { waitFor } from '../cluster/control-plane/wait-for.ts';
import { type FaultCluster, startFaultCluster } from '../cluster/faults/fault-cluster.ts';
import type { Instance } from '../cluster/faults/instance.ts';
import { policyForTier } from '../cluster/live/policies.ts';
import { withRequest } from '../support/reviews.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM = resolve(ROOT, 'dist/sandgate.js');
const NODE_ARGS = ['--max-old-space-size=128', '--max-semi-space-size=8'];
/** As many clients as make the API server the bottleneck. */
const CLIENTS = 30;
const REVIEWS = 1000;

const { values: options } = parseArgs({
  options: { namespaces: { type: 'string', default: '10000' }, policies: { type: 'string', default: '2000' } },
});
const [namespaces, policies] = [Number(options.namespaces), Number(options.policies)];

execFileSync(process.execPath, [resolve(ROOT, 'node_modules/rolldown/bin/cli.mjs'), '-c', 'rolldown.config.js'], {
  cwd: ROOT,
});
const cluster = await startFaultCluster({ withPolicy: false });
try {
  const { plane } = cluster;
  const known = ['IsolationPolicy', 'CapabilityClass'];
  const others = OWN_KINDS.filter(({ kind }) => !known.includes(kind));
  await Promise.all(others.map((one) => installDefinition(plane, definitionOf(one))));
  await expectOk(plane.admin.create(policyOf(0)));
  console.log(
    '| namespaces | policies | ready after | resident when ready | most so far | heap in use | CPU of a review |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  await measure(cluster, 0, 1);
  await makeNamespaces(plane, namespaces);
  await measure(cluster, namespaces, 1);
  await inParallel(policies - 1, async (index) => void (await expectOk(plane.admin.create(policyOf(index + 1)))));
  await measure(cluster, namespaces, policies);
} finally {
  await cluster.stop();
}

/** One policy for each tier: it selects the namespaces of that tier. */
function policyOf(index: number) {
  return policyForTier(`tier-${index}`, {
    podSecurity: { level: 'restricted' },
    harden: 'restricted',
    identity: {
      runAsNonRoot: true,
      runAsUser: 1000,
      images: [{ image: `example.com/team-${index}/*`, runAsUser: 2000 }],
    },
    images: { forbidden: [`example.com/old-${index}/**`] },
    serviceAccount: { automountToken: false },
  });
}

/** With the labels and annotations that a namespace of a tenant has. */
async function makeNamespaces(plane: ControlPlane, count: number): Promise<void> {
  await inParallel(count, async (index) => {
    const labels = {
      tier: `tier-${index % policies}`,
      team: `team-${index}`,
      'example.com/cost-center': String(index),
    };
    const annotations = { 'example.com/owner': `owner-${index}@example.com` };
    const metadata = { name: `tenant-${index}`, labels, annotations };
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  });
}

async function inParallel(count: number, make: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await make(index);
  };
  await Promise.all(Array.from({ length: CLIENTS }, work));
}

async function measure(at: FaultCluster, withNamespaces: number, withPolicies: number): Promise<void> {
  const began = performance.now();
  const replica = await at.start({ program: PROGRAM, nodeArgs: NODE_ARGS });
  const ready = performance.now() - began;
  const isAccepted = async (): Promise<boolean> => (await replica.total('sandgate_policies_loaded')) === withPolicies;
  await waitFor(isAccepted, { within: 60_000, what: `${withPolicies} policies are loaded` });
  await untilIdle(replica);
  const resident = (await replica.total('process_resident_memory_bytes')) / 2 ** 20;
  const review = withRequest(BARE_POD, { namespace: withNamespaces > 0 ? 'tenant-1' : 'default' });
  for (let turn = 0; turn < REVIEWS; turn++) await replica.client.post('/validate?timeout=10s', review);
  const before = await replica.total('process_cpu_seconds_total');
  for (let turn = 0; turn < REVIEWS; turn++) await replica.client.post('/validate?timeout=10s', review);
  const each = (((await replica.total('process_cpu_seconds_total')) - before) * 1000) / REVIEWS;
  const heap = (await replica.total('nodejs_heap_size_used_bytes')) / 2 ** 20;
  const cells = [
    withNamespaces,
    withPolicies,
    `${(ready / 1000).toFixed(1)} s`,
    `${Math.round(resident)} MiB`,
    `${replica.peakMemory()} MiB`,
    `${Math.round(heap)} MiB`,
    `${each.toFixed(2)} ms`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  await replica.kill();
}

/** Until it has written into the status of every policy, and collected what its start needed. */
async function untilIdle(replica: Instance): Promise<void> {
  for (let before = Number.NaN; ; ) {
    const now = await replica.total('process_cpu_seconds_total');
    if (now - before < 0.05) return;
    before = now;
    await sleep(3000);
  }
}
