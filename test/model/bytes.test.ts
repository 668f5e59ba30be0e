// Bytes and base64 without Node agree with what Node makes of the same text.
import { describe, expect, test, vi } from 'vitest';
import { base64OfText } from '../../src/model/base64.ts';
import { byteLength, bytesOf, compareBytes, hexOfBytes, textOfBytes } from '../../src/model/bytes.ts';
import { plainPath } from '../../src/model/text.ts';

const TEXTS = [
  '',
  'pod',
  'ä€😀',
  '\u{feff}mark',
  'half \ud800',
  '\u0000\u007f\u0080\u07ff\u0800\uffff',
  'a'.repeat(10_000),
];

describe.each(TEXTS)('the text %j', (text) => {
  const buffer = Buffer.from(text);

  test('has as many bytes, the same ones, and the same digits', () => {
    expect(byteLength(text)).toBe(buffer.length);
    expect([...bytesOf(text)]).toEqual([...buffer]);
    expect(hexOfBytes(bytesOf(text))).toBe(buffer.toString('hex'));
    expect(textOfBytes(buffer)).toBe(buffer.toString('utf8'));
  });

  test('is encoded alike where there is no Buffer', () => {
    const here = base64OfText(text);
    vi.stubGlobal('Buffer', undefined);
    const elsewhere = base64OfText(text);
    vi.unstubAllGlobals();
    expect(elsewhere).toEqual(here);
    expect(here).toEqual({ base64: buffer.toString('base64'), bytes: buffer.length });
  });

  test('comes before and after the same other ones', () => {
    for (const other of TEXTS.map((one) => Buffer.from(one))) {
      expect(Math.sign(compareBytes(buffer, other))).toBe(Buffer.compare(buffer, other));
    }
  });
});

test('bytes that are not UTF-8 are read as Node reads them', () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0xe2, 0x82, 0x62);
  expect(textOfBytes(bytes)).toBe(Buffer.from(bytes).toString('utf8'));
});

test.each([
  ['./a.yaml:1', 'a.yaml:1'],
  ['a//b/./c', 'a/b/c'],
  ['a/../b', 'b'],
  ['../../a', '../../a'],
  ['/a/../b/', '/b'],
])('the path %s without what makes no difference is %s', (path, plain) => {
  expect(plainPath(path)).toBe(plain);
});
