// The load of the fastest agent-sandbox controller, 1,200 reviews a second, for ten seconds, and bursts of 4,000: as
// `test/bench/load.ts` makes it, which is also how it is measured for longer. No error, and memory bounded.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { tell } from './figures.ts';

const LOAD = resolve(import.meta.dirname, '../../bench/load.ts');
const RATE = 1200;
const SECONDS = 10;
const BURST = 4000;
/** Thrice of what it takes here. */
const MOST_MIB = 600;

test(`${RATE} reviews a second for ${SECONDS} s, then bursts of ${BURST}: no error`, { timeout: 300_000 }, async () => {
  const flags = [`--rate=${RATE}`, `--seconds=${SECONDS}`, `--burst=${BURST}`];
  // In a group of their own, so that its server goes with it where it is cut short.
  const child = spawn(process.execPath, [LOAD, ...flags], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const { promise: exit, resolve: hasExited } = Promise.withResolvers<number | null>();
  child.on('exit', hasExited);
  onTestFinished(() => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  });
  const printed = await text(child.stdout);
  expect(await exit).toBe(0);
  const lines = printed.split('\n').filter((line) => line.includes('answered'));
  for (const line of lines) tell('load', { line });
  const answered = lines.map((line) => Number(/(\d+) answered/.exec(line)?.[1]));
  expect(answered).toEqual([RATE * SECONDS, BURST, BURST]);
  expect(lines.filter((line) => !line.includes('errors: 0;'))).toEqual([]);
  const peaks = lines.map((line) => Number(/peak (\d+) MiB/.exec(line)?.[1]));
  expect(Math.max(...peaks)).toBeLessThan(MOST_MIB);
});
