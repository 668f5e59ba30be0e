// The records of all objects of one kind, after whatever list of them there is now.
import { compareBytewise } from '../model/text.ts';
import { keyOf, type OwnKind, type Resource } from './kind.ts';
import { excessRecord, type ObjectRecord, recordFor, type StoredObject, takenRecord } from './record.ts';

/** What is remembered of each object, by uid, in the order of their names. */
export type Records = ReadonlyMap<string, ObjectRecord>;

/**
 * The records for these objects: the whole list, in any order. An object is judged only where it is new or its generation
 * changed. The same map comes back where nothing changed.
 * @param owners by key, what has a name already, in words: other objects of that name are not in force
 */
export function recordsFor(
  objects: readonly StoredObject[],
  known: Records,
  owners: ReadonlyMap<string, string>,
  kind: OwnKind,
): Records {
  const taken = new Map(owners);
  const records = new Map<string, ObjectRecord>();
  const room = new Map<string, number>();
  for (const object of [...objects].sort(inOrder)) {
    // Of two versions of one object, the older is a leftover.
    if (records.has(object.uid)) continue;
    const owner = taken.get(keyOf(object));
    const before = known.get(object.uid);
    records.set(
      object.uid,
      owner === undefined ? recordWithin(room, object, before, kind) : takenRecord(object, owner, before),
    );
    // An API server has each name once. Should a watch report two all the same, only one of them is in force.
    if (owner === undefined) taken.set(keyOf(object), `another object, of uid ${object.uid}`);
  }
  return isSameList([...known.values()], [...records.values()]) ? known : records;
}

/**
 * The record of an object, as long as there is room for it in its namespace.
 * @param room how many more can be in force, by namespace
 */
function recordWithin(
  room: Map<string, number>,
  object: StoredObject,
  before: ObjectRecord | undefined,
  kind: OwnKind,
): ObjectRecord {
  const { mostInNamespace: most } = kind;
  if (most === undefined) return recordFor(object, before, kind);
  const namespace = object.namespace ?? '';
  const left = room.get(namespace) ?? most;
  if (left === 0) return excessRecord(object, most, before);
  room.set(namespace, left - 1);
  return recordFor(object, before, kind);
}

/** What is in force of them, by name of the object. */
export function inForceOf(records: Records): readonly Resource[] {
  return [...records.values()].flatMap((record) => (record.inForce ? [record.inForce.resource] : []));
}

/** True for the same members in the same order. */
export function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** By name; and so that the same objects are the same list, in whatever order they came. */
function inOrder(a: StoredObject, b: StoredObject): number {
  return compareBytewise(keyOf(a), keyOf(b)) || compareBytewise(a.uid, b.uid) || b.generation - a.generation;
}
