import { describe, expect, test } from 'vitest';
import { inTurns, type Turns } from '../../src/server/load/in-turns.ts';
import { inNextPoll } from '../../src/server/load/poll-phase.ts';

interface Piece {
  readonly name: string;
  readonly bytes: number;
}

/** Resolves once what was handed in before is done. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => inNextPoll(resolve));
}

function worker(): Turns<Piece> & { readonly done: string[] } {
  const done: string[] = [];
  const turns = inTurns<Piece>({
    steps: [({ name }) => done.push(`first ${name}`), ({ name }) => done.push(`then ${name}`)],
    bytes: ({ bytes }) => bytes,
  });
  return { done, ...turns };
}

describe('pieces that come in one turn of the loop', () => {
  test('take each step together, in the order they came', async () => {
    const { done, handIn } = worker();
    for (const name of ['a', 'b', 'c']) handIn({ name, bytes: 10 });
    expect(done).toEqual([]);
    await nextTurn();
    expect(done).toEqual(['first a', 'first b', 'first c', 'then a', 'then b', 'then c']);
  });

  test('are not kept waiting for a large one, nor held beside it, and neither is that one', async () => {
    const { done, handIn } = worker();
    handIn({ name: 'small', bytes: 10 });
    handIn({ name: 'large', bytes: 1_000_000 });
    expect(done).toEqual(['first small', 'then small', 'first large', 'then large']);
    handIn({ name: 'late', bytes: 10 });
    await nextTurn();
    expect(done).toEqual(['first small', 'then small', 'first large', 'then large', 'first late', 'then late']);
  });

  test('are no more at a time than weigh 64 KiB', async () => {
    const { done, handIn } = worker();
    for (let index = 0; index < 9; index++) handIn({ name: String(index), bytes: 16 * 1024 });
    await nextTurn();
    const steps = done.map((line) => line.split(' ', 1)[0]).join(' ');
    expect(steps).toBe(`${'first '.repeat(4)}${'then '.repeat(4)}${'first '.repeat(4)}${'then '.repeat(4)}first then`);
  });
});

test('a piece that comes while others are worked on has its turn after them', async () => {
  const done: string[] = [];
  const { handIn } = inTurns<string>({
    steps: [
      (name) => {
        done.push(name);
        if (name === 'a') handIn('c');
      },
    ],
    bytes: () => 1,
  });
  handIn('a');
  handIn('b');
  await nextTurn();
  await nextTurn();
  expect(done).toEqual(['a', 'b', 'c']);
});

test('what cannot wait is done at once, and once', async () => {
  const { done, handIn, workNow } = worker();
  handIn({ name: 'a', bytes: 1 });
  workNow();
  expect(done).toEqual(['first a', 'then a']);
  await nextTurn();
  expect(done).toHaveLength(2);
});

/** Hands in one piece per turn; returns for each whether it was worked on at once. */
async function oneByOne({ done, handIn }: ReturnType<typeof worker>, count: number): Promise<boolean[]> {
  const atOnce: boolean[] = [];
  for (let index = 0; index < count; index++) {
    const before = done.length;
    handIn({ name: 'alone', bytes: 1 });
    atOnce.push(done.length > before);
    await nextTurn();
    expect(done).toHaveLength(before + 2);
  }
  return atOnce;
}

describe('pieces that keep coming alone', () => {
  test('are soon worked on at once, but for one now and then that waits for others', async () => {
    const atOnce = await oneByOne(worker(), 100);
    expect(atOnce.slice(0, 9)).not.toContain(true);
    expect(atOnce.slice(9).filter(Boolean).length).toBeGreaterThan(80);
    expect(atOnce.slice(9)).toContain(false);
  });

  test('wait again once others come with them', async () => {
    const turns = worker();
    await oneByOne(turns, 20);
    for (let turn = 0; turn < 20; turn++) {
      for (const name of ['a', 'b']) turns.handIn({ name, bytes: 1 });
      await nextTurn();
    }
    turns.done.length = 0;
    for (const name of ['a', 'b']) turns.handIn({ name, bytes: 1 });
    expect(turns.done).toEqual([]);
    await nextTurn();
    expect(turns.done).toEqual(['first a', 'first b', 'then a', 'then b']);
  });

  test('are told from those that are left over of a turn with too much for one go', async () => {
    const { done, handIn } = worker();
    for (let turn = 0; turn < 40; turn++) {
      done.length = 0;
      for (let index = 0; index < 4; index++) handIn({ name: 'one of five', bytes: 16 * 1024 });
      expect(done).toEqual([]);
      handIn({ name: 'left over', bytes: 16 * 1024 });
      expect(done).toHaveLength(8);
      await nextTurn();
      expect(done).toHaveLength(10);
    }
  });
});
