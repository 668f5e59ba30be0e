// What calls cost, in processor time of the thread that makes them: unlike the time on the clock, it hardly depends on what else
// the machine does.

/** Whatever is measured runs this often before it counts, or for this long. */
const WARM_UP = { calls: 20_000, ms: 2000 };
const ROUNDS = 30;
const ROUND_MS = 25;

/** Microseconds per call. */
export function cost(run: () => unknown): number {
  return costs([run])[0] ?? Number.NaN;
}

/**
 * The same of several things, which take turns: their ratios hold although the machine gets faster and slower. All rounds are added
 * up, since kernels count the time of a thread in steps that can be as long as a round.
 */
export function costs(runs: readonly (() => unknown)[]): readonly number[] {
  const calls = runs.map((run) => {
    repeat(run, WARM_UP.calls, WARM_UP.ms);
    return repeat(run, Number.POSITIVE_INFINITY, ROUND_MS);
  });
  const micros = runs.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      const start = processorMicros();
      const count = calls[index] ?? 0;
      for (let i = 0; i < count; i++) run();
      micros[index] = (micros[index] ?? 0) + processorMicros() - start;
    }
  }
  return micros.map((sum, index) => sum / ROUNDS / (calls[index] ?? 1));
}

/** Calls it so often or for so long, whichever comes first, and returns how often. */
function repeat(run: () => unknown, most: number, ms: number): number {
  const start = performance.now();
  let calls = 0;
  while (calls < most && performance.now() - start < ms) {
    for (let i = 0; i < 10; i++) run();
    calls += 10;
  }
  return calls;
}

function processorMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
