// Clients that do nothing, or next to nothing, and would like us to wait.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cpuTimeMs } from '../../support/cpu-time.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const REVIEW = reviewText({ spec: '{"hostNetwork":true,"containers":[{"name":"a"}]}' });

/** They wait for events. This only ends a test to which nothing happens any more. */
const PATIENT = { timeout: 240_000 };

/** An ordinary review over a connection of its own: how much CPU time it took both ends, in ms. */
async function answerTime(): Promise<number> {
  const start = process.cpuUsage();
  const connection = await RawConnection.tls(server.url);
  const answer = await connection.post('/validate', REVIEW);
  expect(answer.status).toBe(200);
  await connection.close();
  return cpuTimeMs(start);
}

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

/** How many clients are slow, and how many are idle. */
const SLOW = inLongTests(100, 25);
const IDLE = inLongTests(5000, 500);

test(`${SLOW} that send a header without end: their neighbours are served, and they are let go`, PATIENT, async () => {
  const slow = await times(SLOW, () => RawConnection.tls(server.url));
  const answers = slow.map((connection) => connection.next());
  for (const connection of slow) connection.write('POST /validate HTTP/1.1\r\nhost: x\r\nx-slow: ');
  const settling = Promise.allSettled(answers);
  // Until the server has let them all go, whenever it comes to that.
  for (let second = 0; slow.some((connection) => connection.isOpen); second++) {
    await Promise.race([settling, sleep(1000)]);
    for (const connection of slow) if (connection.isOpen) connection.write('a');
    if (second % 5 === 0) expect(await answerTime()).toBeLessThan(2000);
  }
  const settled = await settling;
  const statuses = settled.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 'closed'));
  expect(new Set(statuses)).toEqual(new Set([408]));
  await Promise.all(slow.map((connection) => connection.closed));
});

/** Few enough for the last of them to be through its handshake before the server loses patience, however busy the machine is. */
const AT_ONCE = 50;

/** Two files for each connection, since both of its ends are in this process; some are needed for other things. */
function connectionsAllowed(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  return Number.isFinite(limit) ? Math.max(0, Math.floor((limit - 500) / 2)) : IDLE;
}

test(`${IDLE} connections that do nothing do not keep others from being served`, PATIENT, async (context) => {
  const count = Math.min(IDLE, connectionsAllowed());
  if (count < IDLE) await context.annotate(`only ${count} connections: ulimit -n allows no more`);
  const idle: RawConnection[] = [];
  const open = async (make: () => Promise<RawConnection>, many: number): Promise<void> => {
    for (let left = many; left > 0; left -= AT_ONCE) idle.push(...(await times(Math.min(left, AT_ONCE), make)));
  };
  // Over TLS, as a client's pool has them: all go on with the session of the first. And without TLS, which costs the
  // server no computing but a place.
  const sessions = Math.floor(count / 2);
  const first = await RawConnection.tls(server.url);
  const session = await first.session;
  idle.push(first);
  await open(() => RawConnection.again(server.url, session), sessions - 1);
  await open(() => RawConnection.plain(server.url), count - sessions);
  expect(await answerTime()).toBeLessThan(2000);
  // An answered one stays open, too.
  const used = await RawConnection.tls(server.url);
  for (let round = 0; round < 5; round++) expect((await used.post('/validate', REVIEW)).status).toBe(200);
  await Promise.all([used, ...idle].map((connection) => connection.close()));
  expect(await answerTime()).toBeLessThan(2000);
});

// Go's HTTP client, and so the API server, opens connections in advance. Answered with a 408 after ten seconds, the request that came
// over such a connection at that moment had failed.
test('a connection that was opened long before its first request is still there for it', PATIENT, async () => {
  const [slow, ...connections] = await times(4, () => RawConnection.tls(server.url));
  const events = await Promise.race([...connections.map(({ closed }) => closed), sleep(14_000, 'none')]);
  expect(events).toBe('none');
  for (const connection of connections) {
    expect((await connection.post('/validate', REVIEW)).status).toBe(200);
    expect((await connection.post('/validate', REVIEW)).status).toBe(200);
  }
  await Promise.all(connections.map((connection) => connection.close()));
  // A client that waited does not get more time for its headers than any other.
  slow?.write('POST /validate HTTP/1.1\r\nhost: x\r\n');
  expect((await slow?.next())?.status).toBe(408);
});
