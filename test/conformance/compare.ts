// Compares as many pods as one likes, on all cores.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { isJsonObject } from '../../src/model/json.ts';
import type { LaneResult, LaneTask } from './lane.ts';

/** Small enough that a difference is soon made up again. */
export const BATCH = 500;

/** Compares `pods` pods of `seed` and puts together what all lanes say. The difference is that of any lane. */
export async function compare(seed: number, pods: number): Promise<LaneResult> {
  const step = Math.max(2, availableParallelism());
  const lanes = Array.from({ length: step }, (_, first) => runLane({ seed, pods, batch: BATCH, first, step }));
  const results = await Promise.all(lanes);
  return results.reduce(sum);
}

async function runLane(task: LaneTask): Promise<LaneResult> {
  const worker = new Worker(new URL('lane.ts', import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<LaneResult>();
  worker.on('message', (result: unknown) => {
    if (isLaneResult(result)) resolve(result);
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`a lane ended with ${code} and no result`)));
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}

function isLaneResult(value: unknown): value is LaneResult {
  return isJsonObject(value) && Array.isArray(value.rules);
}

function sum(a: LaneResult, b: LaneResult): LaneResult {
  const difference = a.difference ?? b.difference;
  return {
    pods: a.pods + b.pods,
    verdicts: a.verdicts + b.verdicts,
    allowed: a.allowed + b.allowed,
    rules: a.rules.map((one, index) => {
      const other = b.rules[index];
      if (other?.rule !== one.rule) throw new Error('two lanes count different rules');
      const changed = one.changed === undefined ? undefined : one.changed + (other.changed ?? 0);
      return { ...one, violated: one.violated + other.violated, passed: one.passed + other.passed, changed };
    }),
    ...(difference && { difference }),
  };
}
