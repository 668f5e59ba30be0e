// What calls cost, in processor time of the thread that makes them: unlike the time on the clock, it hardly depends on what else
// the machine does.

/** Whatever is measured runs this often before it counts, or for this long. */
const WARM_UP = { calls: 20_000, ms: 2000 };
const ROUNDS = 30;
const ROUND_MS = 25;
const TRIES = 10;
const TRY_MS = 1;

/** Microseconds per call. */
export function cost(run: () => unknown): number {
  return costs([run])[0] ?? Number.NaN;
}

/**
 * The same of several things, which take turns: their ratios hold although the machine gets faster and slower. All rounds are added
 * up, since kernels count the time of a thread in steps that can be as long as a round.
 */
export function costs(runs: readonly (() => unknown)[]): readonly number[] {
  const calls = runs.map(callsPerRound);
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

/** As many calls as fit into a round on an idle machine: by the quickest of several tries, while others use it, too. */
function callsPerRound(run: () => unknown): number {
  const start = performance.now();
  for (let calls = 0; calls < WARM_UP.calls && performance.now() - start < WARM_UP.ms; calls++) run();
  let batch = 1;
  while (msOf(run, batch) < TRY_MS) batch *= 2;
  let quickest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES; tries++) quickest = Math.min(quickest, msOf(run, batch));
  return Math.ceil((batch * ROUND_MS) / quickest);
}

function msOf(run: () => unknown, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) run();
  return performance.now() - start;
}

function processorMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
