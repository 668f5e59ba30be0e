// What counting costs per review, in nanoseconds: `node test/bench/metrics.ts`. No HTTP, no log.
import { Registry } from 'prom-client';
import { handleReview } from '../../src/admission/handle.ts';
import type { Webhook } from '../../src/admission/review.ts';
import type { ReviewEntry } from '../../src/observe/log.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { PhaseClock } from '../../src/observe/phase-clock.ts';
import { BARE_POD, UNSAFE_POD } from '../../src/server/development/examples.ts';
import { knownPolicies } from '../../src/server/telemetry/known-policies.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { gateOf, policyYaml } from '../support/gate.ts';

const ROUNDS = 200_000;
const REPEATS = 7;

const gate = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const metrics = createMetrics(new Registry(), { version: '0', kinds: WORKLOADS });
metrics.policiesLoaded(knownPolicies(gate.policies));
const clock = new PhaseClock();

for (const [title, review, webhook] of [
  ['a mutation that fills in four fields', BARE_POD, 'mutate'],
  ['a refusal with three findings', UNSAFE_POD, 'validate'],
] as const) {
  const entry = entryOf(review, webhook);
  const counted = median(() => metrics.reviewed(entry));
  const clocked = median(() => {
    clock.start(performance.now());
    for (let mark = 0; mark < 6; mark++) clock.mark('fill');
  });
  process.stdout.write(`${title}: ${counted} ns to count, ${clocked} ns for the clock\n`);
}

function entryOf(review: unknown, webhook: Webhook): Parameters<Metrics['reviewed']>[0] {
  clock.start(performance.now());
  const handled = handleReview(review, webhook, gate, clock.mark);
  if (handled.status === 400) throw new Error(handled.reply.message);
  clock.mark('encode');
  const entry: ReviewEntry = { ...handled, webhook, durationMs: 0.2, phases: { ...clock.times } };
  return entry;
}

/** Nanoseconds for one call. */
function median(work: () => void): number {
  const times: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) work();
    times.push(((performance.now() - start) * 1e6) / ROUNDS);
  }
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? Number.NaN);
}
