// A schema of ours in the words that Helm understands.
import type { SchemaObject } from 'ajv';
import { isJsonObject } from '../../src/model/json.ts';

/** The schema without what Helm 3 and Go do not know. What is not checked then, the server checks when it starts. */
export function forHelm(schema: SchemaObject): SchemaObject {
  const { $schema: _, title: __, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).flatMap(([key, value]) => keywordForHelm(key, value)));
}

function keywordForHelm(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (key === 'errorMessage') return [];
  if (key === 'pattern' && typeof value === 'string' && value.includes('(?')) return [];
  if (key === 'dependentRequired') return [['dependencies', value]];
  if (Array.isArray(value)) {
    return [[key, value.map((member: unknown) => (isJsonObject(member) ? forHelm(member) : member))]];
  }
  if (!isJsonObject(value) || key === 'default' || key === 'const') return [[key, value]];
  if (key === 'properties') {
    // Its keys are names of fields, not words of the schema.
    const members = Object.entries(value).map(([name, member]) => [
      name,
      isJsonObject(member) ? forHelm(member) : member,
    ]);
    return [[key, Object.fromEntries(members)]];
  }
  return [[key, forHelm(value)]];
}
