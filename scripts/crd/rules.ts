// Conditions on several keys of a value, which structural schemas cannot express, as validation rules in CEL.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { celLiteral, celOf, grouped } from './cel.ts';

/** A member of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
}

/** The rules for one level of a JSON Schema; its members have their own. */
export function rulesOf(schema: JsonObject): readonly Rule[] {
  return [
    ...conditionRule(schema, 'oneOf'),
    ...conditionRule(schema, 'not'),
    ...listOf(schema.allOf).map(partRule),
    ...dependencyRules(schema.dependentRequired),
    ...keyRule(schema.propertyNames),
  ];
}

function conditionRule(schema: JsonObject, keyword: 'oneOf' | 'not'): readonly Rule[] {
  if (!Object.hasOwn(schema, keyword)) return [];
  const message = stringField(schema, 'errorMessage');
  if (message === undefined) throw new Error(`no errorMessage for ${JSON.stringify(schema[keyword])}`);
  return [{ rule: celOf({ [keyword]: schema[keyword] }, 'self'), message }];
}

/** One member of `allOf`: a condition with its message, or one of the form if, else. */
function partRule(part: unknown): Rule {
  if (!isJsonObject(part) || !Object.hasOwn(part, 'if')) return { rule: celOf(part, 'self'), message: messageIn(part) };
  const { if: given, else: otherwise, ...rest } = part;
  if (Object.keys(rest).length > 0) throw new Error(`not known what to do with ${Object.keys(rest).join(', ')}`);
  return {
    rule: `${grouped(celOf(given, 'self'))} || ${grouped(celOf(otherwise, 'self'))}`,
    message: messageIn(otherwise),
  };
}

function dependencyRules(dependencies: unknown): readonly Rule[] {
  if (!isJsonObject(dependencies)) return [];
  return Object.entries(dependencies).flatMap(([key, needed]) =>
    listOf(needed).map((other) => ({
      rule: `!${celOf({ required: [key] }, 'self')} || ${celOf({ required: [other] }, 'self')}`,
      message: `${key} is given without ${String(other)}`,
    })),
  );
}

/**
 * Which keys a map may have, where they are listed. Where they only have to look a certain way nothing is said: the API
 * server cannot bound how long a key is, and so not what a pattern would cost.
 */
function keyRule(names: unknown): readonly Rule[] {
  const known = ownField(names, 'enum') ?? ownField(ownField(names, 'else'), 'enum');
  if (!Array.isArray(known)) return [];
  const prefix = prefixOf(names);
  const others = prefix === undefined ? '' : ` || key.startsWith(${celLiteral(prefix)})`;
  const more = prefix === undefined ? '' : ` or ${prefix}NAME`;
  return [
    {
      rule: `self.all(key, key in ${celLiteral(known)}${others})`,
      message: `unknown key (expected ${known.join(', ')}${more})`,
    },
  ];
}

/** What keys begin with that are not listed, where there are such keys. What else they must look like is not said here. */
export function prefixOf(names: unknown): string | undefined {
  return stringField(ownField(names, 'if'), 'pattern')?.replace(/^\^/, '');
}

/** The message of a condition, which may stand deep inside it. */
function messageIn(condition: unknown): string {
  const found = [...messagesIn(condition)];
  const [message] = found;
  if (message === undefined || found.length > 1) throw new Error(`${found.length} messages for one condition`);
  return message;
}

function* messagesIn(condition: unknown): Generator<string> {
  const own = stringField(condition, 'errorMessage');
  if (own !== undefined) yield own;
  const members = ownField(condition, 'properties');
  if (isJsonObject(members)) for (const member of Object.values(members)) yield* messagesIn(member);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
