// Kubernetes' types as JSON Schema, for capability classes. They accept no unknown key: the API server drops those in
// silence, and what the author of a class meant would be missing from every pod.
import type { SchemaObject } from 'ajv';
import { SCALARS } from './scalars.ts';
import { type Fields, KUBERNETES_TYPES } from './types.ts';

/** The definitions that {@link fragment} refers to, by name. */
export const FRAGMENTS: Readonly<Record<string, SchemaObject>> = Object.fromEntries([
  ...Object.entries(SCALARS),
  ...Object.entries(KUBERNETES_TYPES).map(([name, fields]) => [name, objectOf(name, fields)] as const),
]);

/** The schema for a type in the form of types.ts, without the mark for required: `[Volume]`. Throws for an unknown type. */
export function fragment(type: string): SchemaObject {
  if (type.startsWith('[')) return { type: 'array', items: fragment(type.slice(1, -1)) };
  if (type.startsWith('{')) return { type: 'object', additionalProperties: fragment(type.slice(1, -1)) };
  if (type.includes('|')) return { type: 'string', enum: type.split('|') };
  if (!Object.hasOwn(KUBERNETES_TYPES, type) && !Object.hasOwn(SCALARS, type)) throw new Error(`no type ${type}`);
  return { $ref: `#/$defs/${type}` };
}

function objectOf(name: string, fields: Fields): SchemaObject {
  const required = Object.keys(fields).filter((key) => fields[key]?.endsWith('!'));
  return {
    type: 'object',
    description: `${name}, as Kubernetes has it.`,
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(Object.entries(fields).map(([key, type]) => [key, fragment(type.replace('!', ''))])),
  };
}
