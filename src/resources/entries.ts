// The resources of our own kinds in a file, each alone in a document or one of the items of a List.

import type { Problem, SourceDocument } from '../manifests/source.ts';
import { isJsonObject, ownField } from '../model/json.ts';
import { API_VERSION } from '../model/names.ts';
import { asApplied } from './authored.ts';
import { nearestWord } from './did-you-mean.ts';
import { OWN_KINDS } from './index.ts';
import { ISOLATION_POLICY } from './isolation-policy/index.ts';
import type { OwnKind } from './kind.ts';
import { problemText } from './problem-text.ts';
import { foundType, quoteValue } from './problem-words.ts';
import type { DocumentProblem } from './problems.ts';
import { orWords } from './words.ts';

const KINDS: readonly string[] = OWN_KINDS.map((own) => own.kind);

/** Something that is meant to be of one of our own kinds, and where it stands. */
export interface Entry {
  readonly kind: OwnKind;
  readonly document: SourceDocument;
  /** The keys that lead to it: none, or those of an item of a List. */
  readonly keys: readonly string[];
  /** As somebody would apply it: without what the API server adds when it prints one. */
  readonly value: unknown;
}

/** What a document holds. */
export interface FoundEntries {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

const NOUNS = orWords(OWN_KINDS.map((own) => own.noun));
const EXPECTED = `expected ${orWords(KINDS)} of ${API_VERSION}`;

/** The apiVersion that each kind of container has. */
const LISTS = new Map([['List', 'v1'], ...KINDS.map((kind) => [`${kind}List`, API_VERSION] as const)]);

/** The resources of our own kinds in a document. Anything that was never meant to be one is a problem. */
export function entriesOf(document: SourceDocument): FoundEntries {
  const whole: Found = { document, keys: [], value: document.value };
  const kind = ownField(document.value, 'kind');
  const apiVersion = typeof kind === 'string' ? LISTS.get(kind) : undefined;
  if (apiVersion === undefined) return foundAll([whole]);
  const found = ownField(document.value, 'apiVersion');
  if (found !== apiVersion) {
    return foundProblem(
      whole,
      ['apiVersion'],
      `expected ${quoteValue(apiVersion)}, found ${quoteValue(found ?? null)}`,
    );
  }
  const items: unknown = ownField(document.value, 'items') ?? [];
  if (!Array.isArray(items)) return foundProblem(whole, ['items'], `expected a list, found ${foundType(items)}`);
  return foundAll(items.map((value: unknown, index) => ({ document, keys: ['items', String(index)], value })));
}

/** A problem of an entry with the place where it stands, and its pointer before the words. */
export function problemAt({ document, keys }: Found, problem: DocumentProblem): Problem {
  const path = [...keys, ...problem.keys];
  return { ...document.locate(path, problem.what), message: problemText({ ...problem, keys: path }) };
}

/** A document or an item, before it is known what it is meant to be. */
type Found = Omit<Entry, 'kind'>;

function foundAll(candidates: readonly Found[]): FoundEntries {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  for (const found of candidates) {
    const problem = foreignProblem(found.value);
    if (problem) problems.push(problemAt(found, problem));
    else entries.push({ ...found, value: asApplied(found.value), kind: kindOf(ownField(found.value, 'kind')) });
  }
  return { entries, problems };
}

function foundProblem(entry: Found, keys: readonly string[], message: string): FoundEntries {
  return { entries: [], problems: [problemAt(entry, { keys, what: 'value', message })] };
}

/** The kind that was meant. Of a document that has none the policy's schema says that it is required. */
function kindOf(kind: unknown): OwnKind {
  const nearest = typeof kind === 'string' ? nearestWord(kind, KINDS) : undefined;
  return OWN_KINDS.find((own) => own.kind === nearest) ?? ISOLATION_POLICY;
}

/** What is wrong with a document that is not even nearly one of ours; of the others the schema has more to say. */
function foreignProblem(value: unknown): DocumentProblem | undefined {
  if (!isJsonObject(value)) return { keys: [], what: 'value', message: `${EXPECTED}, found ${foundType(value)}` };
  const kind = ownField(value, 'kind');
  const isOurs = ownField(value, 'apiVersion') === API_VERSION;
  if (kind === undefined)
    return isOurs ? undefined : { keys: ['kind'], what: 'value', message: `required (${EXPECTED})` };
  if (typeof kind === 'string' && nearestWord(kind, KINDS) !== undefined) return undefined;
  return { keys: ['kind'], what: 'value', message: `${quoteValue(kind)} is not a ${NOUNS} (${EXPECTED})` };
}
