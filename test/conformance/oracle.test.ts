// Our Pod Security Standards against upstream's own evaluator: verdict and text of every level at every version, on pods
// that fast-check makes up. `SEED=… PODS=… npm run test:cluster -- conformance/oracle` takes others, and more of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluate } from '../../src/pod-security/standard.ts';
import { BATCH, compare } from './compare.ts';
import { describeDifference, shrink } from './counterexample.ts';
import { EVERYWHERE, Oracle } from './oracle.ts';
import type { RuleTally } from './tally.ts';

const SEED = Number(process.env.SEED ?? 20261122);
const PODS = Number(process.env.PODS ?? 100_000);
/** Of 100,000 pods at least this many break each rule, keep it, and are told something else by its next version. */
const LEAST = { violated: 1000, passed: 10_000, changed: 1000 };

let oracle: Oracle;
beforeAll(async () => {
  oracle = await Oracle.start();
}, 600_000);
afterAll(() => oracle.close());

test(
  `${PODS} pods of seed ${SEED}: upstream says the same of each, at every level and version`,
  async () => {
    const started = performance.now();
    const { pods, verdicts, allowed, rules, difference } = await compare(SEED, PODS);
    if (difference) throw new Error(await smallest(difference));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `${pods} pods of seed ${SEED} by ${EVERYWHERE.length} levels and versions in ${seconds} s: 0 of ${verdicts} verdicts differ (${allowed} allow)`,
    );
    expect(pods).toBe(PODS);
    expect(verdicts).toBe(PODS * EVERYWHERE.length);
    expect(unproved(rules)).toEqual([]);
  },
  120_000 + PODS * 5,
);

test('a rule that says too little is found out, with the smallest pod that shows it', async () => {
  const found = await shrink(oracle, 1, 2000, lenient);
  if (!found) throw new Error('nothing was found');
  expect(describeDifference(found.pod, found.difference, 'REPLAY')).toBe(
    [
      'baseline:v1.26 of this pod:',
      '---',
      'spec:',
      '  containers:',
      '    - name: a',
      '      securityContext:',
      '        privileged: true',
      '---',
      'ours:   allowed',
      'theirs: violates PodSecurity "baseline:v1.26": privileged (container "a" must not set securityContext.privileged=true)',
      'to run it again: REPLAY',
    ].join('\n'),
  );
});

/** Forgets a check at one version. */
function lenient(...[level, version, pod]: Parameters<typeof evaluate>): ReturnType<typeof evaluate> {
  const failures = evaluate(level, version, pod);
  return version === 'v1.26' ? failures.filter(({ check }) => check.id !== 'privileged') : failures;
}

/** The difference again with the smallest pod that shows it, or the one that was met. */
async function smallest({ seed, pod }: { readonly seed: number; readonly pod: string }): Promise<string> {
  const replay = `SEED=${seed} PODS=${BATCH} npm run test:cluster -- conformance/oracle`;
  const found = await shrink(oracle, seed, BATCH);
  return found ? describeDifference(found.pod, found.difference, replay) : `${pod}\nto run it again: ${replay}`;
}

/** The rules of which this run has seen too little to say that they agree. */
function unproved(rules: readonly RuleTally[]): readonly string[] {
  const share = PODS / 100_000;
  return rules
    .filter(({ violated, passed, changed = Number.POSITIVE_INFINITY }) => {
      return violated < LEAST.violated * share || passed < LEAST.passed * share || changed < LEAST.changed * share;
    })
    .map(
      ({ rule, violated, passed, changed }) => `${rule}: violated ${violated}, passed ${passed}, changed ${changed}`,
    );
}
