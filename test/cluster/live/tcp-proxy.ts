// A wire to the API server that a test can cut or hold up: bytes of TLS go through as they are.
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpProxy {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Resets every connection there is. */
  readonly cut: () => void;
  /** From now on nothing comes through the connections there are, and nobody is told; new ones work. */
  readonly freeze: () => void;
  /** New connections are refused from now on, or accepted again. */
  readonly refuse: (isRefusing: boolean) => void;
}

/** Listens on a free port of loopback until the test is over. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isRefusing = false;
  const server = createServer((client) => {
    if (isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from
        .on('error', () => {})
        .on('close', () => {
          pairs.delete(pair);
          to.destroy();
        });
      from.pipe(to);
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    for (const [client, upstream] of pairs) {
      client.destroy();
      upstream.destroy();
    }
    server.close();
  });
  const address = server.address();
  return {
    url: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut() {
      for (const [client, upstream] of pairs) {
        client.resetAndDestroy();
        upstream.destroy();
      }
    },
    freeze() {
      for (const [client, upstream] of pairs) {
        client.unpipe();
        upstream.unpipe();
        client.pause();
        upstream.pause();
      }
    },
    refuse(refusing) {
      isRefusing = refusing;
    },
  };
}
