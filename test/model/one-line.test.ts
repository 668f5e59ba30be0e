// Text of users on one line and of bounded length.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutUnits, oneLine, shortLine } from '../../src/model/one-line.ts';
import { randomCases } from '../support/random-cases.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\u202e', '𝒳', '\ud835', '…'), maxLength: 40 });

test('a short line is the line of the whole text, cut off', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (whole, limit) => {
      expect(shortLine(whole, limit)).toBe(cutUnits(oneLine(whole), limit));
    }),
    { numRuns: randomCases(5000) },
  );
});

test('what is behind the limit of a short line costs nothing', () => {
  const long = '\n'.repeat(1 << 24);
  const start = process.cpuUsage();
  expect(shortLine(long, 7)).toBe('\\u000a…');
  expect(process.cpuUsage(start).user).toBeLessThan(50_000);
});
