// The keys of a JSON Schema as rows of a table: key, type, meaning.
import { isJsonObject, ownField, stringField } from '../src/model/json.ts';
import { schemaKeys } from '../src/model/schema-keys.ts';

/** The rows for a schema and everything below it; what a `$ref` leads to has a table of its own. */
export function schemaRows(path: string, schema: unknown): string[] {
  return schemaKeys(path, schema).map(
    (key) => `| \`${key.path}\` | ${typeText(key.schema)} | ${stringField(key.schema, 'description') ?? ''} |`,
  );
}

function typeText(schema: unknown): string {
  const own = choices(schema);
  const fallback = ownField(schema, 'default');
  if (own !== undefined) return own;
  const suffix = fallback === undefined ? '' : `, default ${JSON.stringify(fallback)}`;
  const items = ownField(schema, 'items');
  if (items !== undefined)
    return `${wordInstead(schema)}list of ${choices(items) ?? typeName(items)}${suffix}${objectInstead(schema)}`;
  return `${typeName(schema)}${suffix}`;
}

/** The words of a value that may be a list or a word: the schema has them in the `else` of an `if` on the type. */
function wordInstead(schema: unknown): string {
  const words = choices(ownField(schema, 'else'));
  return words === undefined ? '' : `${words}, or `;
}

function objectInstead(schema: unknown): string {
  return isJsonObject(ownField(schema, 'properties')) ? ', or object' : '';
}

function choices(schema: unknown): string | undefined {
  const values = ownField(schema, 'enum');
  return Array.isArray(values) ? values.map((value) => `\`${String(value)}\``).join(', ') : undefined;
}

function typeName(schema: unknown): string {
  const reference = stringField(schema, '$ref');
  if (reference !== undefined) return typeLink(reference.slice(reference.lastIndexOf('/') + 1));
  const type = ownField(schema, 'type');
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'any';
}

/** A type of Kubernetes, with a link to where the page has its fields. */
export function typeLink(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}
