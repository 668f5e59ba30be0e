// The log on a real pipe: whole lines in order, all of them when the process ends, and an account of what a stalled reader missed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';

const TALKATIVE = join(import.meta.dirname, 'talkative.ts');

function talk(lines: number): ChildProcess {
  return spawn(process.execPath, [TALKATIVE, String(lines)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
}

interface Line {
  readonly msg: unknown;
  readonly line: unknown;
  readonly lines: unknown;
}

/** Throws where it is not one whole line. */
function lineOf(json: string): Line {
  const fields: unknown = JSON.parse(json);
  return { msg: ownField(fields, 'msg'), line: ownField(fields, 'line'), lines: ownField(fields, 'lines') };
}

/** What it logged, once it has ended. */
async function linesOf(child: ChildProcess): Promise<readonly Line[]> {
  if (!child.stdout) throw new Error('it has no stdout');
  const logged = await text(child.stdout);
  return logged.trimEnd().split('\n').map(lineOf);
}

test('every line is whole and in its place, the last ones written as the process ends', async () => {
  const child = talk(2000);
  await once(child, 'message');
  child.send('end');
  const lines = await linesOf(child);
  expect(lines.map(({ msg, line }) => line ?? msg)).toEqual([...Array(2000).keys(), 'the end']);
});

test('a reader that stalls loses lines beyond 8 MiB and is told how many', async () => {
  const written = 30_000;
  const child = talk(written);
  await once(child, 'message');
  const reading = linesOf(child);
  await isToldOfLoss(child);
  child.send('end');
  const logged = await reading;
  const talked = logged.filter(({ msg }) => msg === 'talk');
  expect(talked.map(({ line }) => line)).toEqual([...talked.keys()]);
  expect(talked.length).toBeGreaterThan(15_000);
  const account = logged.filter(({ msg }) => msg === 'log lines lost');
  expect(account.map(({ lines }) => lines)).toEqual([written - talked.length]);
  expect(logged.at(-1)?.msg).toBe('the end');
});

function isToldOfLoss({ stdout }: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = '';
  stdout?.on('data', (chunk: Buffer) => {
    seen = seen.slice(-100) + chunk.toString('latin1');
    if (seen.includes('log lines lost')) resolve();
  });
  return promise;
}

test('a line longer than a page, and the one before it, are whole and in their place', async () => {
  const child = spawn(process.execPath, [TALKATIVE, '3', '40000'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await once(child, 'message');
  child.send('end');
  const lines = await linesOf(child);
  expect(lines.map(({ msg, line }) => line ?? msg)).toEqual([0, 1, 2, 'the end']);
});
