// What became of the CapabilityClass objects of a cluster, where files may have classes as well: those are the floor, and
// objects are added to them. Pure, like the book of policies that it is a part of.
import type { CapabilityClass, CapabilityClasses } from '../../grants/class.ts';
import type { Judge, PolicyObject, PolicyVerdict } from '../record.ts';
import { inForceOf, isSameList, type Pages, pagesFor } from '../records.ts';
import { acceptClass } from './accept.ts';
import { CLASS_KIND } from './index.ts';

/** The classes of objects, and what became of each object. Immutable: a change makes a new book. */
export interface ClassBook {
  /** Those in force that are not from files, by name. */
  readonly added: CapabilityClasses;
  /** The names of objects of which no version is in force. */
  readonly broken: ReadonlySet<string>;
  /** False until the objects are known: which classes there are not, nobody can tell before. */
  readonly isComplete: boolean;
  /** By name. */
  readonly verdicts: readonly PolicyVerdict[];
  /** The classes of files. */
  readonly floor: CapabilityClasses;
  /** What is remembered of each object. */
  readonly pages: Pages<CapabilityClass>;
}

const JUDGE: Judge<CapabilityClass> = {
  singular: CLASS_KIND.kind.toLowerCase(),
  accept(document, origin) {
    const { errors, warnings, capabilityClass } = acceptClass(document, origin);
    return { errors, warnings, compiled: capabilityClass };
  },
};

/** A book that knows of no objects yet. */
export function openClassBook(floor: CapabilityClasses): ClassBook {
  return { added: new Map(), broken: new Set(), isComplete: false, verdicts: [], floor, pages: new Map() };
}

/**
 * The book with these objects instead of those it had: the whole list, in any order. An object is judged only where it
 * is new or its generation changed, and one that is not accepted leaves its last good version in force. The same book
 * comes back where nothing changed.
 */
export function withClassObjects(book: ClassBook, objects: readonly PolicyObject[]): ClassBook {
  const owners = new Map([...book.floor].map(([name, { origin }]) => [name, `the class at ${origin}`]));
  const pages = pagesFor(objects, book.pages, owners, JUDGE);
  if (pages === book.pages) return book.isComplete ? book : { ...book, isComplete: true };
  const inForce = inForceOf(pages);
  const added = isSameList(inForceOf(book.pages), inForce)
    ? book.added
    : new Map(inForce.map((one) => [one.name, one]));
  const all = [...pages.values()];
  const broken = all.filter((page) => !page.inForce && page.verdict.reason === 'Invalid');
  return {
    added,
    broken: new Set(broken.map((page) => page.verdict.name)),
    isComplete: true,
    verdicts: all.map((page) => page.verdict),
    floor: book.floor,
    pages,
  };
}
