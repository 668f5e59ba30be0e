// The kinds of ours that are reviewed before they are stored, and what an object of each is held to.
import type { GroupVersionKind } from '../model/subject.ts';
import type { PolicySet } from '../policy/policy.ts';
import { acceptClass } from '../resources/capability-class/accept.ts';
import { CLASS_KIND } from '../resources/capability-class/index.ts';
import { acceptPolicy } from '../resources/isolation-policy/accept.ts';
import { type ClassCatalog, listedClassProblems } from '../resources/isolation-policy/listed-classes.ts';
import { POLICY_KIND } from '../resources/isolation-policy/policy-kind.ts';
import type { DocumentProblem } from '../resources/problems.ts';
import { takenProblem } from '../resources/taken.ts';

/** What there is already. */
export interface OwnSurroundings {
  /** The policies and classes of files: no object can have a name of theirs. */
  readonly floor: PolicySet;
  /** The classes there are, of files and of the cluster; undefined where nobody knows. */
  readonly catalog: ClassCatalog | undefined;
}

/** What there is to say of one object. */
export interface OwnJudgement {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
}

/** A kind of ours, as the API server names it. */
export interface OwnKind extends GroupVersionKind {
  readonly plural: string;
  /** Total: the document may be any JSON. */
  judge(document: unknown, name: unknown, surroundings: OwnSurroundings): OwnJudgement;
}

/** Where a document stands, in what is compiled of it: it is thrown away again. */
const ORIGIN = 'the request';

export const OWN_KINDS: readonly OwnKind[] = [
  {
    ...POLICY_KIND,
    judge(document, name, { floor, catalog }) {
      const { errors, warnings, selectable } = acceptPolicy(document, ORIGIN);
      // The class may come next: whoever applies a folder sends both, in the order of file names.
      const listed = listedClassProblems(selectable?.policy.capabilities ?? [], catalog);
      const isTaken = floor.policies.some((policy) => policy.name === name);
      return { errors: [...taken(isTaken, name, 'policy'), ...errors], warnings: [...warnings, ...listed] };
    },
  },
  {
    ...CLASS_KIND,
    judge(document, name, { floor }) {
      const { errors, warnings } = acceptClass(document, ORIGIN);
      const isTaken = typeof name === 'string' && floor.classes.has(name);
      return { errors: [...taken(isTaken, name, 'class'), ...errors], warnings };
    },
  },
];

function taken(isTaken: boolean, name: unknown, noun: string): readonly DocumentProblem[] {
  return isTaken ? [takenProblem(String(name), `a ${noun} that the server has from a file`)] : [];
}
