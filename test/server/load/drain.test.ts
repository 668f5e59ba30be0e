// The end of a server process, as a cluster and its clients see it.
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { serveProcess } from '../../support/served.ts';
import { TlsClient } from '../../support/tls-client.ts';

const BODY = JSON.stringify(BARE_POD);
const CLIENTS = 20;

/** Reviews sent one after the other over a connection that is kept, as the API server does. */
class BusyClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly statuses = new Map<number, number>();
  readonly #waiting = new Map<number, () => void>();
  readonly errors: unknown[] = [];
  /** False once the endpoint is gone: what is open is still used, but nothing new is opened. */
  mayConnect = true;

  constructor(url: string, ca: string) {
    this.#url = url;
    this.#agent = new Agent({ ca, keepAlive: true, maxSockets: 1 });
  }

  /** How many reviews were answered, whatever with. */
  get answered(): number {
    return [...this.statuses.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves once that many more reviews were answered, or one was not. */
  answeredMore(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(this.answered + count, resolve));
  }

  async run(): Promise<void> {
    while (this.mayConnect || Object.keys(this.#agent.freeSockets).length > 0) {
      try {
        const status = await this.#post();
        this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
        this.#waiting.get(this.answered)?.();
      } catch (error) {
        this.errors.push(error);
        for (const giveUp of this.#waiting.values()) giveUp();
        return;
      }
    }
    this.#agent.destroy();
  }

  #post(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };
    request(`${this.#url}/mutate?timeout=10s`, { method: 'POST', headers, agent: this.#agent })
      .on('error', reject)
      .on('response', (response) => {
        response
          .on('error', reject)
          // The agent has its connection back when the request is closed, which comes after the end.
          .on('close', () => setImmediate(resolve, response.statusCode ?? 0))
          .resume();
      })
      .end(BODY);
    return promise;
  }
}

test(`${CLIENTS} busy clients see no error when their server goes`, async () => {
  const { child, url, ca, exit, lines } = await serveProcess({ drainMs: 5000 });
  const clients = Array.from({ length: CLIENTS }, () => new BusyClient(url, ca));
  const before = Promise.all(clients.map((client) => client.answeredMore(20)));
  const runs = Promise.all(clients.map((client) => client.run()));
  await before;
  const probe = new TlsClient(url, ca);
  child.kill('SIGTERM');
  await expect.poll(async () => (await probe.send('/readyz')).status).toBe(503);
  probe.close();
  await Promise.all(clients.map((client) => client.answeredMore(5)));
  for (const client of clients) client.mayConnect = false;
  await runs;
  expect(await exit).toBe(0);

  expect(clients.flatMap((client) => client.errors)).toEqual([]);
  const answered = clients.map((client) => client.statuses.get(200) ?? 0);
  expect(clients.map((client) => client.statuses.size)).toEqual(answered.map(() => 1));
  expect(Math.min(...answered)).toBeGreaterThanOrEqual(25);
  expect(lines()).toHaveLength(answered.reduce((sum, count) => sum + count, 0));
});

test('what is under way when it no longer listens is finished, and idle connections do not hold it up', async () => {
  const { child, url, exit } = await serveProcess({ drainMs: 200, shutdownDeadlineMs: 20_000 });
  const idle = await RawConnection.tls(url);
  await idle.post('/mutate', BODY);
  const unused = await RawConnection.tls(url);
  const slow = await RawConnection.tls(url);
  slow.write(
    `POST /validate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`,
  );
  slow.write(BODY.slice(0, 100));
  child.kill('SIGTERM');
  await Promise.all([idle.closed, unused.closed]);
  await expect(RawConnection.tls(url)).rejects.toThrow(/ECONNREFUSED/);
  slow.write(BODY.slice(100));
  const answer = await slow.next();
  expect(answer.status).toBe(200);
  await slow.closed;
  expect(await exit).toBe(0);
});

test('a signal that comes before it listens ends it, too', async () => {
  const { exit } = await serveProcess({ endsEarly: true });
  expect(await exit).toBe(0);
});

test('a client that never finishes is cut off at the deadline', async () => {
  const { child, url, exit, lines } = await serveProcess({ drainMs: 100, shutdownDeadlineMs: 1500 });
  const never = await RawConnection.tls(url);
  never.write('POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{');
  const start = performance.now();
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  await never.closed;
  expect(performance.now() - start).toBeGreaterThan(1400);
  expect(lines()[0]).toMatchObject({
    level: 'warn',
    msg: 'cut off what was still under way at the shutdown deadline',
    connections: 1,
  });
});

test('while draining it says so, and a second signal ends it, but not the one that npm passes on with the first', async () => {
  const { child, exit, client } = await serveProcess({ drainMs: 20_000, shutdownDeadlineMs: 25_000 });
  expect(await client.send('/readyz')).toMatchObject({ status: 200, body: { message: 'ok' } });
  child.kill('SIGTERM');
  await expect.poll(async () => (await client.send('/readyz')).status).toBe(503);
  expect((await client.send('/readyz?verbose')).text).toMatch(
    /^\[-\]shutdown failed: shutting down\n\[\+\]policies ok\n/,
  );
  expect(await client.send('/livez')).toMatchObject({ status: 200 });
  expect(await client.post('/validate', UNSAFE_POD)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  child.kill('SIGTERM');
  await sleep(1100);
  expect((await client.send('/livez')).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toBe(143);
});
