// What ships is what is enforced, every key of ours says what it is for, and Kubernetes' types are Kubernetes'.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { nanosOf } from '../../../src/kubernetes/quantity.ts';
import { FRAGMENTS } from '../../../src/kubernetes/schema/fragments.ts';
import { SCALARS } from '../../../src/kubernetes/schema/scalars.ts';
import { KUBERNETES_TYPES } from '../../../src/kubernetes/schema/types.ts';
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
import { randomCases } from '../../support/random-cases.ts';

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
    { numRuns: randomCases(5000) },
  );
});

/** Kubernetes' own description of its API, where its Go module has been fetched, as for the tests with an API server. */
const [SPECIFICATION] = globSync(
  join(
    process.env.GOMODCACHE ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'pkg/mod'),
    'k8s.io/kubernetes@v1.37.*/api/openapi-spec/swagger.json',
  ),
);

test.skipIf(SPECIFICATION === undefined || !existsSync(SPECIFICATION))(
  'the fields are those that Kubernetes has',
  () => {
    const specification: unknown = JSON.parse(readFileSync(SPECIFICATION ?? '', 'utf8'));
    const definitions = ownField(specification, 'definitions');
    for (const [name, fields] of Object.entries(KUBERNETES_TYPES)) {
      const definition = ownField(definitions, `io.k8s.api.core.v1.${name}`);
      const properties = ownField(definition, 'properties');
      expect(Object.keys(fields).toSorted(), name).toEqual(
        Object.keys(isJsonObject(properties) ? properties : {}).toSorted(),
      );
      for (const [key, type] of Object.entries(fields)) {
        expect(`${name}.${key} ${formOf(ownField(properties, key))}`).toBe(`${name}.${key} ${plainForm(type)}`);
      }
    }
  },
);

/** `list`, `map`, or the type of what it is. */
function formOf(property: unknown): string {
  const reference = ownField(property, '$ref');
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('.') + 1);
  if (ownField(property, 'type') === 'array') return `[${formOf(ownField(property, 'items'))}]`;
  const values = ownField(property, 'additionalProperties');
  return values === undefined ? String(ownField(property, 'type')) : `{${formOf(values)}}`;
}

/** The form of one of ours, with what its scalars are in the end. */
function plainForm(written: string): string {
  const type = written.replace('!', '');
  if (type.startsWith('[')) return `[${plainForm(type.slice(1, -1))}]`;
  if (type.startsWith('{')) return `{${plainForm(type.slice(1, -1))}}`;
  if (type.includes('|')) return 'string';
  if (['Quantity', 'IntOrString', 'LabelSelector'].includes(type)) return type;
  if (type === 'ClaimMetadata') return 'ObjectMeta';
  const scalar = ownField(SCALARS, type);
  return scalar === undefined ? type : String(ownField(scalar, 'type'));
}
