// What an object of one of our own kinds is held to before it is stored.
import { ownField } from '../model/json.ts';
import type { PolicySet } from '../policy/policy.ts';
import { authoredPart } from '../resources/authored.ts';
import { type KnownResources, keyOf, namesOf, type OwnKind } from '../resources/kind.ts';
import type { DocumentProblem } from '../resources/problems.ts';
import { takenProblem } from '../resources/taken.ts';
import { withArticle } from '../resources/words.ts';

/** What there is already. */
export interface OwnSurroundings {
  /** The resources of files: no object can have a name of theirs. */
  readonly staticPolicies: PolicySet;
  /** The resources there are, of files and of the cluster; undefined where no cluster is followed. */
  readonly known: KnownResources | undefined;
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
export function judgeOwn(kind: OwnKind, object: unknown, { staticPolicies, known }: OwnSurroundings): OwnJudgement {
  const { errors, warnings, resource } = kind.accept(authoredPart(object, kind.scope), ORIGIN);
  const unresolved = resource && known ? kind.references.flatMap((one) => one.inCluster(resource.value, known)) : [];
  return { errors: [...taken(kind, object, staticPolicies), ...errors], warnings: [...warnings, ...unresolved] };
}

function taken(kind: OwnKind, object: unknown, { resources }: PolicySet): readonly DocumentProblem[] {
  const name = ownField(ownField(object, 'metadata'), 'name');
  const key = keyOf(namesOf(authoredPart(object, kind.scope)));
  const isTaken = typeof name === 'string' && resources.get(kind.kind)?.some((one) => keyOf(one) === key);
  return isTaken ? [takenProblem(name, `${withArticle(kind.noun)} that the server has from a file`)] : [];
}
