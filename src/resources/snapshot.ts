// The policies in force where files and the objects of a cluster go together: the files are the floor, and objects are
// added to it, policies and the classes they list alike. Pure: whoever watches the cluster hands in what there is, and
// takes what follows from it.

import type { PolicySet } from '../policy/policy.ts';
import { createPolicySet, type Selectable } from '../policy/select.ts';
import { unitePolicySets } from '../policy/unite.ts';
import { type ClassBook, openClassBook, withClassObjects } from './capability-class/class-book.ts';
import { acceptPolicy } from './isolation-policy/accept.ts';
import { type ClassCatalog, listedClassProblems } from './isolation-policy/listed-classes.ts';
import { POLICY_KIND } from './isolation-policy/policy-kind.ts';
import { problemsText } from './problem-text.ts';
import { type Judge, type PolicyObject, type PolicyVerdict, verdictWith } from './record.ts';
import { inForceOf, isSameList, type Pages, pagesFor } from './records.ts';

export type { PolicyObject, PolicyVerdict } from './record.ts';

/** All policies and classes in force, and what became of each object. Immutable: a change makes a new book. */
export interface PolicyBook {
  /** With the classes: whatever is judged by the one is judged by the other. */
  readonly policies: PolicySet;
  /** On the IsolationPolicy objects, by name. What they say of classes changes with the classes. */
  readonly verdicts: readonly PolicyVerdict[];
  /** The policies and classes of the files. */
  readonly floor: PolicySet;
  /** The policies of objects alone. */
  readonly added: PolicySet;
  /** What is remembered of each IsolationPolicy object. */
  readonly pages: Pages<Selectable>;
  /** The CapabilityClass objects. */
  readonly classes: ClassBook;
}

const JUDGE: Judge<Selectable> = {
  singular: POLICY_KIND.kind.toLowerCase(),
  accept(document, origin) {
    const { errors, warnings, selectable } = acceptPolicy(document, origin);
    return { errors, warnings, compiled: selectable };
  },
};

/** As the log has it. */
const MISFITS_LIMIT = 1024;

/** A book without objects: what is in the files alone. */
export function openBook(floor: PolicySet): PolicyBook {
  const classes = openClassBook(floor.classes);
  return { policies: floor, verdicts: [], floor, added: createPolicySet([]), pages: new Map(), classes };
}

/**
 * The book with these IsolationPolicies instead of those it had: the whole list, in any order. An object is judged only
 * where it is new or its generation changed. One that is not accepted changes nothing of what is in force: its last good
 * version stays, where the book has seen one of the same uid. The same book comes back where nothing changed.
 */
export function withObjects(book: PolicyBook, objects: readonly PolicyObject[]): PolicyBook {
  const owners = new Map(book.floor.policies.map(({ name, origin }) => [name, `the policy at ${origin}`]));
  const pages = pagesFor(objects, book.pages, owners, JUDGE);
  if (pages === book.pages) return book;
  const inForce = inForceOf(pages);
  const isSame = isSameList(inForceOf(book.pages), inForce);
  return remade({ ...book, pages, added: isSame ? book.added : createPolicySet(inForce) }, book);
}

/** The same for the CapabilityClasses. Until this was called, nobody knows which classes there are not. */
export function withClasses(book: PolicyBook, objects: readonly PolicyObject[]): PolicyBook {
  const classes = withClassObjects(book.classes, objects);
  return classes === book.classes ? book : remade({ ...book, classes }, book);
}

/** Which classes there are; undefined while nobody knows. */
export function catalogOf({ policies, classes }: PolicyBook): ClassCatalog | undefined {
  return classes.isComplete ? { classes: policies.classes, broken: classes.broken } : undefined;
}

/**
 * What there is to say of the policies in force that list classes which are not there, by the name of the policy. Those of
 * files are among them, and have no status to say it in.
 */
export function misfitsIn(book: PolicyBook): ReadonlyMap<string, string> {
  const catalog = catalogOf(book);
  const misfits = new Map<string, string>();
  for (const { name, capabilities } of book.policies.policies) {
    const problems = listedClassProblems(capabilities, catalog);
    if (problems.length > 0) misfits.set(name, problemsText(problems, MISFITS_LIMIT));
  }
  return misfits;
}

/** What follows from the pages of a book. */
function remade(book: PolicyBook, before: PolicyBook): PolicyBook {
  const { floor, added, classes } = book;
  const isSame = added === before.added && classes.added === before.classes.added;
  const policies = isSame ? before.policies : unitePolicySets(floor, { ...added, classes: classes.added });
  const next = { ...book, policies };
  const catalog = catalogOf(next);
  const former = new Map(before.verdicts.map((verdict) => [verdict.uid, verdict]));
  const verdicts = [...book.pages.values()].map((page) => {
    const listed = page.inForce?.compiled.policy.capabilities ?? [];
    return verdictWith(page, listedClassProblems(listed, catalog), former.get(page.verdict.uid));
  });
  return { ...next, verdicts };
}
