import { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { inNextPoll } from '../../../src/server/load/poll-phase.ts';
import { createTurnBatch, type TurnBatch } from '../../../src/server/load/turn-batch.ts';

interface Piece {
  readonly name: string;
  readonly bytes: number;
  /** True for one whose response has no socket yet. */
  readonly isPipelined?: boolean;
}

/** Resolves once what was added before is done. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => inNextPoll(resolve));
}

function responseOf({ isPipelined = false }: Piece): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  if (!isPipelined) response.assignSocket(new Socket());
  return response;
}

interface Worker extends TurnBatch<Piece> {
  readonly server: ReturnType<typeof createServer>;
  readonly done: string[];
}

function worker(onFirst: (piece: Piece, batch: TurnBatch<Piece>) => void = () => {}): Worker {
  const done: string[] = [];
  const server = createServer();
  const batch: TurnBatch<Piece> = createTurnBatch<Piece>(server, {
    steps: [
      (piece) => {
        done.push(`first ${piece.name}`);
        onFirst(piece, batch);
      },
      ({ name }) => done.push(`then ${name}`),
    ],
    bytes: ({ bytes }) => bytes,
    response: responseOf,
  });
  return { done, server, ...batch };
}

describe('pieces that come in one turn of the loop', () => {
  test('take each step together, in the order they came', async () => {
    const { done, add } = worker();
    for (const name of ['a', 'b', 'c']) add({ name, bytes: 10 });
    expect(done).toEqual([]);
    await nextTurn();
    expect(done).toEqual(['first a', 'first b', 'first c', 'then a', 'then b', 'then c']);
  });

  test('are not kept waiting for a large one, nor held beside it, and neither is that one', async () => {
    const { done, add } = worker();
    add({ name: 'small', bytes: 10 });
    add({ name: 'large', bytes: 1_000_000 });
    expect(done).toEqual(['first small', 'then small', 'first large', 'then large']);
    add({ name: 'late', bytes: 10 });
    await nextTurn();
    expect(done).toEqual(['first small', 'then small', 'first large', 'then large', 'first late', 'then late']);
  });

  test('are no more at a time than weigh 64 KiB', async () => {
    const { done, add } = worker();
    for (let index = 0; index < 9; index++) add({ name: String(index), bytes: 16 * 1024 });
    await nextTurn();
    const steps = done.map((line) => line.split(' ', 1)[0]).join(' ');
    expect(steps).toBe(`${'first '.repeat(4)}${'then '.repeat(4)}${'first '.repeat(4)}${'then '.repeat(4)}first then`);
  });
});

test('a piece that comes while others are worked on has its turn after them', async () => {
  const { done, add } = worker(({ name }, batch) => {
    if (name === 'a') batch.add({ name: 'c', bytes: 1 });
  });
  add({ name: 'a', bytes: 1 });
  add({ name: 'b', bytes: 1 });
  await nextTurn();
  await nextTurn();
  expect(done).toEqual(['first a', 'first b', 'then a', 'then b', 'first c', 'then c']);
});

test('one that waits for the answer to another request of its connection is worked on at once, and once', async () => {
  const { done, add } = worker();
  add({ name: 'a', bytes: 1 });
  add({ name: 'b', bytes: 1, isPipelined: true });
  expect(done).toEqual(['first a', 'first b', 'then a', 'then b']);
  await nextTurn();
  expect(done).toHaveLength(4);
});

test('what waits is worked on before a connection ends that its client has closed', async () => {
  const { done, add, server } = worker();
  const socket = new Socket();
  socket.on('end', () => done.push('the connection ends'));
  server.emit('secureConnection', socket);
  add({ name: 'a', bytes: 1 });
  socket.emit('end');
  expect(done).toEqual(['first a', 'then a', 'the connection ends']);
  await nextTurn();
  expect(done).toHaveLength(3);
});

test('a piece from elsewhere joins those of the next turn', async () => {
  const { done, add, addLater } = worker();
  addLater({ name: 'late', bytes: 1 });
  add({ name: 'a', bytes: 1 });
  await nextTurn();
  await nextTurn();
  expect(done).toEqual(['first a', 'first late', 'then a', 'then late']);
});
