// What an object of one of our own kinds is held to before it is stored.
import { ownField } from '../model/json.ts';
import type { PolicySet } from '../policy/policy.ts';
import { authoredPart } from '../resources/authored.ts';
import { type KnownResources, keyOf, namesOf, type OwnKind, type Resource } from '../resources/kind.ts';
import type { DocumentProblem } from '../resources/problems.ts';
import { takenProblem } from '../resources/taken.ts';
import { withArticle } from '../resources/words.ts';

/** What there is already. */
export interface OwnSurroundings {
  /** The resources of files: no object can have a name of theirs. */
  readonly staticPolicies: PolicySet;
  /** The resources there are, of files and of the cluster; undefined where no cluster is followed. */
  readonly known: KnownResources | undefined;
  /** The moment of the review, in milliseconds. */
  readonly now: number;
}

/** What there is to say of one object. */
export interface OwnJudgement {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
}

/** Where a document stands, in what is compiled of it: it is thrown away again. */
const ORIGIN = 'the request';

/**
 * Judges one object of a kind. Total: it may be any JSON. A reference that does not resolve is a warning: what it names may
 * come next, since whoever applies a folder sends both, in the order of file names.
 */
export function judgeOwn(kind: OwnKind, object: unknown, surroundings: OwnSurroundings): OwnJudgement {
  const { staticPolicies, known, now } = surroundings;
  const { errors, warnings, resource } = kind.accept(authoredPart(object, kind.scope), ORIGIN);
  const all = [...taken(kind, object, staticPolicies), ...errors];
  if (!resource || !known) return { errors: all, warnings };
  all.push(
    ...excess(kind, resource, known),
    ...kind.references.flatMap((one) => one.refusals?.(resource.value, known, now) ?? []),
  );
  // What is refused for what it names need not be warned about it.
  const unresolved = all.length === 0 ? kind.references.flatMap((one) => one.inCluster(resource.value, known)) : [];
  return { errors: all, warnings: [...warnings, ...unresolved] };
}

/** One that its namespace has no room for would never be in force. */
function excess({ kind, title, mostInNamespace: most }: OwnKind, resource: Resource, known: KnownResources) {
  const { namespace } = resource;
  if (most === undefined || namespace === undefined) return [];
  const others = known.inNamespace(kind, namespace).filter((key) => key !== keyOf(resource));
  if (others.length < most) return [];
  const message = `namespace ${JSON.stringify(namespace)} has ${others.length} ${title} (expected at most ${most})`;
  return [{ keys: ['metadata', 'namespace'], what: 'value', message } as const];
}

function taken(kind: OwnKind, object: unknown, { resources }: PolicySet): readonly DocumentProblem[] {
  const name = ownField(ownField(object, 'metadata'), 'name');
  const key = keyOf(namesOf(authoredPart(object, kind.scope)));
  const isTaken = typeof name === 'string' && resources.get(kind.kind)?.some((one) => keyOf(one) === key);
  return isTaken ? [takenProblem(name, `${withArticle(kind.noun)} that the server has from a file`)] : [];
}
