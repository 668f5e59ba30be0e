// The keys of a JSON Schema, each with its own schema.
import { isJsonObject, ownField } from './json.ts';

/** A key, by the path that leads to it, and what may stand there. */
export interface SchemaKey {
  /** `spec.identity.images[].runAsUser`; `*` stands for any key of a map. */
  readonly path: string;
  readonly schema: unknown;
}

/** Every key below a schema, after the schema itself where it has a path; what a `$ref` leads to is not followed. */
export function schemaKeys(path: string, schema: unknown): readonly SchemaKey[] {
  const keys: SchemaKey[] = path === '' ? [] : [{ path, schema }];
  const properties = ownField(schema, 'properties');
  if (isJsonObject(properties)) {
    for (const [key, member] of Object.entries(properties))
      keys.push(...schemaKeys(path === '' ? key : `${path}.${key}`, member));
  }
  const values = ownField(schema, 'additionalProperties');
  if (isJsonObject(values)) keys.push(...schemaKeys(`${path}.*`, values));
  const items = ownField(schema, 'items');
  if (isJsonObject(items) && ownField(items, 'properties')) keys.push(...schemaKeys(`${path}[]`, items));
  return keys;
}
