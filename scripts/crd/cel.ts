// What a JSON Schema asks of a value, as an expression of CEL: a CRD says with it what its own schemas cannot.
import { isJsonObject, ownField } from '../../src/model/json.ts';

/** Reserved words of CEL: a field of such a name would have to be escaped. None of ours has one. */
const RESERVED = new Set('as break const continue else false for function if import in let loop namespace'.split(' '));

/**
 * The expression that is true where a value meets a condition. Only what conditions in our own schema are made of is
 * known; anything else is an error, so that nothing is lost on the way.
 * @param self the expression for the value
 */
export function celOf(schema: unknown, self: string): string {
  if (!isJsonObject(schema)) throw new Error(`no condition: ${JSON.stringify(schema)}`);
  const parts = Object.entries(schema).flatMap(([keyword, asked]) => partsOf(keyword, asked, self));
  if (parts.length === 0) throw new Error(`an empty condition: ${JSON.stringify(schema)}`);
  return parts.length === 1 ? parts.join('') : parts.map(grouped).join(' && ');
}

/** An expression in brackets, where an operator beside it would bind more tightly. */
export function grouped(expression: string): string {
  return /&&|\|\|/.test(expression) ? `(${expression})` : expression;
}

function partsOf(keyword: string, asked: unknown, self: string): readonly string[] {
  switch (keyword) {
    // The type is given where the value is described; the message goes beside the rule.
    case 'type':
    case 'errorMessage':
      return [];
    case 'const':
      return [`${self} == ${celLiteral(asked)}`];
    case 'enum':
      return [`${self} in ${celLiteral(asked)}`];
    case 'minItems':
      return [`size(${self}) >= ${celLiteral(asked)}`];
    case 'maxItems':
      return [`size(${self}) <= ${celLiteral(asked)}`];
    case 'contains':
      return [`${celLiteral(ownField(asked, 'const'))} in ${self}`];
    case 'required':
      return listOf(asked).map((name) => `has(${fieldOf(self, name)})`);
    case 'properties':
      return Object.entries(isJsonObject(asked) ? asked : {}).map(([name, member]) => {
        const field = fieldOf(self, name);
        return `!has(${field}) || ${grouped(celOf(member, field))}`;
      });
    case 'not':
      return [`!(${celOf(asked, self)})`];
    case 'allOf':
      return listOf(asked).map((member) => celOf(member, self));
    case 'oneOf':
      return [
        `[${listOf(asked)
          .map((member) => celOf(member, self))
          .join(', ')}].exists_one(one, one)`,
      ];
    default:
      throw new Error(`not known how to say ${JSON.stringify(keyword)} in CEL`);
  }
}

/** A value as CEL writes it: JSON, but for single quotes, which YAML leaves alone. */
export function celLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(celLiteral).join(', ')}]`;
  if (typeof value === 'string' && !/['\\\p{Cc}]/u.test(value)) return `'${value}'`;
  if (typeof value === 'boolean' || Number.isInteger(value)) return String(value);
  throw new Error(`not known how to write ${JSON.stringify(value)} in CEL`);
}

function fieldOf(self: string, name: unknown): string {
  if (typeof name === 'string' && /^[a-z]\w*$/i.test(name) && !RESERVED.has(name)) return `${self}.${name}`;
  throw new Error(`not known how to name the field ${JSON.stringify(name)} in CEL`);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
