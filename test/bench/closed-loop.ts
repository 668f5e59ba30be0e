// A load of N connections that each send a request as soon as the answer to the last one is there, over TLS and
// HTTP/1.1 as the API server does. Not autocannon: that one counts latency in whole milliseconds, and an answer takes
// a tenth of one. The requests are made once and the answer is only read as far as its length, to leave the core to the server.
// Connections are made before anything is measured: while one handshakes, the others wait for it.
import { connect, type TLSSocket } from 'node:tls';

export interface Target {
  readonly url: string;
  readonly ca: string;
  readonly path: string;
  /** Sent in turn, over all connections. */
  readonly bodies: readonly string[];
  readonly connections: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Answers other than 200, and connections that broke. */
  readonly failed: number;
  /** In microseconds, ascending. */
  readonly latencies: Float64Array;
}

/** The latency that this share of requests stayed below, in microseconds. */
export function percentile(result: LoadResult, share: number): number {
  return (
    result.latencies[Math.min(result.latencies.length - 1, Math.floor(result.latencies.length * share))] ?? Number.NaN
  );
}

export interface ClosedLoop {
  /** Loads the server for so long, and measures it. */
  run(seconds: number): Promise<LoadResult>;
  close(): void;
}

/** Resolves once all connections are there. */
export async function openLoop(target: Target): Promise<ClosedLoop> {
  const { hostname, port } = new URL(target.url);
  const requests = target.bodies.map((body) =>
    Buffer.from(
      `POST ${target.path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  let next = 0;

  async function open(): Promise<TLSSocket> {
    const socket = connect({ host: hostname, port: Number(port), ca: target.ca, ALPNProtocols: ['http/1.1'] });
    socket.setNoDelay(true);
    await new Promise<void>((ready, reject) => socket.once('secureConnect', ready).once('error', reject));
    return socket;
  }
  const sockets = await Promise.all(Array.from({ length: target.connections }, open));

  return {
    async run(seconds) {
      const latencies: number[] = [];
      let failed = 0;
      const start = performance.now();
      const end = start + seconds * 1000;
      async function keepAsking(socket: TLSSocket): Promise<void> {
        while (performance.now() < end) {
          const sent = performance.now();
          const request = requests[next++ % requests.length];
          if (!request) throw new Error('there is nothing to send');
          const status = await exchange(socket, request);
          latencies.push((performance.now() - sent) * 1000);
          if (status !== 200) failed++;
          if (status === 0) break;
        }
      }
      await Promise.all(sockets.map(keepAsking));
      const elapsed = (performance.now() - start) / 1000;
      return {
        requests: latencies.length,
        perSecond: latencies.length / elapsed,
        failed,
        latencies: Float64Array.from(latencies).sort(),
      };
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Sends a request and resolves with the status of the answer once all of it is there; 0 where the connection broke. */
function exchange(socket: TLSSocket, request: Buffer): Promise<number> {
  if (socket.destroyed) return Promise.resolve(0);
  const { promise, resolve } = Promise.withResolvers<number>();
  const statusAfter = answerReader();
  function onData(chunk: Buffer): void {
    const status = statusAfter(chunk);
    if (status !== undefined) finish(status);
  }
  function onClose(): void {
    finish(0);
  }
  function finish(result: number): void {
    socket.off('data', onData).off('close', onClose).off('error', onClose);
    resolve(result);
  }
  socket.on('data', onData).once('close', onClose).once('error', onClose);
  socket.write(request);
  return promise;
}

const LAST_CHUNK = '0\r\n\r\n';

/** Follows one answer, with a length or in chunks: takes what comes of it, and gives its status once all of it is there. */
function answerReader(): (chunk: Buffer) => number | undefined {
  let head: string | undefined = '';
  let status = 0;
  /** Of the body; undefined where it comes in chunks. */
  let missing: number | undefined;
  let tail = '';
  return (chunk) => {
    let body = chunk.length;
    if (head !== undefined) {
      head += chunk.toString('latin1');
      const blank = head.indexOf('\r\n\r\n');
      if (blank < 0) return undefined;
      status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(head.slice(0, blank + 2))?.[1];
      missing = length === undefined ? undefined : Number(length);
      body = head.length - blank - 4;
      head = undefined;
    }
    if (missing !== undefined) {
      missing -= body;
      return missing > 0 ? undefined : status;
    }
    // No JSON has an end of line before an empty line in it: only the last chunk ends like this.
    tail = (tail + chunk.subarray(-LAST_CHUNK.length).toString('latin1')).slice(-LAST_CHUNK.length);
    return tail === LAST_CHUNK ? status : undefined;
  };
}
