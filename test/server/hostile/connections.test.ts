// Clients that take their time, take all there is, or go away in the middle.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { cpuTimeMs } from '../../support/cpu-time.ts';
import { hostileServer, outcomeOf } from '../../support/hostile-server.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const REVIEW = reviewText({ spec: '{"hostNetwork":true,"containers":[{"name":"a"}]}' });
const HEAD = `POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${REVIEW.length}\r\n\r\n`;

/** An ordinary review over a connection of its own: how much CPU time it took both ends, in ms. */
async function answerTime(): Promise<number> {
  const start = process.cpuUsage();
  const connection = await RawConnection.tls(server.url);
  const answer = await connection.post('/validate', REVIEW);
  expect(answer.status).toBe(200);
  expect(outcomeOf('validate', REVIEW, JSON.parse(answer.text)).result).toBe('denied');
  await connection.close();
  return cpuTimeMs(start);
}

/** How many do the same at once, and how many where each keeps the server waiting. */
const FEW = inLongTests(20, 5);
const MANY = inLongTests(100, 25);

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

describe('pipelined requests', () => {
  test('are answered in order', async () => {
    const connection = await RawConnection.tls(server.url);
    const uids = Array.from({ length: 200 }, (_, index) => `uid-${index}`);
    const answers = await Promise.all(uids.map((uid) => connection.post('/mutate', reviewText({ uid }))));
    for (const [index, answer] of answers.entries()) {
      expect(outcomeOf('mutate', reviewText({ uid: `uid-${index}` }), JSON.parse(answer.text)).result).toBe('allowed');
    }
    await connection.close();
  });

  test('each its own answer, the bad ones between the good', async () => {
    const connection = await RawConnection.tls(server.url);
    const bodies = [REVIEW, '{', '', REVIEW, 'null', REVIEW];
    const answers = await Promise.all(bodies.map((body) => connection.post('/validate', body)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 400, 400, 200, 400, 200]);
    await connection.close();
  });

  test('a client that pipelines in one write and goes away disturbs nobody else', async () => {
    await times(FEW, async () => {
      const connection = await RawConnection.resettable(server.url);
      connection.write((HEAD + REVIEW).repeat(50));
      await sleep(5);
      await connection.reset();
    });
    expect(await answerTime()).toBeLessThan(2000);
  });
});

describe('a client that goes away', () => {
  const cuts: readonly (readonly [string, string])[] = [
    ['before a word', ''],
    ['in the request line', 'POST /val'],
    ['in the headers', HEAD.slice(0, 60)],
    ['before the body', HEAD],
    ['in the body', HEAD + REVIEW.slice(0, 300)],
    ['before the last byte', HEAD + REVIEW.slice(0, -1)],
    ['before the answer', HEAD + REVIEW],
    ['in a chunk', `${HEAD.replace(/content-length: \d+/, 'transfer-encoding: chunked')}fff\r\n{"kind"`],
  ];
  test.each(cuts)('a client that goes away %s disturbs nobody else', async (_, bytes) => {
    for (const how of ['close', 'reset'] as const) {
      await times(FEW, async () => {
        const connection = await RawConnection.resettable(server.url);
        connection.write(bytes);
        await sleep(5);
        await connection[how]();
      });
    }
    expect(await answerTime()).toBeLessThan(2000);
  });

  test('half closed, it still gets its answer', async () => {
    const connection = await RawConnection.tls(server.url);
    const answer = connection.next();
    connection.socket.end(HEAD + REVIEW);
    expect((await answer).status).toBe(200);
    await connection.closed;
  });

  test('one that never reads its answers does not hold up the others', async () => {
    const deaf = await times(FEW, () => RawConnection.tls(server.url));
    for (const connection of deaf) {
      connection.socket.pause();
      connection.write((HEAD + REVIEW).repeat(200));
    }
    expect(await answerTime()).toBeLessThan(5000);
    await Promise.all(deaf.map((connection) => connection.close()));
  });
});

describe('a client that takes its time', () => {
  test('with the body: its neighbours are served, and so is it', async () => {
    const slow = await times(MANY, () => RawConnection.tls(server.url));
    const answers = slow.map((connection) => connection.next());
    for (const connection of slow) connection.write(HEAD);
    const step = Math.ceil(REVIEW.length / 20);
    for (let at = 0; at < REVIEW.length; at += step) {
      for (const connection of slow) connection.write(REVIEW.slice(at, at + step));
      await sleep(50);
      if (at === step * 10) expect(await answerTime()).toBeLessThan(2000);
    }
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(slow.map(() => 200));
    await Promise.all(slow.map((connection) => connection.close()));
  });

  test('byte by byte', async () => {
    const connection = await RawConnection.tls(server.url);
    for (const byte of HEAD + REVIEW) connection.write(byte);
    expect((await connection.next()).status).toBe(200);
    await connection.close();
  });
});
