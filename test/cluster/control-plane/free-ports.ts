// Ports on loopback that nobody listens on.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range that systems hand out to clients (from 32768 on Linux, 49152 elsewhere). A port from within it can be taken
// by any outgoing connection while a server is being restarted, and a client that retries against it can even reach itself.
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 100;

/** As many different ports as asked for, each free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS && ports.size < count; attempt++) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) ports.add(port);
  }
  if (ports.size < count) throw new Error(`found no ${count} free ports between ${FIRST} and ${LAST} on 127.0.0.1`);
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
