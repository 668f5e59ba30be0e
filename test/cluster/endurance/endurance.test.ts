// Three minutes of what `npm run endurance` does for half an hour (docs/endurance.md): every request has the right answer, the API
// server counts no failed call, and memory does not grow.
import { expect, test } from 'vitest';
import { tell } from '../faults/figures.ts';
import { endure } from './endure.ts';
import { memoryTrend } from './samples.ts';

const SECONDS = 180;
/** The limit of the chart. */
const LIMIT_MIB = 256;
/** What the least used heap of a minute may be above that of the minute before: collections do not come at will. */
const NOISE_MIB = 8;

test(`${SECONDS} s of mixed load, while policies are edited, certificates rotated and replicas replaced: no review fails`, {
  timeout: (SECONDS + 240) * 1000,
  // What fails once has failed.
  retry: 0,
}, async () => {
  const endured = await endure({ seconds: SECONDS, sampleMs: 2000, upsetRestMs: 2000, clientRestMs: 50 });
  const { asked, calls, upsets, samples, ended } = endured;
  const counts = Object.values(asked).map(({ count }) => count);
  const trend = memoryTrend(samples);
  tell('endurance', {
    requests: counts.reduce((sum, count) => sum + count, 0),
    calls: calls.codes,
    upsets: upsets.length,
    replaced: ended.count,
    slowestMs: Math.max(...Object.values(asked).map(({ slowest }) => slowest)),
    memory: trend,
  });
  expect(Object.values(asked).map(({ failures }) => failures)).toEqual(counts.map(() => ({})));
  expect(endured.failedCalls).toEqual([]);
  expect(calls).toMatchObject({ refusedForFailure: 0, failedOpen: 0 });
  // 422 is our answer to a policy that is broken.
  const { 200: allowed, 403: denied, ...rest } = calls.codes;
  expect(Math.min(allowed ?? 0, denied ?? 0)).toBeGreaterThan(0);
  expect(rest).toEqual({ 422: upsets.filter(({ name }) => name === 'broken policy refused').length });
  expect(ended.complaints).toEqual([]);
  expect({ unrouted: endured.unrouted, faults: endured.faults, shed: endured.shed }).toEqual({
    unrouted: 0,
    faults: 0,
    shed: 0,
  });
  expect(Math.min(...counts)).toBeGreaterThan(20);
  expect(new Set(upsets.map(({ name }) => name)).size).toBe(6);
  expect(trend.peak).toBeLessThan(LIMIT_MIB);
  expect(trend.heldAfter).toBeLessThan(trend.heldBefore + NOISE_MIB);
});
