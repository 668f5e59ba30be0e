// Our JSON Schema as the structural schema of a CRD: the same keys, types and descriptions, and what stands between them
// as CEL. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { prefixOf, rulesOf } from './rules.ts';

/** Keywords that structural schemas have as well, with the same meaning. */
const ALIKE = new Set([
  ...'type enum minimum maximum minLength maxLength minItems maxItems minProperties maxProperties required'.split(' '),
  'x-kubernetes-preserve-unknown-fields',
]);

/** Keywords that become rules, or are left out: the API server drops unknown fields in any case. */
const ELSEWHERE = new Set('title $schema errorMessage default oneOf not allOf dependentRequired'.split(' '));

/**
 * The structural schema for a JSON Schema. A default is named in the description and not set, so that objects stay as
 * their authors wrote them. A keyword that is not handled here is an error: none is lost without notice.
 */
export function structuralSchema(schema: unknown): JsonObject {
  if (!isJsonObject(schema)) throw new Error(`no schema: ${JSON.stringify(schema)}`);
  if (Array.isArray(schema.type)) {
    if (isIntOrString(schema.type)) return intOrString(schema);
    return schema.type.includes('array') ? listOrWord(schema) : objectOrWord(schema);
  }
  const made: Record<string, unknown> = {};
  for (const [keyword, asked] of Object.entries(schema)) Object.assign(made, translated(keyword, asked, schema));
  const rules = rulesOf(schema);
  return { ...made, ...(rules.length > 0 && { 'x-kubernetes-validations': rules }) };
}

function translated(keyword: string, asked: unknown, schema: JsonObject): JsonObject {
  if (ALIKE.has(keyword)) return { [keyword]: asked };
  switch (keyword) {
    case 'description':
      return { description: described(schema) };
    case 'const':
      return { enum: [asked] };
    case 'pattern':
      return hasNames(schema) ? {} : { pattern: withoutLookahead(String(asked)) };
    case 'items':
      return { items: structuralSchema(asked) };
    case 'properties':
      return { properties: eachOf(asked) };
    case 'additionalProperties':
      return asked === false ? {} : { additionalProperties: structuralSchema(asked) };
    case 'uniqueItems':
      return { 'x-kubernetes-list-type': 'set', maxItems: schema.maxItems ?? choicesOf(schema.items).length };
    case 'propertyNames':
      return { ...mostKeys(asked) };
    case 'if':
    case 'else':
      // Of a text that may be one of many or begin in one way the description says so, and our own webhook refuses the others.
      if (hasNames(schema) && schema.type === 'string') return {};
      throw new Error(`not known what becomes of ${JSON.stringify(schema)} in a CRD`);
    default:
      if (ELSEWHERE.has(keyword)) return {};
      throw new Error(`not known what becomes of ${JSON.stringify(keyword)} in a CRD`);
  }
}

/** The description with what `kubectl explain` would not show: a default, and the choices for items and keys. */
function described(schema: JsonObject): string {
  const parts = [stringField(schema, 'description') ?? ''];
  const { items, propertyNames } = schema;
  if (Object.hasOwn(schema, 'default')) parts.push(`Default: ${wordsOf([schema.default].flat())}.`);
  if (hasNames(items)) parts.push(`Each one of ${namesIn(items)}.`);
  if (hasNames(propertyNames)) parts.push(`Keys: ${namesIn(propertyNames)}.`);
  return parts.join(' ');
}

/** True for a list of choices, also where there are others that begin in one way. */
function hasNames(schema: unknown): boolean {
  return hasChoices(schema) || (prefixOf(schema) !== undefined && hasChoices(ownField(schema, 'else')));
}

function namesIn(schema: unknown): string {
  const prefix = prefixOf(schema);
  if (prefix === undefined) return wordsOf(choicesOf(schema));
  return `${wordsOf(choicesOf(ownField(schema, 'else')))}, or ${prefix}NAME`;
}

/** How many keys there can be that a policy's author makes up: as many as there are validations. */
const MOST_OWN_KEYS = 64;

