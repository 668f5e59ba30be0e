// Answers of the authorizer are kept for a while: no answer may be used for another question than its own.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Authorization } from '../../../src/cluster/authorization/authorization.ts';
import { randomCases } from '../../support/random-cases.ts';

test('no answer is taken for that to another question', async () => {
  const word = fc.constantFrom('', 'a', 'b', 'a","b', 'system:serviceaccount:a:b', '[]', 'null', '__proto__');
  const user = fc.record(
    { username: word, groups: fc.array(word, { maxLength: 2 }), uid: word, extra: fc.dictionary(word, fc.array(word)) },
    { requiredKeys: ['username', 'groups'] },
  );
  const name = fc.constantFrom('a', 'b', 'a-b');
  const request = fc.record({ user, className: name, namespace: name, serviceAccount: name });
  const options = { create: answered, events: { onAsked: () => {}, onKnown: () => {} }, patienceMs: 60_000 };
  const warm = new Authorization(options);
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      expect(await warm.mayUse(asked)).toBe(await new Authorization(options).mayUse(asked));
    }),
    { numRuns: randomCases(2000) },
  );
});

/** A made-up authorizer, which says of each question something that depends on all of it. */
function answered(review: unknown): Promise<unknown> {
  // Nothing beside is the same whether it is sent or not.
  const text = JSON.stringify(review).replace(',"extra":{}', '');
  return Promise.resolve({ status: { allowed: createHash('sha256').update(text).digest().readUInt8() % 2 === 0 } });
}
