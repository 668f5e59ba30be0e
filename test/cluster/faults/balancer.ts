// What a Service does for an API server, on loopback: each new connection goes to one of the endpoints that are ready, in
// turn, and stays there. An endpoint is ready by its own /readyz, asked every tenth of a second: not any more when it says so,
// or when it says nothing three times.
//
// What it does not do: it has no propagation delay to speak of (in a cluster kubelet, control plane and kube-proxy are seconds
// apart); it knows of no node that goes away; it forgets no connection, as a conntrack table may; and like kube-proxy it
// tries no second endpoint where the first refuses.
import { Agent, request } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_EVERY_MS = 100;
const PROBE_TIMEOUT_MS = 2000;
const UNANSWERED = 3;

export interface Balancer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** How many connections it was asked for so far. */
  accepted(): number;
  /** How many of these found no endpoint that was ready, or one that did not take them. */
  refused(): number;
  /** What endpoints said, or what happened instead, when they were not ready any more. */
  lost(): readonly string[];
  /** Takes an endpoint in; it gets connections from when it is ready. */
  add(url: string): void;
  remove(url: string): void;
  isReady(url: string): boolean;
  stop(): void;
}

/** Listens on a free port of loopback. */
export async function startBalancer(ca: string): Promise<Balancer> {
  const endpoints = new Map<string, boolean>();
  const agent = new Agent({ ca, keepAlive: false });
  const sockets = new Set<Socket>();
  let accepted = 0;
  let refused = 0;
  const lost: string[] = [];
  const server = createServer((client) => {
    const ready = [...endpoints].flatMap(([url, isReady]) => (isReady ? [url] : []));
    const target = ready[accepted++ % ready.length];
    if (target === undefined) {
      refused++;
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => {
      if (upstream.connecting) refused++;
    });
    join(client, upstream);
  });

  /** The end of one side is passed on behind all that it sent; only a fault cuts the other off. */
  function join(client: Socket, upstream: Socket): void {
    const ways = [
      [client, upstream],
      [upstream, client],
    ] as const;
    for (const [from, to] of ways) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      from.pipe(to);
    }
  }

  async function follow(url: string): Promise<void> {
    for (let unanswered = 0; endpoints.has(url); await sleep(PROBE_EVERY_MS)) {
      const { status, text } = await askReady(url, agent);
      unanswered = status === 0 ? unanswered + 1 : 0;
      const wasReady = endpoints.get(url);
      const isReady = status === 200 || (status === 0 && unanswered < UNANSWERED && wasReady === true);
      if (wasReady === true && !isReady) lost.push(`${url}: ${status} ${text}`);
      if (endpoints.has(url)) endpoints.set(url, isReady);
    }
  }

  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const address = server.address();
  return {
    url: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    accepted: () => accepted,
    refused: () => refused,
    lost: () => lost,
    add(url) {
      endpoints.set(url, false);
      void follow(url);
    },
    remove: (url) => void endpoints.delete(url),
    isReady: (url) => endpoints.get(url) === true,
    stop() {
      endpoints.clear();
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Probed {
  /** 0 where there is no answer. */
  readonly status: number;
  readonly text: string;
}

function askReady(url: string, agent: Agent): Promise<Probed> {
  const { promise, resolve } = Promise.withResolvers<Probed>();
  const sent = request(new URL('/readyz', url), { agent, timeout: PROBE_TIMEOUT_MS }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
  sent.on('error', (error) => resolve({ status: 0, text: error.message }));
  sent.end();
  return promise;
}
