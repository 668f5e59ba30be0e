// The keys of an IsolationPolicy as `sandgate explain` says them: from its schema, which the docs of policies come from as well.
import { isJsonObject, ownField, stringField } from '../../../model/json.ts';
import { schemaKeys } from '../../../model/schema-keys.ts';
import type { ExplainedKey } from '../../../report/shapes/explained.ts';
import { SPEC_MEMBERS } from '../../../resources/isolation-policy/schema.ts';

/** Every key below `spec`, in the order of the schema. */
export function policyKeys(): readonly ExplainedKey[] {
  return Object.entries(SPEC_MEMBERS).flatMap(([key, schema]) =>
    schemaKeys(`spec.${key}`, schema).map(({ path, schema: member }) => explainKey(path, member)),
  );
}

/** The keys of the parameters of one rule. */
export function keysOfRule(rule: string): readonly ExplainedKey[] {
  return keysBelow(`spec.${rule}`);
}

/** A key, and everything below it. */
export function keysBelow(path: string): readonly ExplainedKey[] {
  return policyKeys().filter(
    (key) => key.path === path || key.path.startsWith(`${path}.`) || key.path.startsWith(`${path}[`),
  );
}

/**
 * The keys that somebody who writes this means: a path from `spec` or from the rule on, with indices, `[]`, or neither; or the last
 * word of paths.
 */
export function keysNamed(name: string): readonly ExplainedKey[] {
  const wanted = plainPath(name);
  if (wanted === '') return [];
  // A list and one of its entries are one thing to ask about: what is below it comes with it.
  const keys = policyKeys().filter(({ path }) => !/(?:\[\]|\.\*)$/.test(path));
  const exact = keys.filter(({ path }) => plainPath(path) === wanted);
  return exact.length > 0 ? exact : keys.filter(({ path }) => plainPath(path).endsWith(`.${wanted}`));
}

/** `identity.images.runAsUser` for `spec.identity.images[3].runAsUser`. */
function plainPath(path: string): string {
  return path
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll('.*', '')
    .replace(/^\/?spec\b[./]?/, '')
    .replaceAll('/', '.');
}

function explainKey(path: string, schema: unknown): ExplainedKey {
  const fallback = ownField(schema, 'default');
  return {
    path,
    type: typeWords(schema),
    ...(fallback !== undefined && { default: fallback }),
    means: stringField(schema, 'description') ?? '',
  };
}

function typeWords(schema: unknown): string {
  const own = choices(schema);
  if (own !== undefined) return own;
  const items = ownField(schema, 'items');
  if (items === undefined) return typeName(schema);
  const words = choices(ownField(schema, 'else'));
  const orWord = words === undefined ? '' : `${words}, or `;
  const orObject = isJsonObject(ownField(schema, 'properties')) ? ', or object' : '';
  return `${orWord}list of ${choices(items) ?? typeName(items)}${orObject}`;
}

function choices(schema: unknown): string | undefined {
  const values = ownField(schema, 'enum');
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(' | ') : undefined;
}

function typeName(schema: unknown): string {
  const reference = stringField(schema, '$ref');
  if (reference !== undefined) return reference.slice(reference.lastIndexOf('/') + 1);
  const type = ownField(schema, 'type');
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'any';
}
