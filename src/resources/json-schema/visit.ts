// A value that is held against a JSON Schema, and what its keywords can do: report, and look at parts of the value.
import { isJsonObject, type JsonObject, ownField } from '../../model/json.ts';
import type { ErrorDetails, SchemaError } from './error.ts';
import type { Keyword } from './keyword.ts';
import { KEYWORDS } from './keywords.ts';

/** Say something of the schema and nothing of a value, or belong to another keyword: `then` and `else` to `if`. */
const SILENT: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$defs',
  'title',
  'description',
  'default',
  'errorMessage',
  'then',
  'else',
]);

/** The last key that leads to a value, and how that is reached; undefined at the top. */
interface Step {
  readonly key: string;
  readonly before: Step | undefined;
}

/** What holds for a value and everything in it. */
interface Context {
  /** The `$defs` of the schema as a whole. */
  readonly definitions: unknown;
  readonly isKey: boolean;
  readonly inChoice: boolean;
}

/** One value and one schema. */
export class Visit {
  readonly schema: JsonObject;
  readonly value: unknown;
  readonly #step: Step | undefined;
  readonly #context: Context;
  readonly #errors: SchemaError[];

  constructor(schema: JsonObject, value: unknown, step: Step | undefined, context: Context, errors: SchemaError[]) {
    this.schema = schema;
    this.value = value;
    this.#step = step;
    this.#context = context;
    this.#errors = errors;
  }

  /** Reports that the value does not meet a keyword. */
  report(keyword: string, details: ErrorDetails = {}): void {
    const { schema, value } = this;
    const { isKey, inChoice } = this.#context;
    this.#errors.push({ keyword, schema, keys: keysOf(this.#step), value, isKey, inChoice, ...details });
  }

  /** Reports errors of {@link errorsBy}. */
  add(errors: readonly SchemaError[]): void {
    for (const error of errors) this.#errors.push(error);
  }

  /** Holds the value against another schema, too. */
  meet(schema: unknown): void {
    visit(schema, this.value, this.#step, this.#context, this.#errors);
  }

  /** Holds a member of the value, or an item of it, against a schema. */
  meetByMember(schema: unknown, key: string, value: unknown): void {
    visit(schema, value, { key, before: this.#step }, this.#context, this.#errors);
  }

  /** Holds a key of the value against a schema. */
  meetByKey(schema: unknown, key: string): void {
    visit(schema, key, this.#step, { ...this.#context, isKey: true }, this.#errors);
  }

  /** What is wrong with the value by another schema. Nothing is reported. */
  errorsBy(schema: unknown, inChoice = this.#context.inChoice): readonly SchemaError[] {
    const errors: SchemaError[] = [];
    visit(schema, this.value, this.#step, { ...this.#context, inChoice }, errors);
    return errors;
  }

  /** What is wrong with an item of the value. Nothing is reported. */
  errorsOf(item: unknown, schema: unknown): readonly SchemaError[] {
    const errors: SchemaError[] = [];
    visit(schema, item, this.#step, this.#context, errors);
    return errors;
  }

  /** The schema that a `$ref` names. */
  definition(reference: unknown): unknown {
    return ownField(this.#context.definitions, String(reference).replace('#/$defs/', ''));
  }
}

/** Everything that is wrong with a document by a schema, in the order of the schema's keywords. */
export function schemaErrors(schema: JsonObject, document: unknown): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  visit(schema, document, undefined, { definitions: schema.$defs, isKey: false, inChoice: false }, errors);
  return errors;
}

/** True where nothing is wrong with a document by a schema. */
export function meetsSchema(schema: JsonObject, document: unknown): boolean {
  return schemaErrors(schema, document).length === 0;
}

function visit(schema: unknown, value: unknown, step: Step | undefined, context: Context, errors: SchemaError[]): void {
  if (!isJsonObject(schema)) throw new TypeError('expected a JSON Schema that is an object');
  const one = new Visit(schema, value, step, context, errors);
  for (const [keyword, holds] of keywordsOf(schema)) holds(one, schema[keyword]);
}

function keysOf(last: Step | undefined): readonly string[] {
  const keys: string[] = [];
  for (let step = last; step; step = step.before) keys.push(step.key);
  return keys.toReversed();
}

const known = new WeakMap<JsonObject, readonly (readonly [name: string, holds: Keyword])[]>();

/** The keywords of a schema in the order in which they are asked. Throws for one that does not exist here. */
function keywordsOf(schema: JsonObject): readonly (readonly [name: string, holds: Keyword])[] {
  const before = known.get(schema);
  if (before) return before;
  const foreign = Object.keys(schema).find((name) => !KEYWORDS.has(name) && !SILENT.has(name));
  if (foreign !== undefined) throw new TypeError(`the keyword ${foreign} of JSON Schema is not supported`);
  const keywords = [...KEYWORDS].filter(([name]) => Object.hasOwn(schema, name));
  known.set(schema, keywords);
  return keywords;
}
