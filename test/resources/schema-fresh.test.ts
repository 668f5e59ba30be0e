// The schema that ships is the schema that is enforced, and every key of it says what it is for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { publishedSchema, SCHEMA_FILE } from '../../scripts/published/policy-schema.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { ISOLATION_POLICY_SCHEMA } from '../../src/resources/isolation-policy/schema.ts';

test('policies/schema is fresh; if not, run `node scripts/schema.ts`', () => {
  expect(readFileSync(join(import.meta.dirname, '../..', SCHEMA_FILE), 'utf8')).toBe(publishedSchema());
});

test('the schema is one, by the rules of its own draft', () => {
  const ajv = new Ajv2020();
  expect(ajv.validateSchema(ISOLATION_POLICY_SCHEMA), ajv.errorsText()).toBe(true);
});

/** Every schema below this one that describes a value, with its path; conditions only narrow what another describes. */
function* schemasIn(schema: unknown, path: string): Generator<{ readonly path: string; readonly schema: JsonObject }> {
  if (!isJsonObject(schema)) return;
  yield { path, schema };
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  for (const [key, property] of Object.entries(properties)) yield* schemasIn(property, `${path}/${key}`);
  for (const key of ['items', 'additionalProperties']) yield* schemasIn(schema[key], `${path}/*`);
}

const SCHEMAS = [...schemasIn(ISOLATION_POLICY_SCHEMA, '')];

test.each(SCHEMAS)('$path has a one-line description', ({ schema }) => {
  expect(schema.description).toMatch(/^[A-Z].{5,118}\.$/);
});

test.each(SCHEMAS.filter(({ schema }) => schema.type === 'object'))('$path is closed', ({ schema }) => {
  expect(schema.additionalProperties === false || isJsonObject(schema.additionalProperties)).toBe(true);
});
