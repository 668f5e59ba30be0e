// What is left out before parsing: the managedFields of the two objects of a review, and nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { emptyManagedFields, withoutManagedFields } from '../../../src/server/review/managed-fields.ts';
import { randomCases } from '../../support/random-cases.ts';
import { recordedNames, recordedReview } from '../../support/reviews.ts';

function cut(text: string): string {
  return emptyManagedFields(Buffer.from(text));
}

/** The same, by way of the parsed review. */
function emptied(review: unknown): unknown {
  const copy: unknown = structuredClone(review);
  for (const name of ['object', 'oldObject']) {
    const metadata = ownField(ownField(ownField(copy, 'request'), name), 'metadata');
    if (isJsonObject(metadata) && Array.isArray(ownField(metadata, 'managedFields'))) {
      Object.assign(metadata, { managedFields: [] });
    }
  }
  return copy;
}

describe('recorded reviews', () => {
  test.each(recordedNames())('managedFields are emptied in the recorded review %s', (name) => {
    const review = recordedReview(name);
    expect(JSON.parse(cut(JSON.stringify(review)))).toEqual(emptied(review));
  });

  test('reviews of a few bytes are left whole', () => {
    const [short, long] = ['', 'x'.repeat(4096)].map((name) => {
      const metadata = { managedFields: [{}], name };
      return withoutManagedFields(Buffer.from(JSON.stringify({ request: { object: { metadata } } })));
    });
    expect(short).toContain('[{}]');
    expect(long).not.toContain('[{}]');
  });

  test('are shorter for it', () => {
    const text = JSON.stringify(recordedReview('pod-create-mutate'));
    expect(cut(text).length).toBeLessThan(text.length - 300);
  });
});

/** Texts that mislead whoever counts quotes and brackets. */
const TEXTS = fc.constantFrom(
  'managedFields',
  '"managedFields":[',
  '\\',
  '"',
  '[',
  ']',
  '{',
  '}',
  ':',
  ',',
  '\\"',
  'é𝒳\n',
  '',
);
/** None that ends in a backslash: V8 12.8 and later then misread other keys with an escape (nodejs/node#63785). */
const KEYS = fc.constantFrom('request', 'object', 'oldObject', 'metadata', 'managedFields', 'spec', '"', 'a\\b', 'é');
const { value: ANYTHING } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    TEXTS,
    fc.constantFrom(null, true, 0, -1.5e3),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(KEYS, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Reviews that have something there mostly. */
const METADATA = fc.record({ a: ANYTHING, managedFields: fc.array(ANYTHING, { maxLength: 3 }), z: ANYTHING });
const OBJECT = fc.oneof(fc.record({ kind: TEXTS, metadata: fc.oneof(METADATA, ANYTHING), spec: ANYTHING }), ANYTHING);
const REVIEW = fc.record({
  kind: TEXTS,
  request: fc.record({ uid: TEXTS, object: OBJECT, oldObject: OBJECT, options: ANYTHING }),
});

describe('any JSON', () => {
  test('keeps all but the two lists', () => {
    fc.assert(
      fc.property(fc.oneof(REVIEW, ANYTHING), (value) => {
        expect(JSON.parse(cut(JSON.stringify(value)))).toEqual(emptied(value));
      }),
      { numRuns: randomCases(2000) },
    );
  });

  test('means the same with blanks in it', () => {
    fc.assert(
      fc.property(REVIEW, (review) => {
        expect(emptied(JSON.parse(cut(JSON.stringify(review, null, 1))))).toEqual(emptied(review));
      }),
    );
  });

  test('that ends early is no JSON afterwards, either', () => {
    fc.assert(
      fc.property(REVIEW, fc.double({ min: 0, max: 0.999, noNaN: true }), (review, share) => {
        const bytes = Buffer.from(JSON.stringify(review));
        const text = emptyManagedFields(bytes.subarray(0, Math.floor(bytes.length * share)));
        expect(() => void JSON.parse(text)).toThrow(SyntaxError);
      }),
    );
  });

  test('any bytes at all come to an end', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            TEXTS,
            KEYS,
            fc.constant('"managedFields":['),
            fc.constant('{"request":{"object":{"metadata":{"managedFields":['),
          ),
        ),
        (parts) => {
          expect(cut(parts.join('')).length).toBeLessThanOrEqual(parts.join('').length);
        },
      ),
    );
  });
});

function about(object: JsonObject): JsonObject {
  return { request: { object } };
}

describe('what stands elsewhere under that name stays', () => {
  const list = [{ a: 1 }];

  test.each<[string, unknown]>([
    ['at the root', { managedFields: list }],
    ['in the request', { request: { managedFields: list } }],
    ['in the object', about({ managedFields: list })],
    ['in labels', about({ metadata: { labels: { managedFields: list } } })],
    ['in the metadata of a template', about({ spec: { template: { metadata: { managedFields: list } } } })],
    ['in the metadata of another object', { request: { options: { metadata: { managedFields: list } } } }],
    ['in a list', [about({ metadata: { managedFields: list } })]],
    ['in an object of an object', { request: { object: { object: { metadata: { managedFields: list } } } } }],
    ['and is no list', about({ metadata: { managedFields: { a: 'b' } } })],
    ['in a string', about({ metadata: { name: '{"metadata":{"managedFields":[1]}}' } })],
    ['at the end of a key', about({ metadata: { '"managedFields': list, ',"managedFields': list } })],
  ])('a field called managedFields stays as it is %s', (_, value) => {
    expect(cut(JSON.stringify(value))).toBe(JSON.stringify(value));
  });

  test('what comes after such a field stays as it is', () => {
    const text =
      '{"request":{"object":{"metadata":{"managedFields":[{"f":"]\\\\\\"]"}],"name":"a"},"spec":1},"dryRun":true}}';
    expect(cut(text)).toBe(
      '{"request":{"object":{"metadata":{"managedFields":[],"name":"a"},"spec":1},"dryRun":true}}',
    );
  });
});
