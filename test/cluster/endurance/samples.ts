// How the replica that stays is doing, every few seconds: its memory as the kernel and as V8 see it, and what was asked meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../faults/instance.ts';

export interface Sample {
  /** Since the run began. */
  readonly second: number;
  /** Resident, in MiB. */
  readonly residentMiB: number;
  /** Used in V8's heap, in MiB: it rises until a collection. */
  readonly heapMiB: number;
  /** Requests per second of all clients since the sample before. */
  readonly rate: number;
  /** Of the requests since the sample before, in ms: half were faster, 99 of 100 were, and the slowest. */
  readonly median: number;
  readonly p99: number;
  readonly slowest: number;
}

/** The times of the requests since the last call, in ms. */
export type TakeTimes = () => readonly number[];

/** Samples until `isOver`. */
export async function sampled(
  steady: Instance,
  takeTimes: TakeTimes,
  everyMs: number,
  isOver: () => boolean,
): Promise<readonly Sample[]> {
  const start = performance.now();
  const samples: Sample[] = [];
  let last = start;
  takeTimes();
  while (!isOver()) {
    await sleep(everyMs);
    const metrics = await steady.metrics();
    const now = performance.now();
    const times = takeTimes().toSorted((a, b) => a - b);
    samples.push({
      second: (now - start) / 1000,
      residentMiB: mebibytes(metrics.get('process_resident_memory_bytes')),
      heapMiB: mebibytes(metrics.get('nodejs_heap_size_used_bytes')),
      rate: times.length / ((now - last) / 1000),
      median: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      slowest: times.at(-1) ?? 0,
    });
    last = now;
  }
  return samples;
}

/** Of sorted numbers; 0 where there are none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function mebibytes(bytes: number | undefined): number {
  if (bytes === undefined) throw new Error('a metric of the process is missing');
  return bytes / 2 ** 20;
}

/** What memory did, in MiB. */
export interface MemoryTrend {
  readonly peak: number;
  /** The least used heap of the second third of the run, and of the last: what no collection takes away. */
  readonly heldBefore: number;
  readonly heldAfter: number;
}

/** The trend of a run. Its first third is left out: caches fill, and V8 compiles. */
export function memoryTrend(samples: readonly Sample[]): MemoryTrend {
  const third = Math.floor(samples.length / 3);
  const least = (part: readonly Sample[]): number => Math.min(...part.map(({ heapMiB }) => heapMiB));
  return {
    peak: Math.max(...samples.map(({ residentMiB }) => residentMiB)),
    heldBefore: least(samples.slice(third, 2 * third)),
    heldAfter: least(samples.slice(2 * third)),
  };
}
