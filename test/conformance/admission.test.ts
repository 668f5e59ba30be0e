// Our webhook with a policy that follows the labels of namespaces against upstream's own webhook: what is refused, warned
// about and audited in which words, and what the metrics count. `SEED=… REVIEWS=… npm run test:cluster -- conformance/admission`.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { LEVELS, NEWEST_MINOR } from '../../src/pod-security/standard.ts';
import { type Answer, ourAnswer, UpstreamAdmission } from './admission.ts';
import { batchSeed } from './batch-seed.ts';
import { type GeneratedReview, review } from './generated-reviews.ts';

const SEED = Number(process.env.SEED ?? 20261122);
const REVIEWS = Number(process.env.REVIEWS ?? 20_000);
const BATCH = 500;
/** Each of these labels of the metrics is met at least so often in a run of the usual length. */
const LEAST = 20;
const LABEL_VALUES = [
  ...['allow', 'deny'].map((value) => `decision="${value}"`),
  ...['true', 'false'].map((value) => `fatal="${value}"`),
  ...['enforce', 'audit', 'warn'].map((value) => `mode="${value}"`),
  ...LEVELS.map((value) => `policy_level="${value}"`),
  ...['latest', 'future'].map((value) => `policy_version="${value}"`),
  ...Array.from({ length: NEWEST_MINOR + 1 }, (_, minor) => `policy_version="v1.${minor}"`),
  ...['create', 'update'].map((value) => `request_operation="${value}"`),
  ...['pod', 'controller'].map((value) => `resource="${value}"`),
  ...['', 'ephemeralcontainers', 'resize'].map((value) => `subresource="${value}"`),
];

let upstream: UpstreamAdmission;
beforeAll(async () => {
  upstream = await UpstreamAdmission.start();
}, 600_000);
afterAll(() => upstream.close());

test(
  `${REVIEWS} reviews of seed ${SEED}: both answer and count alike`,
  async () => {
    const values = new Map<string, number>();
    const tally = { refused: 0, warned: 0, audited: 0, badLabels: 0 };
    for (let done = 0; done < REVIEWS; done += BATCH) {
      const seed = batchSeed(SEED, done / BATCH);
      const reviews = fc.sample(review, { seed, numRuns: Math.min(BATCH, REVIEWS - done) });
      const answers = await upstream.answer(reviews);
      for (const [index, one] of reviews.entries()) {
        const theirs = answers[index];
        if (!theirs) throw new Error('upstream did not answer');
        const ours = await ourAnswer(one);
        const said = `review ${index} of seed ${seed}: ${JSON.stringify(one)}`;
        expect(comparable(ours, theirs, one), said).toEqual(comparable(theirs, theirs, one));
        for (const series of theirs.counted) for (const value of labelValues(series)) count(values, value);
        if (theirs.refusal !== '') tally.refused++;
        if (theirs.warning !== '') tally.warned++;
        if (theirs.audit !== '') tally.audited++;
        if (theirs.badLabels) tally.badLabels++;
      }
    }
    console.log(`${REVIEWS} reviews of seed ${SEED}: 0 differences; upstream's answers: ${JSON.stringify(tally)}`);
    const share = Math.min(1, REVIEWS / 20_000);
    expect(LABEL_VALUES.filter((value) => (values.get(value) ?? 0) < LEAST * share)).toEqual([]);
  },
  120_000 + REVIEWS * 10,
);

/**
 * The part of an answer in which both have to agree. Where an update changes no image, upstream does not look at the pod
 * and says nothing; we say, as a warning, what it violated before. Where the namespace cannot be looked up, we have other
 * words for it, and let such an update pass: a finalizer must go through.
 */
function comparable(answer: Answer, theirs: Answer, { labels, request }: GeneratedReview): Partial<Answer> {
  const { allowed, counted } = answer;
  const isUpdate = ownField(request, 'operation') === 'UPDATE';
  if (labels === null) return isUpdate ? { counted } : { allowed, counted };
  return isUpdate && theirs.counted.length === 0 ? { allowed, counted } : answer;
}

function labelValues(series: string): readonly string[] {
  return series.slice(series.indexOf('{') + 1, series.lastIndexOf('}')).split(',');
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
