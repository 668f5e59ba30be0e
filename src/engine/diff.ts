// The JSON patch that turns the object that came into the object as filled in.
import jsonpatch, { type Operation } from 'fast-json-patch';
import type { JsonObject } from '../model/json.ts';

export type PatchOperation = Operation;

/**
 * The RFC 6902 patch between two objects; empty where they are the same reference. Since filling in copies only along
 * the changed path, the comparison stops at once wherever nothing changed, and large integers elsewhere never enter it.
 */
export function patchBetween(before: JsonObject, after: JsonObject): readonly PatchOperation[] {
  return before === after ? [] : jsonpatch.compare(before, after);
}
