import { expect, test } from 'vitest';
import { compileGlob } from '../../src/model/glob.ts';
import { oneOf } from '../../src/model/one-of.ts';

const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'a/b',
  'A',
  'LD_PRELOAD',
  'LD_',
  'ld_preload',
  'é',
  'éa',
  '😀',
  '😁',
  '*',
  '**',
  'a*',
  '__proto__',
];

test.each([
  [[]],
  [['']],
  [['', 'a']],
  [['a', 'b', 'ab', 'abc', 'A', 'é']],
  [['LD_*', 'LD_PRELOAD', 'a', 'a', 'a/b', 'abc', 'ab', 'a1']],
  [['*']],
  [['**', 'a']],
  [['?']],
  [['*b', 'a?', 'a/**']],
  [['é*', '😀', '__proto__']],
])('of %j are those texts that one of them means by itself', (patterns) => {
  const alone = patterns.map(compileGlob);
  const expected = TEXTS.filter((text) => alone.some((matches) => matches(text)));
  expect(TEXTS.filter(oneOf(patterns))).toEqual(expected);
});
