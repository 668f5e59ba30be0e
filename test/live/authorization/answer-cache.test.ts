import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerCache } from '../../../src/cluster/authorization/answer-cache.ts';
import type { UseAnswer } from '../../../src/engine/gate.ts';

const MS = { allowed: 10, denied: 5, unknown: 1 };

function cacheOf(most: number): { cache: AnswerCache; pass: (ms: number) => void } {
  let now = 1000;
  return {
    cache: new AnswerCache({ now: () => now, ms: MS, most }),
    pass(ms) {
      now += ms;
    },
  };
}

test.each(['allowed', 'denied', 'unknown'] as const)('%s is kept for its time, and no longer', (answer) => {
  const { cache, pass } = cacheOf(10);
  cache.put('a', answer);
  expect(cache.get('a')).toBe(answer);
  pass(MS[answer] - 1);
  expect(cache.get('a')).toBe(answer);
  pass(1);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.size).toBe(0);
});

test('being asked for does not make an answer last longer', () => {
  const { cache, pass } = cacheOf(10);
  cache.put('a', 'allowed');
  for (let ms = 0; ms < 9; ms++) {
    pass(1);
    expect(cache.get('a')).toBe('allowed');
  }
  pass(1);
  expect(cache.get('a')).toBeUndefined();
});

test('a new answer replaces the old one, with its own time', () => {
  const { cache, pass } = cacheOf(10);
  cache.put('a', 'allowed');
  pass(4);
  cache.put('a', 'denied');
  pass(4);
  expect(cache.get('a')).toBe('denied');
  pass(1);
  expect(cache.get('a')).toBeUndefined();
});

test('where there is no more room, what was used longest ago goes first', () => {
  const { cache } = cacheOf(2);
  cache.put('a', 'allowed');
  cache.put('b', 'denied');
  expect(cache.get('a')).toBe('allowed');
  cache.put('c', 'allowed');
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['allowed', undefined, 'allowed']);
});

test('whatever happens, it holds no more than it may, and says nothing that was not put in', () => {
  const keys = fc.constantFrom('a', 'b', 'c', 'd', '__proto__');
  const steps = fc.array(
    fc.oneof(
      fc.record({ put: keys, answer: fc.constantFrom<UseAnswer>('allowed', 'denied', 'unknown') }),
      fc.record({ get: keys }),
      fc.record({ pass: fc.nat(12) }),
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (most, taken) => {
      const { cache, pass } = cacheOf(most);
      const put = new Map<string, { answer: UseAnswer; until: number }>();
      let now = 0;
      for (const step of taken) {
        if ('put' in step) {
          cache.put(step.put, step.answer);
          put.set(step.put, { answer: step.answer, until: now + MS[step.answer] });
        } else if ('get' in step) {
          const expected = put.get(step.get);
          const answer = cache.get(step.get);
          if (answer !== undefined)
            expect([answer, now]).toEqual([expected?.answer, Math.min(now, (expected?.until ?? 0) - 1)]);
        } else {
          pass(step.pass);
          now += step.pass;
        }
        expect(cache.size).toBeLessThanOrEqual(most);
      }
    }),
  );
});
