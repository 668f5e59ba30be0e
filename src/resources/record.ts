// What a snapshot remembers of one object of ours: what was said of its newest version, and which version is in force.
import type { JsonObject } from '../model/json.ts';
import { authoredPart } from './authored.ts';
import { type Acceptance, keyOf, type OwnKind, type Resource } from './kind.ts';
import { AcceptedVersion, type KeptVersion, keptVersionOf, objectInVersion } from './last-accepted.ts';
import { problemsText } from './problem-text.ts';
import type { DocumentProblem } from './problems.ts';
import { takenProblem } from './taken.ts';

/** An object of one of our own kinds, as the API server sends it. */
export interface StoredObject {
  readonly name: string;
  /** Undefined for kinds that belong to no namespace. */
  readonly namespace?: string;
  readonly uid: string;
  /** Counts the changes of the spec. */
  readonly generation: number;
  /** The whole object as JSON, with its managedFields, resourceVersion and status. */
  readonly document: JsonObject;
  readonly status: unknown;
}

/** Why an object of a kind may not be in force as written, in the words of its status. */
export function refusalReasons({ mostInNamespace, references }: OwnKind): readonly Verdict['reason'][] {
  return [
    'Invalid',
    'NameTaken',
    ...(mostInNamespace === undefined ? [] : (['TooMany'] as const)),
    ...(references.some((one) => one.isWithoutEffect !== undefined) ? (['WithoutEffect'] as const) : []),
  ];
}

/**
 * What became of one object. While nothing about it changes, it is the same JavaScript object in every snapshot: each
 * replica writes it into the status once and no more, so that two replicas that disagree cannot overwrite each other
 * without end.
 */
export interface Verdict {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly accepted: boolean;
  readonly reason: 'Accepted' | 'Invalid' | 'NameTaken' | 'TooMany' | 'WithoutEffect';
  /** On one line, and short enough for a status. */
  readonly message: string;
  readonly observedGeneration: number;
}

/** What is remembered of one object. */
export interface ObjectRecord {
  /** On the object by itself, whatever it refers to. */
  readonly verdict: Verdict;
  /** What the author of an accepted version probably did not mean. */
  readonly warnings: readonly DocumentProblem[];
  /** What the status of an accepted version begins with. */
  readonly words: string;
  /** The last version that was accepted. */
  readonly inForce: VersionInForce | undefined;
  /** The version of the status that was looked at because the newest one is not accepted. */
  readonly lookedAt?: KeptVersion | undefined;
}

/** A version that was accepted, and what it was compiled to. */
export interface VersionInForce {
  readonly version: AcceptedVersion;
  readonly resource: Resource;
}

/** Reasons that can go away without a change of the object. */
const DEPENDS_ON_OTHERS: ReadonlySet<Verdict['reason']> = new Set(['NameTaken', 'TooMany']);

/** What the problems may take of a message. A condition can hold 32,768 characters, but every watcher is sent all of it. */
const PROBLEMS_LIMIT = 4096;

/**
 * The record of an object that has its name for itself.
 * @param known the former record of it; it stays where the object has the same generation
 */
export function recordFor(object: StoredObject, known: ObjectRecord | undefined, kind: OwnKind): ObjectRecord {
  const kept = kind.keepsLastAccepted ? keptVersionOf(object) : undefined;
  const isKnown = known && !DEPENDS_ON_OTHERS.has(known.verdict.reason) && isAbout(known, object);
  if (isKnown && (known.verdict.accepted || !isNews(kept, known))) return known;
  const { errors, warnings, resource } = accepted(object, kind);
  if (resource) {
    const inForce = { version: new AcceptedVersion(object), resource };
    const words = kind.inForceWords(resource.value);
    return { verdict: verdictOn(object, 'Accepted', inForceText(words, warnings)), warnings, words, inForce };
  }
  const inForce = kind.keepsLastAccepted ? lastAccepted(object, known?.inForce, kept, kind) : undefined;
  const instead = inForce ? `generation ${inForce.version.generation} stays in force` : 'not in force';
  const message = `${instead}: ${problemsText(errors, PROBLEMS_LIMIT)}`;
  return { verdict: verdictOn(object, 'Invalid', message), warnings: [], words: '', inForce, lookedAt: kept };
}

