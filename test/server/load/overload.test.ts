import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { defaultLimits, logShed, type ShedReason, timeoutOf } from '../../../src/server/load/overload.ts';
import { Receiving, type ReceivingLimits } from '../../../src/server/load/receiving.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { startTestServer, type TestServer } from '../../support/tls-client.ts';

const GATE = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const BODY = JSON.stringify(BARE_POD);
const MIB = 1024 * 1024;

interface Loaded extends TestServer {
  readonly shed: readonly ShedReason[];
  /** A connection that has sent the headers of a request, and half of its body. */
  half(path?: string, headers?: string, body?: string): Promise<RawConnection>;
}

async function start(limits: Partial<ReceivingLimits>, delayMs = 0): Promise<Loaded> {
  const shed: ShedReason[] = [];
  const onShed = (reason: ShedReason): void => void shed.push(reason);
  const server = await startTestServer(() => GATE, { overload: { limits, loop: { delayMs: () => delayMs }, onShed } });
  onTestFinished(() => server.close());
  return {
    ...server,
    shed,
    async half(path = '/mutate', headers = `content-length: ${BODY.length}\r\n`, body = BODY) {
      const connection = await RawConnection.tls(server.url);
      onTestFinished(() => connection.close());
      connection.write(`POST ${path} HTTP/1.1\r\nhost: sandgate\r\ncontent-type: application/json\r\n${headers}\r\n`);
      connection.write(body.slice(0, body.length / 2));
      return connection;
    },
  };
}

function never(): void {
  throw new Error('dropped');
}

/** As one more request finds it: 200 or 429. */
async function status(server: TestServer, path = '/mutate'): Promise<number> {
  return (await server.client.post(path, BARE_POD)).status;
}

describe('requests that are being received', () => {
  test('are bounded in number: one more is told so at once, and may try again', async () => {
    const server = await start({ requests: 2, slowMs: 60_000 });
    const slow = [await server.half(), await server.half('/validate')];
    await expect.poll(() => status(server)).toBe(429);
    const refused = await server.client.post('/validate', BARE_POD);
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1', 'content-type': 'application/json; charset=utf-8' },
      body: { message: 'too busy: 2 requests are being received; try again in a second' },
    });
    expect(refused.headers.connection).toBe('keep-alive');
    expect(new Set(server.shed)).toEqual(new Set(['requests']));
    expect(await server.client.send('/readyz')).toMatchObject({ status: 200 });

    slow[0]?.write(BODY.slice(BODY.length / 2));
    expect(await slow[0]?.next()).toMatchObject({ status: 200 });
    expect(await status(server)).toBe(200);
  });

  test('are bounded in bytes, by what they announce or might come to', async () => {
    const server = await start({ bytes: 9 * MIB, slowMs: 60_000 });
    const chunked = await server.half('/mutate', 'transfer-encoding: chunked\r\n', '5\r\n{"kin');
    await expect.poll(() => server.half('/mutate', `content-length: ${2 * MIB}\r\n`).then(firstStatus)).toBe(429);
    expect(server.shed).toContain('bytes');
    expect(await status(server)).toBe(200);
    await chunked.close();
    await expect.poll(() => largeStatus(server)).toBe(400);
  });

  test('give their room back however they end', async () => {
    const server = await start({ requests: 1, slowMs: 60_000 });
    const others: readonly (() => Promise<unknown>)[] = [
      () => server.client.send('/mutate', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }),
      () => server.client.send('/nowhere', { method: 'POST', body: 'x' }),
      () =>
        server.client.send('/mutate', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x' }),
      () => server.half('/mutate', 'content-length: 9000000\r\n').then((connection) => connection.next()),
      () => server.half('/mutate').then((connection) => connection.close()),
    ];
    for (const other of others) {
      await other();
      await expect.poll(() => status(server)).toBe(200);
    }
  });

  test('make room for others once they have taken too long', async () => {
    const server = await start({ requests: 1, slowMs: 100 });
    const slow = await server.half();
    await expect.poll(() => status(server)).toBe(200);
    const told = await slow.next();
    expect(told.status).toBe(429);
    expect(told.head).toMatch(/\r\nretry-after: 1\r\n(?:.*\r\n)*connection: close\r\n/);
    expect(JSON.parse(told.text)).toMatchObject({
      message: 'too busy: it took more than 100 ms; try again in a second',
    });
    await slow.closed;
    expect(server.shed.at(-1)).toBe('slow');
  });

  test('one that fits nowhere is taken when it is alone', () => {
    const receiving = new Receiving<string>({ requests: 2, bytes: 10, slowMs: 100 });
    expect(receiving.enter('large', 50, never, 0)).toBe(undefined);
    expect(receiving.enter('small', 1, never, 0)).toBe('bytes');
    receiving.leave('large');
    receiving.leave('large');
    expect([receiving.count, receiving.bytes]).toEqual([0, 0]);
  });

  test('the slowest goes first, and no more than need be', () => {
    const dropped: string[] = [];
    const receiving = new Receiving<string>({ requests: 3, bytes: 30, slowMs: 100 });
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      receiving.enter(name, 10, () => void dropped.push(name), index * 10);
    }
    expect(receiving.enter('d', 10, never, 99)).toBe('requests');
    expect(receiving.enter('d', 20, never, 115)).toBe(undefined);
    expect(dropped).toEqual(['a', 'b']);
    expect([receiving.count, receiving.bytes]).toEqual([2, 30]);
  });
});

describe('an event loop that is behind', () => {
  test('refuses those whose answer would come too late, and nobody else', async () => {
    const server = await start({}, 2500);
    expect(await server.client.post('/mutate?timeout=2s', BARE_POD)).toMatchObject({
      status: 429,
      body: { message: 'too busy: answers are 2.5 s late; try again in a second' },
    });
    expect(await status(server, '/validate?timeout=5s')).toBe(200);
    expect(await status(server)).toBe(200);
    expect(await server.client.send('/livez')).toMatchObject({ status: 200 });
    expect(server.shed).toEqual(['delay']);
  });

  test.each([
    ['/mutate?timeout=5s', 5000],
    ['/mutate?dry=1&timeout=30s', 30_000],
    ['/mutate?timeout=0s', 1000],
    ['/mutate?timeout=soon', 10_000],
    ['/mutate', 10_000],
  ])('%s waits %d ms', (url, ms) => {
    expect(timeoutOf(url)).toBe(ms);
  });
});

test('an eighth of the memory there is may be taken by bodies', () => {
  expect(defaultLimits(160 * MIB)).toMatchObject({ requests: 500, bytes: 20 * MIB });
  expect(defaultLimits(0).bytes).toBe(256 * MIB);
  expect(defaultLimits(2 ** 64).bytes).toBe(256 * MIB);
});

test('the log says so once, not once per request', () => {
  const lines: unknown[] = [];
  const report = logShed(createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) }));
  for (let i = 0; i < 100; i++) report('requests');
  expect(lines).toEqual([expect.objectContaining({ level: 'warn', msg: 'too busy', shed: { requests: 1 } })]);
});

async function firstStatus(connection: RawConnection): Promise<number> {
  return (await connection.next()).status;
}

async function largeStatus(server: Loaded): Promise<number> {
  const body = ' '.repeat(2 * MIB);
  const headers = { 'content-type': 'application/json' };
  return (await server.client.send('/mutate', { method: 'POST', headers, body })).status;
}
