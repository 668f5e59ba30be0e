// The policies of a file, each alone in a document or one of the items of a List.
import { isJsonObject, ownField } from '../model/json.ts';
import { API_VERSION } from '../model/names.ts';
import type { Problem, SourceDocument } from '../model/source.ts';
import { nearestWord } from './did-you-mean.ts';
import { foundType, quoteValue } from './fault-words.ts';
import type { Fault } from './faults.ts';
import { pointerOf } from './pointer.ts';

/** Something that is meant to be a policy, and where it stands. */
export interface Entry {
  readonly document: SourceDocument;
  /** The keys that lead to it: none, or those of an item of a List. */
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** What a document holds. */
export interface FoundEntries {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

const KIND = 'IsolationPolicy';
const EXPECTED = `expected ${KIND} of ${API_VERSION}`;

/** The apiVersion that each kind of container has. */
const LISTS = new Map([
  ['List', 'v1'],
  [`${KIND}List`, API_VERSION],
]);

/** The policies of a document. Anything that was never meant to be one is a problem. */
export function entriesOf(document: SourceDocument): FoundEntries {
  const whole: Entry = { document, keys: [], value: document.value };
  const kind = ownField(document.value, 'kind');
  const apiVersion = typeof kind === 'string' ? LISTS.get(kind) : undefined;
  if (apiVersion === undefined) return foundAll([whole]);
  const found = ownField(document.value, 'apiVersion');
  if (found !== apiVersion) {
    return foundFault(whole, ['apiVersion'], `expected ${quoteValue(apiVersion)}, found ${quoteValue(found ?? null)}`);
  }
  const items: unknown = ownField(document.value, 'items') ?? [];
  if (!Array.isArray(items)) return foundFault(whole, ['items'], `expected a list, found ${foundType(items)}`);
  return foundAll(items.map((value: unknown, index) => ({ document, keys: ['items', String(index)], value })));
}

/** The problem that a fault of an entry is: its place, and its pointer before the words. */
export function problemAt({ document, keys }: Entry, fault: Fault): Problem {
  const path = [...keys, ...fault.keys];
  const pointer = pointerOf(path);
  return {
    ...document.locate(path, fault.what),
    message: pointer === '' ? fault.message : `${pointer}: ${fault.message}`,
  };
}

function foundAll(candidates: readonly Entry[]): FoundEntries {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  for (const entry of candidates) {
    const fault = foreignFault(entry.value);
    if (fault) problems.push(problemAt(entry, fault));
    else entries.push(entry);
  }
  return { entries, problems };
}

function foundFault(entry: Entry, keys: readonly string[], message: string): FoundEntries {
  return { entries: [], problems: [problemAt(entry, { keys, what: 'value', message })] };
}

/** What is wrong with a document that is not even nearly a policy; of the others the schema has more to say. */
function foreignFault(value: unknown): Fault | undefined {
  if (!isJsonObject(value)) return { keys: [], what: 'value', message: `${EXPECTED}, found ${foundType(value)}` };
  const kind = ownField(value, 'kind');
  if (kind === KIND) return undefined;
  const isOurs = ownField(value, 'apiVersion') === API_VERSION;
  if (kind === undefined)
    return isOurs ? undefined : { keys: ['kind'], what: 'value', message: `required (${EXPECTED})` };
  if (typeof kind === 'string' && nearestWord(kind, [KIND]) !== undefined) return undefined;
  return { keys: ['kind'], what: 'value', message: `${quoteValue(kind)} is not a policy (${EXPECTED})` };
}
