// Mixed load on a real API server for a time, while policies are edited, certificates rotated and replicas replaced.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { webhookConfigurations } from '../../../scripts/registration.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { installDefinition, installSandboxes } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type FaultCluster, startFaultCluster } from '../faults/fault-cluster.ts';
import { type Asked, keepAsking } from '../faults/keep-asking.ts';
import { countedSince, failedCalls, type WebhookCounts, webhookCounts } from '../faults/webhook-counts.ts';
import { MIXTURE } from './mixture.ts';
import { type Replicas, startReplicas } from './replicas.ts';
import { type Sample, sampled } from './samples.ts';
import { endurancePolicy, TIER, type UpsetDone, upset } from './upsets.ts';

const DOCKER = resolve(import.meta.dirname, '../../../policies/capabilities/docker/class.yaml');

export interface EnduranceOptions {
  readonly seconds: number;
  /** Between two samples. */
  readonly sampleMs: number;
  /** Between two upsets. */
  readonly upsetRestMs: number;
  /** Of a client, between two requests. */
  readonly clientRestMs: number;
}

export interface Endured {
  readonly seconds: number;
  /** By the names of {@link MIXTURE}. */
  readonly asked: Readonly<Record<string, Asked>>;
  readonly upsets: readonly UpsetDone[];
  readonly samples: readonly Sample[];
  /** What the API server counted of its calls to us. */
  readonly calls: WebhookCounts;
  /** Its log lines about calls that failed. */
  readonly failedCalls: readonly string[];
  /** Connections that found no replica. */
  readonly unrouted: number;
  readonly ended: ReturnType<Replicas['ended']>;
  /** Bugs of ours that the replica that stayed counted, and reviews that it turned away. */
  readonly faults: number;
  readonly shed: number;
}

/** Starts everything, runs it, and ends it. Rejects where an upset itself did not go as it should. */
export async function endure(options: EnduranceOptions): Promise<Endured> {
  const cluster = await startFaultCluster({ withPolicy: false });
  let replicas: Replicas | undefined;
  try {
    replicas = await prepare(cluster);
    const namespace = await createNamespace(cluster.plane, { tier: TIER });
    await untilInEffect(cluster, namespace);
    return await run(cluster, replicas, namespace, options);
  } finally {
    replicas?.balancer.stop();
    await cluster.stop();
  }
}

async function prepare(cluster: FaultCluster): Promise<Replicas> {
  const { plane } = cluster;
  const known = ['IsolationPolicy', 'CapabilityClass'];
  const others = OWN_KINDS.filter(({ kind }) => !known.includes(kind));
  await Promise.all([...others.map((one) => installDefinition(plane, definitionOf(one))), installSandboxes(plane)]);
  const docker: unknown = parse(readFileSync(DOCKER, 'utf8'));
  if (!isJsonObject(docker)) throw new Error(`${DOCKER} holds no class`);
  for (const object of [docker, endurancePolicy(0)]) await expectOk(plane.admin.create(object));
  const replicas = await startReplicas(cluster);
  const caBundle = Buffer.from(cluster.ca).toString('base64');
  const { mutating, validating } = webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ url: replicas.balancer.url + path, caBundle }),
    // Longer than in a cluster, where nothing else wants these two cores.
    timeoutSeconds: { fill: 10, enforce: 10, advise: 10, policies: 10 },
  });
  for (const one of [mutating, validating]) await expectOk(plane.admin.create(one, { fieldValidation: 'Strict' }));
  return replicas;
}

/** Until every request of the mixture has the answer that it must have. */
async function untilInEffect({ plane }: FaultCluster, namespace: string): Promise<void> {
  for (const { name, ask } of MIXTURE) {
    const isRight = (): Promise<boolean> => ask(plane, namespace).then(() => true);
    await waitFor(isRight, { within: 60_000, what: name });
  }
}

async function run(
  cluster: FaultCluster,
  replicas: Replicas,
  namespace: string,
  options: EnduranceOptions,
): Promise<Endured> {
  const { plane } = cluster;
  const { steady, balancer } = replicas;
  const before = await webhookCounts(plane);
  const start = performance.now();
  let isStopped = false;
  const isOver = (): boolean => isStopped || performance.now() - start > options.seconds * 1000;
  let times: number[] = [];
  const loads = MIXTURE.map(({ name, clients, ask }) => {
    const timed = async (): Promise<void> => {
      const asked = performance.now();
      await ask(plane, namespace);
      times.push(performance.now() - asked);
    };
    return { name, load: keepAsking(clients, timed, options.clientRestMs) };
  });
  const takeTimes = (): readonly number[] => {
    const taken = times;
    times = [];
    return taken;
  };
  const stopAll = async () =>
    await Promise.all(loads.map(async ({ name, load }) => [name, await load.stop()] as const));
  try {
    const upsetting = upset(plane, replicas, options.upsetRestMs, isOver);
    const [upsets, samples] = await Promise.all([upsetting, sampled(steady, takeTimes, options.sampleMs, isOver)]);
    const asked = Object.fromEntries(await stopAll());
    return {
      seconds: (performance.now() - start) / 1000,
      asked,
      upsets,
      samples,
      calls: countedSince(before, await webhookCounts(plane)),
      failedCalls: failedCalls(plane),
      unrouted: balancer.refused(),
      ended: replicas.ended(),
      faults: await steady.total('sandgate_faults_total'),
      shed: await steady.total('sandgate_reviews_shed_total'),
    };
  } finally {
    isStopped = true;
    await stopAll();
    // The last upset ends by itself.
    await sleep(0);
  }
}