/** True for a version that is newer than what is in force, and was not looked at. */
function isNews(kept: KeptVersion | undefined, { inForce, lookedAt }: ObjectRecord): boolean {
  if (!kept || kept.generation <= (inForce?.version.generation ?? -1)) return false;
  return kept.generation !== lookedAt?.generation || kept.spec !== lookedAt.spec;
}

/** The newer of the version that this server has seen in force and the one in the status: another replica may have seen more. */
function lastAccepted(
  object: StoredObject,
  seen: VersionInForce | undefined,
  kept: KeptVersion | undefined,
  kind: OwnKind,
): VersionInForce | undefined {
  if (!kept || kept.generation <= (seen?.version.generation ?? -1)) return seen;
  const earlier = objectInVersion(object, kept);
  const resource = earlier && accepted(earlier, kind).resource;
  // Another release may have accepted it, or somebody else written it: it is held against everything, like any other.
  return earlier && resource ? { version: new AcceptedVersion(earlier), resource } : seen;
}

/**
 * The record of an object whose name belongs to another.
 * @param owner which one that is, in words
 */
export function takenRecord(object: StoredObject, owner: string, known: ObjectRecord | undefined): ObjectRecord {
  const message = `not in force: ${problemsText([takenProblem(object.name, owner)], PROBLEMS_LIMIT)}`;
  if (known?.verdict.message === message && isAbout(known, object)) return known;
  return { verdict: verdictOn(object, 'NameTaken', message), warnings: [], words: '', inForce: undefined };
}

/**
 * The record of an object that comes after as many of its namespace as can be in force.
 * @param most how many that are
 */
export function excessRecord(object: StoredObject, most: number, known: ObjectRecord | undefined): ObjectRecord {
  const message = `not in force: ${most} of its namespace are, which is the most, and come before it by name`;
  if (known?.verdict.message === message && isAbout(known, object)) return known;
  return { verdict: verdictOn(object, 'TooMany', message), warnings: [], words: '', inForce: undefined };
}

/**
 * The verdict of a record with more warnings than those about the object by itself: references that do not resolve.
 * @param isWithoutEffect true where the whole object comes to nothing for them
 * @param former the last verdict on the object; it stays where it says the same
 */
export function verdictWith(
  { verdict, warnings, words }: ObjectRecord,
  more: readonly DocumentProblem[],
  isWithoutEffect: boolean,
  former: Verdict | undefined,
): Verdict {
  if (!verdict.accepted || more.length === 0) return verdict;
  const next: Verdict = isWithoutEffect
    ? { ...verdict, accepted: false, reason: 'WithoutEffect', message: `without effect: ${problemsIn(more)}` }
    : { ...verdict, message: inForceText(words, [...warnings, ...more]) };
  const isSame = former?.reason === next.reason && former.message === next.message && keyOf(former) === keyOf(next);
  return isSame && former.observedGeneration === next.observedGeneration ? former : next;
}

function inForceText(words: string, warnings: readonly DocumentProblem[]): string {
  return warnings.length === 0 ? words : `${words}, but ${problemsIn(warnings)}`;
}

function problemsIn(problems: readonly DocumentProblem[]): string {
  return problemsText(problems, PROBLEMS_LIMIT);
}

function isAbout({ verdict }: ObjectRecord, object: StoredObject): boolean {
  return verdict.observedGeneration === object.generation && keyOf(verdict) === keyOf(object);
}

function verdictOn(object: StoredObject, reason: Verdict['reason'], message: string): Verdict {
  const { name, namespace, uid, generation } = object;
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    uid,
    accepted: reason === 'Accepted',
    reason,
    message,
    observedGeneration: generation,
  };
}

/** A bug of ours that one object brings to light must not keep the others from taking effect. */
function accepted(object: StoredObject, kind: OwnKind): Acceptance {
  try {
    return kind.accept(authoredPart(object.document, kind.scope), `${kind.singular}/${keyOf(object)}`);
  } catch (error) {
    const message = `sandgate failed to read it, which is a bug in it (${String(error)})`;
    return { errors: [{ keys: [], what: 'value', message }], warnings: [], resource: undefined };
  }
}
