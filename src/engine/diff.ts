// The JSON patch from the object that was sent to the object as filled in.
import jsonpatch, { type Operation } from 'fast-json-patch';
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';

/** One operation of a JSON patch (RFC 6902). */
export type PatchOperation = Operation;

/**
 * The RFC 6902 patch between two objects; empty where they are the same reference. Since filling in copies only along
 * the changed path, the comparison stops at once wherever nothing changed, and large integers elsewhere are never compared.
 *
 * fast-json-patch compares lists index by index: one container put before two others would come out as a dozen operations
 * that turn each container into its neighbour. Here it is one `add`.
 * @param before the object that was sent
 * @param after the object with everything filled in; what it shares with `before` by reference is equal
 * @returns operations in an order in which they apply one after the other
 */
export function patchBetween(before: JsonObject, after: JsonObject): readonly PatchOperation[] {
  if (before === after) return [];
  const patch: PatchOperation[] = [];
  compareObjects(before, after, '', patch);
  return patch;
}

function compareValues(before: unknown, after: unknown, path: string, patch: PatchOperation[]): void {
  if (before === after) return;
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(before, after, path, patch);
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, patch);
  else patch.push({ op: 'replace', path, value: after });
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, patch: PatchOperation[]): void {
  const start = patch.length;
  let shared = 0;
  for (const key of Object.keys(after)) {
    const value = after[key];
    if (value === undefined) continue;
    // Most values are the same reference. An inherited property (`constructor`) equals no JSON value, so `hasOwn` is only
    // needed where they differ.
    const old = before[key] === value ? value : ownField(before, key);
    if (old !== undefined) shared++;
    if (old === undefined) patch.push({ op: 'add', path: step(path, key), value });
    else if (old !== value) compareValues(old, value, step(path, key), patch);
  }
  // Filling in only adds, so this hardly ever runs.
  if (shared < Object.keys(before).length) removeFirst(before, after, path, patch, start);
}

/** Removals of an object's keys go before its other operations. */
function removeFirst(
  before: JsonObject,
  after: JsonObject,
  path: string,
  patch: PatchOperation[],
  start: number,
): void {
  const rest = patch.splice(start);
  for (const key of Object.keys(before)) {
    if (before[key] === undefined || ownField(after, key) !== undefined) continue;
    patch.push({ op: 'remove', path: step(path, key) });
  }
  // Not `push(...rest)`: there can be more of them than a call takes arguments.
  for (const operation of rest) patch.push(operation);
}

/** Handles members that were added and members that changed; a list with any other change is left to the library. */
function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  patch: PatchOperation[],
): void {
  const start = patch.length;
  let next = 0;
  for (const [index, member] of after.entries()) {
    if (next < before.length && isSameMember(before[next], member)) {
      compareValues(before[next], member, `${path}/${index}`, patch);
      next++;
    } else {
      patch.push({ op: 'add', path: `${path}/${index}`, value: member });
    }
  }
  if (next === before.length) return;
  patch.length = start;
  for (const operation of jsonpatch.compare([...before], [...after])) {
    patch.push({ ...operation, path: `${path}${operation.path}` });
  }
}

/** True for the same reference, and for members with the same `name`; two members without a name are taken to be the same. */
function isSameMember(before: unknown, after: unknown): boolean {
  return before === after || ownField(before, 'name') === ownField(after, 'name');
}

function step(path: string, key: string): string {
  return `${path}/${jsonpatch.escapePathComponent(key)}`;
}
