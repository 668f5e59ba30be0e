// What calls cost, in processor time of the thread that makes them: unlike the time on the clock, it hardly depends on what else
// the machine does.

/** Whatever is measured runs this often before it counts. */
const WARM_UP_CALLS = 20_000;
const ROUNDS = 9;

/** The median of several rounds, in microseconds per call. */
export function cost(run: () => unknown, calls = 20_000): number {
  return costs([run], calls)[0] ?? Number.NaN;
}

/** The same of several things, which take turns: their ratios hold although the machine gets faster and slower. */
export function costs(runs: readonly (() => unknown)[], calls = 5000): readonly number[] {
  const rounds = runs.map((): number[] => []);
  for (const run of runs) for (let i = 0; i < Math.min(WARM_UP_CALLS, calls * 4); i++) run();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      const start = processorMicros();
      for (let i = 0; i < calls; i++) run();
      rounds[index]?.push((processorMicros() - start) / calls);
    }
  }
  return rounds.map((times) => times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN);
}

function processorMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
