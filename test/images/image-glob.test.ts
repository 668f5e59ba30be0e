// Patterns, against a regular expression that says the same, and against all short texts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, globCovers, globsIntersect } from '../../src/model/glob.ts';
import { cpuTimeMs } from '../support/cpu-time.ts';
import { inLongTests } from '../support/long-tests.ts';
import { randomCases } from '../support/random-cases.ts';

/** Every text of up to six characters of `a/`: as long as the shortest text that two patterns of three steps share. */
const TEXTS = [''];
for (let at = 0; TEXTS.length < 127; at++) TEXTS.push(`${TEXTS[at]}a`, `${TEXTS[at]}/`);

const pattern = fc.array(fc.constantFrom('a', '/', '?', '*', '**'), { maxLength: 3 }).map((steps) => steps.join(''));
const text = fc.stringMatching(/^[ab/]{0,12}$/);

function asRegExp(glob: string): RegExp {
  const steps = glob.match(/\*+|[^*]/g) ?? [];
  const made = steps.map((step) =>
    step.startsWith('**') ? '.*' : step === '*' ? '[^/]*' : step === '?' ? '[^/]' : step,
  );
  return new RegExp(`^${made.join('')}$`, 's');
}

test.each([
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['?', '', false],
  ['a*', 'abc', true],
  ['a*', 'a/b/c', false],
  ['a**', 'a/b/c', true],
  ['a*/c', 'a/b/c', false],
  ['a/*/c', 'a/b/c', true],
  ['a/**/c', 'a/b/b/c', true],
  ['**/c', 'a/b/c', true],
  ['**/c', 'c', false],
  ['a?b', 'a/b', false],
  ['***', 'a/b', true],
  ['*-full', '1.0-full', true],
  ['*-full', '1.0-full2', false],
  ['a.c', 'abc', false],
  ['*ab*ab', 'abab', true],
  ['*ab*ab', 'abaab', true],
  ['a*a', 'a', false],
])('%j on %j: %s', (glob, subject, expected) => {
  expect(compileGlob(glob)(subject)).toBe(expected);
});

test('agrees with a regular expression', () => {
  fc.assert(
    fc.property(pattern, text, (glob, subject) => {
      expect(compileGlob(glob)(subject)).toBe(asRegExp(glob).test(subject));
    }),
    { numRuns: randomCases(5000) },
  );
});

test('a hostile text takes no time', () => {
  const length = inLongTests(1 << 20, 1 << 17);
  const start = process.cpuUsage();
  expect(compileGlob('a*a*a*a*a*a*a*b')('a'.repeat(length))).toBe(false);
  expect(compileGlob('*a?a?a?a*b')('a'.repeat(length))).toBe(false);
  expect(cpuTimeMs(start)).toBeLessThan(1000);
});

describe('two patterns', () => {
  test('intersect where some text matches both', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        expect(globsIntersect(a, b)).toBe(TEXTS.some((it) => compileGlob(a)(it) && compileGlob(b)(it)));
        expect(globsIntersect(a, b)).toBe(globsIntersect(b, a));
      }),
      { numRuns: randomCases(5000) },
    );
  });

  test.each([
    ['ghcr.io/*/app', 'ghcr.io/kagent-*', false],
    ['ghcr.io/*/app', 'ghcr.io/kagent-**', true],
    ['ghcr.io/*', 'docker.io/*', false],
    ['*/app', 'docker.io/*', true],
    ['**/kagent/app', '**/coder/base-*', false],
    ['**/kagent/app', '**/app', true],
    ['a*b', 'b*a', false],
    ['a?', 'ab', true],
    ['*-full', '*-slim', false],
    ['*', '', true],
  ])('%j and %j intersect: %s', (a, b, expected) => {
    expect(globsIntersect(a, b)).toBe(expected);
  });

  test('covering is never claimed falsely', () => {
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        if (!globCovers(wide, narrow)) return;
        for (const it of TEXTS) if (compileGlob(narrow)(it)) expect(compileGlob(wide)(it)).toBe(true);
      }),
      { numRuns: randomCases(5000) },
    );
  });

  test.each([
    ['*', 'a*', true],
    ['*', '', true],
    ['*', 'a/b', false],
    ['*', '**', false],
    ['**', '*', true],
    ['**/a', 'x/*/a', true],
    ['?', '/', false],
    ['a*', 'a?b', true],
    ['a?', 'a*', false],
    ['?*', '*', false],
    ['*a*', '*ba*', true],
    ['a*b', 'a*b', true],
    ['a', 'b', false],
  ])('%j covers %j: %s', (wide, narrow, expected) => {
    expect(globCovers(wide, narrow)).toBe(expected);
  });
});
