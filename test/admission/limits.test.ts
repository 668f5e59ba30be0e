import { describe, expect, test } from 'vitest';
import { boundAnnotations, boundWarnings } from '../../src/admission/limits.ts';
import { cutBytes, cutRunes, oneLine, runeCount } from '../../src/model/one-line.ts';
import { WarningRecorder } from '../support/warning-recorder.ts';

/** What of these warnings reaches the user. */
function arriving(warnings: readonly string[]): WarningRecorder {
  const recorder = new WarningRecorder();
  for (const text of warnings) recorder.add(text);
  return recorder;
}

describe('warnings', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['none', [], []],
    ['short ones are left as they are', ['a', 'b'], ['a', 'b']],
    ['empty ones are left out', ['', 'a'], ['a']],
    ['none is said twice', ['a', 'b', 'a'], ['a', 'b']],
    ['one line', ['a\nb\tc\u0085d\u2028e\u202ef'], ['a\\u000ab\\u0009c\\u0085d\\u2028e\\u202ef']],
    ['4,096 runes stay whole', ['x'.repeat(4096)], ['x'.repeat(4096)]],
    ['runes, not units, are counted', ['😀'.repeat(4096)], ['😀'.repeat(4096)]],
    ['4,097 are cut to 256', ['x'.repeat(4097)], [`${'x'.repeat(255)}…`]],
    ['each is cut', ['a'.repeat(300), 'b'.repeat(4000)], [`${'a'.repeat(255)}…`, `${'b'.repeat(255)}…`]],
    ['short ones are not', ['a', 'b'.repeat(4096)], ['a', `${'b'.repeat(255)}…`]],
    ['what became the same is said once', ['a'.repeat(3000), 'a'.repeat(3001)], [`${'a'.repeat(255)}…`]],
  ])('warnings are kept within bounds: %s', (_, texts, expected) => {
    expect(boundWarnings(texts)).toEqual(expected);
  });

  test('past 4,096 runes the rest is counted, and nothing is lost on the way', () => {
    const texts = Array.from({ length: 40 }, (_, i) => `${i} ${'x'.repeat(300)}`);
    const bound = boundWarnings(texts);
    expect(bound.at(-1)).toBe('and 25 more warnings');
    expect(bound).toHaveLength(16);
    const recorder = arriving(bound);
    expect(recorder.headers).toEqual(bound);
    expect(recorder.lost).toEqual([]);
  });

  test('without it the API server would have dropped warnings unsaid', () => {
    const recorder = arriving(Array.from({ length: 40 }, (_, i) => `${i} ${'x'.repeat(300)}`));
    expect(recorder.headers).toHaveLength(16);
    expect(recorder.lost).toHaveLength(24);
  });
});

describe('audit annotations', () => {
  test.each<[string, Parameters<typeof boundAnnotations>[0], Readonly<Record<string, string>> | undefined]>([
    ['none', {}, undefined],
    ['empty ones are left out', { policy: '', decision: 'allowed' }, { decision: 'allowed' }],
    ['only empty ones', { policy: '' }, undefined],
    ['one line', { error: 'a\nb' }, { error: 'a\\u000ab' }],
    ['4 KiB stay whole', { error: 'x'.repeat(4096) }, { error: 'x'.repeat(4096) }],
    ['more is cut', { error: 'x'.repeat(4097) }, { error: `${'x'.repeat(4093)}…` }],
    ['never inside a character', { error: '😀'.repeat(1025) }, { error: `${'😀'.repeat(1023)}…` }],
  ])('audit annotations are kept within bounds: %s', (_, values, expected) => {
    expect(boundAnnotations(values)).toEqual(expected);
  });
});

// Texts from users can have megabytes: no more of them is read than can be kept.
test.each([
  ['letters', 'x'],
  ['line breaks', '\n'],
  ['emoji', '😀'],
  ['letters and emoji', 'a😀'],
  ['halves of surrogate pairs', '\ud800'],
  ['accents and line separators', 'é\u2028'],
])('a text of many %s is cut where it would be if all of it were read', (_, piece) => {
  for (const length of [2000, 4095, 4096, 4097, 4098, 8193, 8194, 8195, 20_000]) {
    const text = piece.repeat(length).slice(0, length);
    const whole = oneLine(text);
    expect(boundAnnotations({ decision: text })).toEqual({ decision: cutBytes(whole, 4096) });
    expect(boundWarnings([text])).toEqual([runeCount(whole) > 4096 ? cutRunes(whole, 256) : whole]);
  }
});
