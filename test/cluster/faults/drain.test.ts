// The end of a drain on a machine that is too busy: the process gets no time while the drain runs out, and a review comes
// meanwhile over a connection that is kept. It has been sent before anybody said that the connection would be closed.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type FaultCluster, startFaultCluster } from './fault-cluster.ts';

const DRAIN_MS = 1000;

let cluster: FaultCluster;

beforeAll(async () => {
  cluster = await startFaultCluster();
});

afterAll(async () => {
  await cluster?.stop();
});

// A timer ends the drain, and where it is late, connections have reviews that arrived and lie unread. Of 29,628 calls one was lost
// like this, while three replicas were rolled on a busy machine.
test('a review that has arrived when the drain is over is answered', { timeout: 120_000 }, async () => {
  const sandgate = await cluster.start({ args: [`--drain=${DRAIN_MS / 1000}`] });
  const kept = await RawConnection.tls(sandgate.url);
  const body = JSON.stringify(BARE_POD);
  expect((await kept.post('/mutate?timeout=10s', body)).status).toBe(200);
  sandgate.signal('SIGTERM');
  await expect.poll(sandgate.readyz).toBe(503);
  sandgate.signal('SIGSTOP');
  try {
    await sleep(DRAIN_MS);
    const answer = kept.post('/mutate?timeout=10s', body);
    // All of it is on its way before the process goes on.
    await waitFor(() => kept.socket.writableLength === 0, { within: 5000, what: 'the review is sent' });
    sandgate.signal('SIGCONT');
    expect(await answer).toMatchObject({ status: 200, head: expect.stringContaining('connection: close') as unknown });
  } finally {
    sandgate.signal('SIGCONT');
  }
  await waitFor(() => sandgate.hasExited(), { within: 30_000, what: 'it ends' });
});
