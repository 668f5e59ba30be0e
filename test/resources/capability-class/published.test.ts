// What ships is what is enforced, and every key of ours says what it is for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { nanosOf } from '../../../src/kubernetes/quantity.ts';
import { FRAGMENTS } from '../../../src/kubernetes/schema/fragments.ts';
import { SCALARS } from '../../../src/kubernetes/schema/scalars.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { createAjv } from '../../../src/resources/ajv.ts';
import { classDefinition } from '../../../src/resources/capability-class/definition.ts';
import {
  CLASS_DEFINITION_FILE,
  CLASS_SCHEMA_FILE,
  publishedClassDefinition,
  publishedClassSchema,
} from '../../../src/resources/capability-class/published.ts';
import { CAPABILITY_CLASS_SCHEMA } from '../../../src/resources/capability-class/schema.ts';

const ROOT = join(import.meta.dirname, '../../..');

test.each([
  [CLASS_SCHEMA_FILE, publishedClassSchema()],
  [CLASS_DEFINITION_FILE, publishedClassDefinition()],
])('%s is fresh; if not, run `npm run docs`', (file, text) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toBe(text);
});

test('the schema is one, by the rules of its own draft', () => {
  const ajv = new Ajv2020();
  expect(ajv.validateSchema(CAPABILITY_CLASS_SCHEMA), ajv.errorsText()).toBe(true);
});

interface Found {
  readonly path: string;
  readonly schema: JsonObject;
}

/** Every schema below this one that describes a value, with its path. */
function* schemasIn(schema: unknown, path: string): Generator<Found> {
  if (!isJsonObject(schema)) return;
  yield { path, schema };
  const properties = ownField(schema, 'properties');
  for (const [key, property] of Object.entries(isJsonObject(properties) ? properties : {}))
    yield* schemasIn(property, `${path}/${key}`);
  for (const key of ['items', 'additionalProperties']) yield* schemasIn(ownField(schema, key), `${path}/*`);
}

const OWN = [...schemasIn(CAPABILITY_CLASS_SCHEMA, '')].filter(
  ({ schema, path }) => !('$ref' in schema && path.endsWith('*')),
);
const ALL = [...OWN, ...Object.entries(FRAGMENTS).flatMap(([name, schema]) => [...schemasIn(schema, name)])];

test.each(OWN)('$path has a one-line description', ({ schema }) => {
  expect(schema.description).toMatch(/^[A-Z].{5,118}\.$/);
});

test.each(ALL.filter(({ schema }) => schema.type === 'object'))('$path is closed', ({ schema }) => {
  expect(schema.additionalProperties === false || isJsonObject(schema.additionalProperties)).toBe(true);
});

test('the CRD holds the definition and nothing else, and leaves the types of Kubernetes to us', () => {
  expect(parse(publishedClassDefinition())).toEqual(classDefinition());
  expect(publishedClassDefinition()).not.toMatch(/\$ref|\(\?/);
  expect(publishedClassDefinition().length).toBeLessThan(20_000);
});

test('a quantity is what we can compare', () => {
  const isQuantity = createAjv().compile(SCALARS.Quantity ?? {});
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.]{0,5}[numkMGTPEie]{0,2}[-+0-9]{0,3}$/));
  fc.assert(
    fc.property(text, (quantity) => {
      const nanos = nanosOf(quantity);
      // A sign is something no resource has; the rest must agree.
      const wanted = nanos !== undefined && !/^[-+]/.test(quantity);
      expect(isQuantity(quantity), `${quantity} is ${nanos}`).toBe(wanted);
    }),
    { numRuns: 5000 },
  );
});
