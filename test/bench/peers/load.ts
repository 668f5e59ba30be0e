// The same reviews to every controller in turns, over TLS with connections kept open.
import type { JsonObject } from '../../../src/model/json.ts';
import { type ClosedLoop, openLoop, percentile } from '../closed-loop.ts';
import { bodiesOf } from '../varied.ts';
import type { Candidate } from './candidate.ts';

export interface Case {
  readonly name: string;
  readonly review: JsonObject;
  /** Whether each review is about another pod. */
  readonly varied: boolean;
}

export interface Measured {
  /** Microseconds of the process for a review. */
  readonly cpuMicros: number;
  readonly perSecond: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200, and connections that broke. */
  readonly failed: number;
}

export interface LoadOptions {
  readonly seconds: number;
  readonly rounds: number;
}

/** Medians over the rounds, by controller in the order given. */
export async function compareLoad(
  candidates: readonly Candidate[],
  { review, varied }: Case,
  connections: number,
  { seconds, rounds }: LoadOptions,
): Promise<readonly Measured[]> {
  const bodies = varied ? bodiesOf(review) : [JSON.stringify(review)];
  const measured = candidates.map((): Measured[] => []);
  // One round more than counts: in the first, caches fill.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const { url, ca, path } = candidate;
      // For each turn: Node closes connections that are idle for five seconds, unless a server says otherwise, and Pepr does not.
      const loop = await openLoop({ url, ca, path, bodies, connections });
      const result = await fire(candidate, loop, seconds);
      loop.close();
      if (round > 0) measured[index]?.push(result);
    }
  }
  return measured.map((results) => ({
    cpuMicros: median(results.map((result) => result.cpuMicros)),
    perSecond: median(results.map((result) => result.perSecond)),
    p50: median(results.map((result) => result.p50)),
    p99: median(results.map((result) => result.p99)),
    failed: results.reduce((sum, result) => sum + result.failed, 0),
  }));
}

async function fire(candidate: Candidate, loop: ClosedLoop, seconds: number): Promise<Measured> {
  const before = candidate.usage();
  const result = await loop.run(seconds);
  const after = candidate.usage();
  return {
    cpuMicros: (after.cpuMicros - before.cpuMicros) / result.requests,
    perSecond: result.perSecond,
    p50: percentile(result, 0.5) / 1000,
    p99: percentile(result, 0.99) / 1000,
    failed: result.failed,
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
