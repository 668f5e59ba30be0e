import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasEscapedKey } from '../../src/manifests/escaped-keys.ts';

describe('hasEscapedKey', () => {
  test.each([
    String.raw`{"hostNetwor\u006b":true}`,
    String.raw`{"a":1,"b\"":2}`,
    String.raw`{"a":{"\\" : 2}}`,
    '{"a":1,"b\\n"\n\t :2}',
  ])('%s has an escaped key', (text) => {
    expect(hasEscapedKey(text)).toBe(true);
  });

  test.each([
    '{"a":1}',
    String.raw`{"a":"\u006b","b":["\\","\""]}`,
    String.raw`{"a":"\",\"b\":","b":1}`,
    '"\\',
    String.raw`{"a\":1}`,
    '',
  ])('%s has no escaped key', (text) => {
    expect(hasEscapedKey(text)).toBe(false);
  });

  test('whatever JSON.parse may take for another key is found', () => {
    const keys = fc.string({ unit: fc.constantFrom('a', '\\', '"', '\n', ':', ' ') });
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(keys, fc.dictionary(keys, keys))), (value) => {
        const names = [value, ...Object.values(value).filter((member) => typeof member === 'object')].flatMap(
          Object.keys,
        );
        expect(hasEscapedKey(JSON.stringify(value))).toBe(names.some((name) => /[\\"\n]/.test(name)));
      }),
    );
  });

  test('takes no longer than the text is long', () => {
    expect(hasEscapedKey(`{"a":"${'\\\\'.repeat(4_000_000)}","b":1}`)).toBe(false);
  });
});
