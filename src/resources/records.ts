// The pages of all objects of one kind, after whatever list of them there is now.
import { compareBytewise } from '../model/text.ts';
import { type Judge, type Page, type PolicyObject, pageFor, takenPage } from './record.ts';

/** What is remembered of each object, by uid, in the order of their names. */
export type Pages<T> = ReadonlyMap<string, Page<T>>;

/**
 * The pages for these objects: the whole list, in any order. An object is judged only where it is new or its generation
 * changed. The same map comes back where nothing changed.
 * @param owners who has a name already, in words: of whoever else has it, nothing is in force
 */
export function pagesFor<T>(
  objects: readonly PolicyObject[],
  known: Pages<T>,
  owners: ReadonlyMap<string, string>,
  judge: Judge<T>,
): Pages<T> {
  const taken = new Map(owners);
  const pages = new Map<string, Page<T>>();
  for (const object of [...objects].sort(inOrder)) {
    // Of two versions of one object, the older is a leftover.
    if (pages.has(object.uid)) continue;
    const owner = taken.get(object.name);
    const before = known.get(object.uid);
    pages.set(object.uid, owner === undefined ? pageFor(object, before, judge) : takenPage(object, owner, before));
    // An API server has each name once. Were a watch to say otherwise, two policies still would not share a name.
    if (owner === undefined) taken.set(object.name, `another object, of uid ${object.uid}`);
  }
  return isSameList([...known.values()], [...pages.values()]) ? known : pages;
}

/** What is in force of them, by name of the object. */
export function inForceOf<T>(pages: Pages<T>): readonly T[] {
  return [...pages.values()].flatMap((page) => (page.inForce ? [page.inForce.compiled] : []));
}

/** True for the same members in the same order. */
export function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** By name; and so that the same objects are the same list, in whatever order they came. */
function inOrder(a: PolicyObject, b: PolicyObject): number {
  return compareBytewise(a.name, b.name) || compareBytewise(a.uid, b.uid) || b.generation - a.generation;
}
