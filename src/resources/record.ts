// What a book remembers of one object of ours, an IsolationPolicy or a CapabilityClass: what was said of its newest
// version, and which version is in force.
import type { JsonObject } from '../model/json.ts';
import { authoredPart } from './authored.ts';
import { problemsText } from './problem-text.ts';
import type { DocumentProblem } from './problems.ts';
import { takenProblem } from './taken.ts';

/** An IsolationPolicy or a CapabilityClass as the API server sends it. */
export interface PolicyObject {
  readonly name: string;
  readonly uid: string;
  /** Counts the changes of the spec. */
  readonly generation: number;
  /** The whole object as JSON, with its managedFields, resourceVersion and status. */
  readonly document: JsonObject;
  readonly status: unknown;
}

/**
 * What became of one object. While nothing about it changes, it is the same JavaScript object in every book: a server
 * that writes each one into the status once, and no more, cannot quarrel with another that sees it otherwise.
 */
export interface PolicyVerdict {
  readonly name: string;
  readonly uid: string;
  readonly accepted: boolean;
  readonly reason: 'Accepted' | 'Invalid' | 'NameTaken';
  /** On one line, and short enough for a status. */
  readonly message: string;
  readonly observedGeneration: number;
}

/** One page, of a policy or of a class: `T` is what its document is compiled to. */
export interface Page<T> {
  /** On the object by itself. */
  readonly verdict: PolicyVerdict;
  /** What the author of an accepted version probably did not mean. */
  readonly doubts: readonly DocumentProblem[];
  /** The last version that was accepted. */
  readonly inForce: { readonly generation: number; readonly compiled: T } | undefined;
}

/** How the documents of one kind are judged. */
export interface Judge<T> {
  /** What its objects are called: `isolationpolicy`. */
  readonly singular: string;
  /** Everything there is to say of a document, and what it is compiled to where nothing speaks against it. */
  accept(document: unknown, origin: string): Judgement<T>;
}

export interface Judgement<T> {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
  /** Undefined exactly where there are errors. */
  readonly compiled: T | undefined;
}

/** What the problems may take of a message. A condition can hold 32,768 characters, but every watcher is sent all of it. */
const PROBLEMS_LIMIT = 4096;

/**
 * The page of an object that has its name for itself.
 * @param known the page the book had of it; it stays where the object has the same generation
 */
export function pageFor<T>(object: PolicyObject, known: Page<T> | undefined, judge: Judge<T>): Page<T> {
  if (known && known.verdict.reason !== 'NameTaken' && isAbout(known, object)) return known;
  const { errors, warnings, compiled } = judged(object, judge);
  if (compiled !== undefined) {
    const inForce = { generation: object.generation, compiled };
    return { verdict: verdictOn(object, 'Accepted', inForceText(warnings)), doubts: warnings, inForce };
  }
  const inForce = known?.inForce;
  const instead = inForce ? `generation ${inForce.generation} stays in force` : 'not in force';
  const message = `${instead}: ${problemsText(errors, PROBLEMS_LIMIT)}`;
  return { verdict: verdictOn(object, 'Invalid', message), doubts: [], inForce };
}

/**
 * The page of an object whose name belongs to somebody else.
 * @param owner who that is, in words
 */
export function takenPage<T>(object: PolicyObject, owner: string, known: Page<T> | undefined): Page<T> {
  const message = `not in force: ${problemsText([takenProblem(object.name, owner)], PROBLEMS_LIMIT)}`;
  if (known?.verdict.message === message && isAbout(known, object)) return known;
  return { verdict: verdictOn(object, 'NameTaken', message), doubts: [], inForce: undefined };
}

/**
 * The verdict of a page where there is more to doubt than the object by itself: what it names, and is not there.
 * @param former the last verdict on the object; it stays where it says the same
 */
export function verdictWith(
  { verdict, doubts }: Page<unknown>,
  more: readonly DocumentProblem[],
  former: PolicyVerdict | undefined,
): PolicyVerdict {
  if (!verdict.accepted || more.length === 0) return verdict;
  const message = inForceText([...doubts, ...more]);
  const isSame = former?.accepted && former.message === message && former.name === verdict.name;
  return isSame && former.observedGeneration === verdict.observedGeneration ? former : { ...verdict, message };
}

function inForceText(doubts: readonly DocumentProblem[]): string {
  return doubts.length === 0 ? 'in force' : `in force, but ${problemsText(doubts, PROBLEMS_LIMIT)}`;
}

function isAbout({ verdict }: Page<unknown>, object: PolicyObject): boolean {
  return verdict.observedGeneration === object.generation && verdict.name === object.name;
}

function verdictOn(object: PolicyObject, reason: PolicyVerdict['reason'], message: string): PolicyVerdict {
  const { name, uid, generation } = object;
  return { name, uid, accepted: reason === 'Accepted', reason, message, observedGeneration: generation };
}

/** A bug of ours that one object brings to light must not keep the others from taking effect. */
function judged<T>({ name, document }: PolicyObject, judge: Judge<T>): Judgement<T> {
  try {
    return judge.accept(authoredPart(document), `${judge.singular}/${name}`);
  } catch (error) {
    const message = `sandgate failed to read it, which is a bug in it (${String(error)})`;
    return { errors: [{ keys: [], what: 'value', message }], warnings: [], compiled: undefined };
  }
}