function mostKeys(names: unknown): JsonObject {
  if (hasChoices(names)) return { maxProperties: choicesOf(names).length };
  const listed = ownField(names, 'else');
  return hasChoices(listed) ? { maxProperties: choicesOf(listed).length + MOST_OWN_KEYS } : {};
}

function wordsOf(values: readonly unknown[]): string {
  return values.map(String).join(', ');
}

function eachOf(properties: unknown): JsonObject {
  const entries = Object.entries(isJsonObject(properties) ? properties : {});
  return Object.fromEntries(entries.map(([key, member]) => [key, structuralSchema(member)]));
}

/** The values that a schema lists. Where none comes twice there are no more of them, which bounds what rules cost. */
function choicesOf(schema: unknown): readonly unknown[] {
  const choices = ownField(schema, 'enum');
  if (Array.isArray(choices)) return choices;
  throw new Error(`no choices in ${JSON.stringify(schema)}`);
}

function hasChoices(schema: unknown): boolean {
  return ownField(schema, 'enum') !== undefined;
}

/**
 * One of several words or a list, which has no type there. Without one, a list is what a limit on the length of lists
 * can break: it means nothing to other values. That no item comes twice cannot be said. An object that can stand instead is told
 * in the same way, and what is in it is left to our own webhook.
 */
function listOrWord(schema: JsonObject): JsonObject {
  const { items, minItems, description, else: word, properties, additionalProperties, required, ...rest } = schema;
  const isKnown = sameKeys(rest, ['type', 'uniqueItems', 'if']) && minItems === 1;
  const isObjectKnown = properties === undefined || (additionalProperties === false && Array.isArray(required));
  if (!isKnown || !isObjectKnown) throw new Error(`not known what becomes of ${JSON.stringify(schema)} in a CRD`);
  const [words, choices] = [choicesOf(word), choicesOf(items)];
  const either = `Either one of ${wordsOf(words)}; or a list, each one of ${wordsOf(choices)}`;
  const orObject = isJsonObject(properties) ? `; or an object with ${wordsOf(Object.keys(properties))}` : '';
  return {
    description: `${String(description)} ${either}${orObject}.`,
    'x-kubernetes-preserve-unknown-fields': true,
    anyOf: [
      { enum: words },
      { not: { maxItems: 0 }, maxItems: choices.length, items: { enum: choices } },
      ...(orObject === '' ? [] : [{ not: { maxProperties: 0 } }]),
    ],
  };
}

/** One of several words or an object that is not empty, told apart likewise. */
function objectOrWord(schema: JsonObject): JsonObject {
  const { description, else: word, properties, additionalProperties, minProperties, ...rest } = schema;
  if (!sameKeys(rest, ['type', 'if']) || additionalProperties !== false || minProperties !== 1)
    throw new Error(`not known what becomes of ${JSON.stringify(schema)} in a CRD`);
  const keys = wordsOf(Object.keys(isJsonObject(properties) ? properties : {}));
  return {
    description: `${String(description)} Either ${wordsOf(choicesOf(word))}; or an object with ${keys}.`,
    'x-kubernetes-preserve-unknown-fields': true,
    anyOf: [{ enum: choicesOf(word) }, { not: { maxProperties: 0 } }],
  };
}

function isIntOrString(types: readonly unknown[]): boolean {
  return types.length === 2 && types.includes('integer') && types.includes('string');
}

/** A quantity, in the one form in which a structural schema can have two types. */
function intOrString(schema: JsonObject): JsonObject {
  const typeless = Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'type'));
  return {
    ...structuralSchema(typeless),
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
  };
}

function sameKeys(object: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(object).toSorted().join() === keys.toSorted().join();
}

/** Go's regular expressions have no look-ahead. It is left out: our own webhook still checks it. */
function withoutLookahead(pattern: string): string {
  const made = pattern.replace(/^\^\(\?=[^()]*\)/, '^');
  if (/\(\?[=!<]|\\[1-9]/.test(made)) throw new Error(`Go cannot read the pattern ${pattern}`);
  return made;
}
