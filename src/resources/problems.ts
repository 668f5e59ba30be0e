// Puts what ajv finds wrong into words: one sentence for each mistake, where ajv may report five.
import type { ErrorObject } from 'ajv';
import { tokensOf } from '../kubernetes/field-path.ts';
import { isJsonObject, stringField } from '../model/json.ts';
import { didYouMean, nearestWord } from './did-you-mean.ts';
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

/** The problems that ajv's errors amount to, in ajv's order. The errors must be `verbose`. */
export function problemsOf(errors: readonly ErrorObject[]): readonly DocumentProblem[] {
  const best = new Map<string, { readonly rank: number; readonly draft: Draft }>();
  for (const error of errors) {
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

function rankOf(error: ErrorObject): number {
  const rank = TELLING.indexOf(error.keyword);
  return rank === -1 ? TELLING.length : rank;
}

function draftOf(error: ErrorObject): Draft | undefined {
  const keys = tokensOf(error.instancePath);
  if (error.propertyName !== undefined) return keyDraft(error, keys, error.propertyName);
  switch (error.keyword) {
    // Errors that only say that another error was reported, or that stand inside one of several branches.
    case 'if':
    case 'propertyNames':
      return undefined;
    case 'additionalProperties':
      return keyDraft(error, keys, String(error.params.additionalProperty));
    case 'required':
      return error.schemaPath.includes('/oneOf/')
        ? undefined
        : requiredDraft(keys, String(error.params.missingProperty));
    case 'dependentRequired':
      return value(keys, `${error.params.property} is given without ${error.params.missingProperty}`);
    case 'uniqueItems':
      return twiceDraft(error, keys);
    case 'oneOf':
      return eitherDraft(error, keys);
    default:
      return value(keys, says(error));
  }
}

/** What is wrong with one value, for the keywords that look at nothing else. */
function says(error: ErrorObject): string {
  const expected = stringField(error.parentSchema, 'errorMessage');
  switch (error.keyword) {
    case 'type':
      return `expected ${typeWords(error.schema)}, found ${foundType(error.data)}`;
    case 'enum':
      return notOneOf(error.data, error.schema);
    case 'const':
      return `expected ${quoteValue(error.schema)}, found ${quoteValue(error.data)}`;
    case 'minimum':
    case 'maximum':
      return `${quoteValue(error.data)} is out of range (expected ${rangeWords(error.parentSchema)})`;
    case 'minLength':
      return 'empty (expected some text)';
    case 'maxLength':
      return `too long (expected at most ${quoteValue(error.schema)} characters)`;
    case 'pattern':
      return `${quoteValue(error.data)} is not valid (${expected ?? `expected to match ${quoteValue(error.schema)}`})`;
    case 'minItems':
    case 'minProperties':
      return expected ?? 'empty (expected at least one entry)';
    case 'maxItems':
    case 'maxProperties':
      return expected ?? `too many (expected at most ${quoteValue(error.schema)} entries)`;
    default:
      return expected ?? error.message ?? error.keyword;
  }
}

function value(keys: readonly string[], message: string): Draft {
  return { keys, what: 'value', message };
}

/** A key that is not known, or not allowed to look as it does. */
function keyDraft(error: ErrorObject, parent: readonly string[], key: string): Draft {
  const keys = [...parent, key];
  const known = error.keyword === 'enum' ? stringsOf(error.schema) : Object.keys(propertiesOf(error));
  if (known.length === 0) return { keys, what: 'key', message: says({ ...error, data: key }) };
  const nearest = nearestWord(key, known);
  if (nearest === undefined) return { keys, what: 'key', message: `unknown key (expected ${listWords(known)})` };
  const message = `unknown key (did you mean "${nearest}"?)`;
  return { keys, what: 'key', message, meant: pointerOf([...parent, nearest]) };
}

function requiredDraft(parent: readonly string[], missing: string): Draft {
  const keys = [...parent, missing];
  return { ...value(keys, 'required'), wants: [pointerOf(keys)] };
}

function twiceDraft(error: ErrorObject, parent: readonly string[]): Draft {
  const later = Math.max(Number(error.params.i), Number(error.params.j));
  const items: unknown[] = Array.isArray(error.data) ? error.data : [];
  return value([...parent, String(later)], `${quoteValue(items[later])} is listed twice`);
}

/** A choice between keys. */
function eitherDraft(error: ErrorObject, keys: readonly string[]): Draft {
  const neither = error.params.passingSchemas === null;
  const branches: unknown[] = Array.isArray(error.schema) ? error.schema : [];
  const choices = branches.flatMap((branch) => (isJsonObject(branch) ? stringsOf(branch.required) : []));
  const draft = value(keys, `${says(error)}, found ${neither ? 'neither' : 'both'}`);
  return neither ? { ...draft, wants: choices.map((key) => pointerOf([...keys, key])) } : draft;
}

function notOneOf(data: unknown, known: unknown): string {
  const words = stringsOf(known);
  const guess = typeof data === 'string' ? didYouMean(data, words) : '';
  if (guess !== '' && words.length > MOST_WORDS) return `${quoteValue(data)} is not known${guess}`;
  return `${quoteValue(data)} is not one of ${listWords(words)}${guess}`;
}

function propertiesOf(error: ErrorObject): object {
  const properties: unknown = error.parentSchema?.properties;
  return isJsonObject(properties) ? properties : {};
}

function rangeWords(schema: ErrorObject['parentSchema']): string {
  return `${quoteValue(schema?.minimum)} to ${quoteValue(schema?.maximum)}`;
}

function stringsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((word): word is string => typeof word === 'string') : [];
}
