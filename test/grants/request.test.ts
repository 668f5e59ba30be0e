// Reading what a workload asks for, from whatever somebody wrote.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bothRequested, requestedClasses } from '../../src/grants/request.ts';
import { anyText } from '../support/any-text.ts';
import { randomCases } from '../support/random-cases.ts';

function asked(text: unknown) {
  return requestedClasses({ 'sandgate.dev/capabilities': text });
}

test.each([
  ['docker', ['docker']],
  [' Docker , NSJAIL,docker ', ['docker', 'nsjail']],
  ['', []],
  [' \t', []],
  // The Kelvin sign, a Cyrillic letter, a zero-width space: they only look like it.
  ['doc\u212Aer', ['doc\u212Aer']],
  ['d\u043Ecker', ['d\u043Ecker']],
  ['docker\u200B', ['docker\u200B']],
])('the annotation %j asks for the classes %j', (text, names) => {
  expect(asked(text)).toEqual({ names, problem: undefined });
});

test.each([
  ['docker,,nsjail', 'capability_required: a name is empty in "docker,,nsjail"'],
  ['docker,', 'capability_required: a name is empty in "docker,"'],
  [['docker'], 'capability_required: the annotation is not a string'],
  [{ length: 3 }, 'capability_required: the annotation is not a string'],
  ['x'.repeat(5000), 'too_many_capabilities: more than 2048 characters'],
  [
    Array.from({ length: 17 }, (_, index) => `c${index}`).join(','),
    'too_many_capabilities: 17 classes are requested, at most 16 can be',
  ],
])('%j is refused', (text, problem) => {
  expect(asked(text).problem).toBe(problem);
});

test('nothing is asked for without the annotation', () => {
  for (const annotations of [undefined, null, {}, [], 'docker', { constructor: 'docker' }]) {
    expect(requestedClasses(annotations)).toEqual({ names: [], problem: undefined });
  }
});

test('a Sandbox and its template ask together', () => {
  expect(bothRequested(asked('docker,nsjail'), asked('nsjail,landjail')).names).toEqual([
    'docker',
    'nsjail',
    'landjail',
  ]);
  expect(bothRequested(asked(''), asked('a,')).problem).toMatch(/^capability_required/);
  expect(bothRequested(asked('a,'), asked('b')).problem).toMatch(/^capability_required/);
});

test('never throws, and never returns a name with a capital or blank around it', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.jsonValue()), (text) => {
      for (const name of asked(text).names) expect(name).toBe(name.trim().replaceAll(/[A-Z]/g, ''));
    }),
    { numRuns: randomCases(2000) },
  );
});
