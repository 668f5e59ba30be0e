// What ships is what is enforced, and every key of ours says what it is for.
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { renderDefinitions } from '../../../scripts/crds.ts';
import { nanosOf } from '../../../src/kubernetes/quantity.ts';
import { FRAGMENTS } from '../../../src/kubernetes/schema/fragments.ts';
import { SCALARS } from '../../../src/kubernetes/schema/scalars.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { createAjv } from '../../../src/resources/ajv.ts';
import { CAPABILITY_CLASS } from '../../../src/resources/capability-class/index.ts';
import { CAPABILITY_CLASS_SCHEMA } from '../../../src/resources/capability-class/schema.ts';
import { randomCases } from '../../support/random-cases.ts';

const PUBLISHED = renderDefinitions().get('charts/sandgate/crds/capabilityclasses.yaml') ?? '';

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
  expect(parse(PUBLISHED)).toEqual(definitionOf(CAPABILITY_CLASS));
  expect(PUBLISHED).not.toMatch(/\$ref|\(\?/);
  expect(PUBLISHED.length).toBeLessThan(20_000);
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
    { numRuns: randomCases(5000) },
  );
});
