// A thread that compares every n-th batch of a run, with an oracle of its own, and posts what came of it.
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { isJsonObject } from '../../src/model/json.ts';
import { batchSeed } from './batch-seed.ts';
import { podText } from './generated-pods.ts';
import { differenceOf, Oracle } from './oracle.ts';
import { type RuleTally, Tally } from './tally.ts';

/** Which batches a lane takes: `first`, and then every `step`-th. */
export interface LaneTask {
  readonly seed: number;
  readonly pods: number;
  readonly batch: number;
  readonly first: number;
  readonly step: number;
}

export interface LaneResult {
  readonly pods: number;
  readonly verdicts: number;
  /** How many of the verdicts allow. */
  readonly allowed: number;
  readonly rules: readonly RuleTally[];
  /** The seed of the first batch with a difference, and the pod. */
  readonly difference?: { readonly seed: number; readonly pod: string };
}

/** Compares pod by pod, and stops at the first difference. */
async function runLane(task: LaneTask): Promise<LaneResult> {
  const oracle = await Oracle.start();
  const tally = new Tally();
  const counts = { pods: 0, verdicts: 0, allowed: 0 };
  for (let batch = task.first; batch * task.batch < task.pods; batch += task.step) {
    const seed = batchSeed(task.seed, batch);
    const pods = fc.sample(podText, { seed, numRuns: Math.min(task.batch, task.pods - batch * task.batch) });
    const verdicts = await oracle.judge(pods);
    for (const [index, pod] of pods.entries()) {
      const theirs = verdicts[index] ?? [];
      if (differenceOf(pod, theirs, (at, failures) => tally.count(at, failures))) {
        return { ...counts, rules: tally.rules, difference: { seed, pod } };
      }
      counts.pods++;
      counts.verdicts += theirs.length;
      for (const { allowed } of theirs) if (allowed) counts.allowed++;
    }
  }
  await oracle.close();
  return { ...counts, rules: tally.rules };
}

function isLaneTask(value: unknown): value is LaneTask {
  return isJsonObject(value) && ['seed', 'pods', 'batch', 'first', 'step'].every((key) => Number.isInteger(value[key]));
}

const task: unknown = workerData;
if (!isLaneTask(task)) throw new TypeError(`not a task: ${JSON.stringify(task)}`);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, not for threads
parentPort?.postMessage(await runLane(task));
