// Three Sandgates behind a balancer, as the image runs each in its 256 MiB. The first one stays from the beginning to the end, so that
// its memory shows whether it grows; the others come and go.

import { program } from '../../support/programs.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type Balancer, startBalancer } from '../faults/balancer.ts';
import type { FaultCluster } from '../faults/fault-cluster.ts';
import type { Instance } from '../faults/instance.ts';
import type { TlsFolder } from '../faults/tls-folder.ts';

const REPLICAS = 3;
/** What the options of the image come to where the limit is 256 MiB. */
const NODE_ARGS = ['--max-old-space-size=128', '--max-semi-space-size=8'];
/** Shorter than the 5 s by default: this balancer hears of it within a tenth of a second. */
const DRAIN = ['--drain=1.5', '--shutdown-deadline=20'];
/** Of a drain that lasts no longer than {@link DRAIN} says, on a busy machine. */
const ENDS_WITHIN_MS = 60_000;

export interface Replicas {
  readonly balancer: Balancer;
  /** The one that is never replaced. */
  readonly steady: Instance;
  /** Those that have ended so far and what they said at the end that they should not have. */
  ended(): { readonly count: number; readonly complaints: readonly string[] };
  /** Starts one, and then ends the oldest but the steady one: a step of a rolling update. */
  replaceOne(): Promise<void>;
  /** Ends all but the steady one at the same time, and starts others: two nodes are drained. */
  replaceOthers(): Promise<void>;
  /** Renews the certificate of all. */
  rotateCertificate(): Promise<void>;
}

/** Starts them. They end with the cluster. */
export async function startReplicas(cluster: FaultCluster): Promise<Replicas> {
  const balancer = await startBalancer(cluster.ca);
  const [tls, file] = await Promise.all([cluster.tlsFolder('endurance'), program('sandgate')]);
  const steady = await add(cluster, balancer, tls, file);
  const others: Instance[] = [];
  for (let replica = 1; replica < REPLICAS; replica++) others.push(await add(cluster, balancer, tls, file));
  const complaints: string[] = [];
  let count = 0;

  async function end(replica: Instance): Promise<void> {
    const shed = await replica.total('sandgate_reviews_shed_total');
    replica.signal('SIGTERM');
    await waitFor(() => replica.hasExited(), { within: ENDS_WITHIN_MS, what: `${replica.name} ends` });
    balancer.remove(replica.url);
    count++;
    if (shed > 0) complaints.push(`${replica.name} turned ${shed} reviews away`);
    const wrong = /^.*(?:cut off|"level":(?:50|60|"error"|"fatal")).*$/m.exec(replica.logTail());
    if (wrong) complaints.push(`${replica.name}: ${wrong[0]}`);
  }

  return {
    balancer,
    steady,
    ended: () => ({ count, complaints }),
    async replaceOne() {
      const oldest = others.shift();
      others.push(await add(cluster, balancer, tls, file));
      if (oldest) await end(oldest);
    },
    async replaceOthers() {
      const leaving = others.splice(0);
      await Promise.all(leaving.map(end));
      for (const _ of leaving) others.push(await add(cluster, balancer, tls, file));
    },
    async rotateCertificate() {
      tls.swap(await cluster.issue('endurance'));
    },
  };
}

/** Resolves when it is in the balancer. */
async function add(cluster: FaultCluster, balancer: Balancer, tls: TlsFolder, file: string): Promise<Instance> {
  const replica = await cluster.start({ tls, program: file, nodeArgs: NODE_ARGS, args: DRAIN });
  balancer.add(replica.url);
  await waitFor(() => balancer.isReady(replica.url), { within: 60_000, what: `${replica.name} is in the balancer` });
  return replica;
}
