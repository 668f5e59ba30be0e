// Puts what a schema finds wrong into words: one sentence for each mistake, where several keywords may report it.
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import { didYouMean, nearestWord } from './did-you-mean.ts';
import type { SchemaError } from './json-schema/error.ts';
import { schemaErrors } from './json-schema/visit.ts';
import { pointerOf } from './pointer.ts';
import { foundType, listWords, MOST_WORDS, quoteValue, typeWords } from './problem-words.ts';

/** One mistake in a document. */
export interface DocumentProblem {
  /** The keys that lead to it from the top of the document. */
  readonly keys: readonly string[];
  /** Whether the value is wrong, or the key itself. */
  readonly what: 'value' | 'key';
  /** What is wrong, and in brackets what was expected. */
  readonly message: string;
}

/** A problem, and what decides whether another one already says it. */
interface Draft extends DocumentProblem {
  /** The pointer to the key that was probably meant. */
  readonly meant?: string | undefined;
  /** Pointers to keys of which any one would fix it. */
  readonly wants?: readonly string[];
}

/** The most specific keywords first: where several find one place wrong, only the first of these is reported. */
const TELLING = ['type', 'oneOf', 'not', 'enum', 'const', 'minLength', 'maxLength', 'pattern'];

/** What a schema finds wrong with a document, in the order of the schema. */
export function schemaProblems(schema: JsonObject, document: unknown): readonly DocumentProblem[] {
  const best = new Map<string, { readonly rank: number; readonly draft: Draft }>();
  for (const error of schemaErrors(schema, document)) {
    const draft = draftOf(error);
    if (!draft) continue;
    const place = pointerOf(draft.keys);
    const rank = rankOf(error);
    const known = best.get(place);
    if (!known || rank < known.rank) best.set(place, { rank, draft });
  }
  const drafts = [...best.values()].map((entry) => entry.draft);
  // A mistyped key is reported once, and not also as the absence of the right one.
  const meant = new Set(drafts.map((draft) => draft.meant));
  return drafts
    .filter((draft) => !draft.wants?.some((pointer) => meant.has(pointer)))
    .map(({ keys, what, message }) => ({ keys, what, message }));
}

function rankOf(error: SchemaError): number {
  const rank = TELLING.indexOf(error.keyword);
  return rank === -1 ? TELLING.length : rank;
}

function draftOf(error: SchemaError): Draft | undefined {
  const { keyword, keys, key = '' } = error;
  if (error.isKey) return keyDraft(error, keys, String(error.value));
  switch (keyword) {
    case 'additionalProperties':
      return keyDraft(error, keys, key);
    case 'required':
      return error.inChoice ? undefined : requiredDraft(keys, key);
    case 'dependentRequired':
      return value(keys, `${error.with} is given without ${key}`);
    case 'uniqueItems':
      return twiceDraft(error, keys);
    case 'oneOf':
      return eitherDraft(error, keys);
    default:
      return value(keys, says(error));
  }
}

/** What is wrong with one value, for the keywords that look at nothing else. */
function says({ keyword, schema, value: found }: SchemaError): string {
  const { [keyword]: expected } = schema;
  const instead = stringField(schema, 'errorMessage');
  switch (keyword) {
    case 'type':
      return `expected ${typeWords(expected)}, found ${foundType(found)}`;
    case 'enum':
      return notOneOf(found, expected);
    case 'const':
      return `expected ${quoteValue(expected)}, found ${quoteValue(found)}`;
    case 'minimum':
    case 'maximum':
      return `${quoteValue(found)} is out of range (expected ${rangeWords(schema)})`;
    case 'minLength':
      return 'empty (expected some text)';
    case 'maxLength':
      return `too long (expected at most ${quoteValue(expected)} characters)`;
    case 'pattern':
      return `${quoteValue(found)} is not valid (${instead ?? `expected to match ${quoteValue(expected)}`})`;
    case 'minItems':
    case 'minProperties':
      return instead ?? 'empty (expected at least one entry)';
    case 'maxItems':
    case 'maxProperties':
      return instead ?? `too many (expected at most ${quoteValue(expected)} entries)`;
    default:
      return instead ?? `not what ${keyword} of the schema asks for`;
  }
}

function value(keys: readonly string[], message: string): Draft {
  return { keys, what: 'value', message };
}

/** A key that is not known, or not allowed to look as it does. */
function keyDraft(error: SchemaError, parent: readonly string[], key: string): Draft {
  const keys = [...parent, key];
  const known = error.keyword === 'enum' ? stringsOf(error.schema.enum) : propertiesOf(error);
  if (known.length === 0) return { keys, what: 'key', message: says({ ...error, value: key }) };
  const nearest = nearestWord(key, known);
  if (nearest === undefined) return { keys, what: 'key', message: `unknown key (expected ${listWords(known)})` };
  const message = `unknown key (did you mean "${nearest}"?)`;
  return { keys, what: 'key', message, meant: pointerOf([...parent, nearest]) };
}

function requiredDraft(parent: readonly string[], missing: string): Draft {
  const keys = [...parent, missing];
  return { ...value(keys, 'required'), wants: [pointerOf(keys)] };
}

function twiceDraft({ value: list, repeated }: SchemaError, parent: readonly string[]): Draft {
  const key = String(repeated);
  return value([...parent, key], `${quoteValue(Array.isArray(list) ? list[Number(key)] : undefined)} is listed twice`);
}

/** A choice between keys. */
function eitherDraft(error: SchemaError, keys: readonly string[]): Draft {
  const neither = error.fitting === 0;
  const branches: unknown[] = Array.isArray(error.schema.oneOf) ? error.schema.oneOf : [];
  const choices = branches.flatMap((branch) => stringsOf(ownField(branch, 'required')));
  const draft = value(keys, `${says(error)}, found ${neither ? 'neither' : 'both'}`);
  return neither ? { ...draft, wants: choices.map((key) => pointerOf([...keys, key])) } : draft;
}

function notOneOf(data: unknown, known: unknown): string {
  const words = stringsOf(known);
  const guess = typeof data === 'string' ? didYouMean(data, words) : '';
  if (guess !== '' && words.length > MOST_WORDS) return `${quoteValue(data)} is not known${guess}`;
  return `${quoteValue(data)} is not one of ${listWords(words)}${guess}`;
}

function propertiesOf({ schema }: SchemaError): readonly string[] {
  return isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
}

function rangeWords(schema: JsonObject): string {
  return `${quoteValue(schema.minimum)} to ${quoteValue(schema.maximum)}`;
}

function stringsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((word): word is string => typeof word === 'string') : [];
}
