// The amount of fuzzing that every change gets; `npm run fuzz` does as much as one likes.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { sandgate } from '../cli/console.ts';
import { inLongTests } from '../support/long-tests.ts';
import { describeResult, fuzz, fuzzGate } from './fuzz.ts';

const CASES = inLongTests(50_000, 2000);
/** The same every time: a change is not to fail for a case it has nothing to do with. */
const SEED = 20_261_122;
const MB = 1_000_000;

test('every answer is one that the API server takes', { timeout: 240_000 }, async () => {
  const result = await fuzz({ cases: CASES, seed: SEED });
  expect(result.failure, describeResult(result)).toBeUndefined();
  expect(result.thrown).toEqual([]);
  expect(result.cases).toBeGreaterThanOrEqual(CASES);
  // More requests than cases: some were filled in and looked at again.
  expect(result.requests).toBeGreaterThan(CASES * 1.1);
  const [, warm = 0, ...later] = result.heapBytes;
  expect(Math.max(...later), describeResult(result)).toBeLessThan(warm + 20 * MB);
  console.log(describeResult(result));
});

describe('a case that fails', () => {
  test('is shrunk, written to a file, and replayed by sandgate review', async () => {
    const result = await fuzz({
      cases: 20_000,
      // From where one that fails comes soon, and two edits are the least that does.
      seed: SEED + 4,
      // One is enough to find it: others would each shrink a failure of their own, which nobody looks at.
      lanes: 1,
      demand(outcome) {
        if (outcome.message.includes('host namespaces')) throw new Error('host namespaces are fine');
      },
    });
    const { failure } = result;
    expect(failure?.message).toBe('host namespaces are fine');
    if (!failure) return;
    const { counterexample, case: found } = failure;
    expect(found.edits.length).toBeLessThanOrEqual(2);
    expect(describeResult(result)).toContain(`replay: node src/main.ts review -p `);

    const review: unknown = JSON.parse(readFileSync(counterexample.file, 'utf8'));
    const handled = handleReview(review, found.webhook, fuzzGate());
    const printed = await sandgate(process.cwd(), counterexample.args);
    const response = ownField(printed.json(), 'response');
    expect(isJsonObject(handled.reply) && printed.json()).toEqual(JSON.parse(JSON.stringify(handled.reply)));
    if (found.webhook === 'validate') expect(ownField(response, 'allowed')).toBe(false);
  });
});
