// The patch between two objects, held against the library that applies it.
import fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { expect, test } from 'vitest';
import { patchBetween } from '../../src/engine/diff.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { randomCases } from '../support/random-cases.ts';

function applied(before: JsonObject, after: JsonObject): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(before));
  return jsonpatch.applyPatch(copy, [...patchBetween(before, after)], true).newDocument;
}

const member = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.record(
    { name: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.integer({ min: 0, max: 2 }) },
    { requiredKeys: ['name'] },
  ),
);
const value = fc.oneof(fc.jsonValue(), fc.array(member, { maxLength: 6 }));
const object = fc
  .dictionary(fc.constantFrom('a', 'b', 'x/y', '~', 'list', '', 'toString'), value)
  .map((fields): JsonObject => (isJsonObject(fields) ? fields : {}));

test('the patch turns any object into any other', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const plain: unknown = JSON.parse(JSON.stringify(after));
      expect(applied(before, isJsonObject(plain) ? plain : {})).toEqual(plain);
    }),
    { numRuns: randomCases(5000) },
  );
});

test('nothing is said of what is the same', () => {
  const spec = { containers: [{ name: 'a' }] };
  expect(patchBetween({ spec }, { spec })).toEqual([]);
});

test('a container put before others is one operation, and changes to the others have their new places', () => {
  const before = { initContainers: [{ name: 'a' }, { name: 'b', image: 'x' }] };
  const after = { initContainers: [{ name: 'first' }, { name: 'a' }, { name: 'b', image: 'y' }, { name: 'last' }] };
  expect(patchBetween(before, after)).toEqual([
    { op: 'add', path: '/initContainers/0', value: { name: 'first' } },
    { op: 'replace', path: '/initContainers/2/image', value: 'y' },
    { op: 'add', path: '/initContainers/3', value: { name: 'last' } },
  ]);
});

test('keys with a slash or a tilde are escaped', () => {
  const patch = patchBetween({ annotations: {} }, { annotations: { 'a/b~c': 'd' } });
  expect(patch).toEqual([{ op: 'add', path: '/annotations/a~1b~0c', value: 'd' }]);
});
