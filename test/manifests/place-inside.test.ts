// Where parts of a value stand in its file.
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/manifests/manifest.ts';
import { placeInside } from '../../src/manifests/place-inside.ts';
import { stringField } from '../../src/model/json.ts';

/** The line and column of a word of the value under `a`. */
function placeOf(text: string, word: string): string {
  const document = parseManifest(text, 'a.yaml').documents.at(-1);
  const value = stringField(document?.value, 'a') ?? '';
  const start = document?.locate(['a']) ?? { file: '', line: 0, column: 0 };
  const { file, line, column } = placeInside(text, start, value, value.indexOf(word));
  return `${file}:${line}:${column}`;
}

describe('a word of a value', () => {
  test.each([
    ['in a plain value', 'a: one word\n', '1:8'],
    ['in a plain value on two lines', 'a: one\n  word\n', '2:3'],
    ['behind a comment and another document', '# words\nb: 1\n---\na: one word\n', '4:8'],
    ['between single quotes', "a: 'it''s one word'\n", '1:15'],
    ['between double quotes', 'a: "it\\"s one word"\n', '1:15'],
    ['in a literal block', 'a: |\n  one\n\n    word\n', '4:5'],
    ['in a literal block that is chomped', 'a: |-\n    one\n    word\n', '3:5'],
    ['in a folded block', 'a: >-\n  one\n  two word\n', '3:7'],
    ['in JSON', '{ "b": 1,\n  "a": "one word" }\n', '2:13'],
  ])('is found %s', (_, text, place) => {
    expect(placeOf(text, 'word')).toBe(`a.yaml:${place}`);
  });
});

test('where the characters of a value cannot be found, its beginning is the place', () => {
  const start = { file: 'a.yaml', line: 1, column: 4 };
  expect(placeInside('a: "\\u0077ord"\n', start, 'word', 2)).toEqual(start);
  expect(placeInside('a: b\n', { ...start, line: 7 }, 'b', 0)).toEqual({ ...start, line: 7 });
});
