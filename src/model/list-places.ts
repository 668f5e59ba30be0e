// Where the entries of lists stood in the object that a user sent, for lists that have lost or gained entries since then.

/**
 * By the path of a list (`spec.initContainers`): for each of its entries, in order, the index it had in the object that was
 * sent. Undefined for an entry that was not in it.
 */
export type ListPlaces = ReadonlyMap<string, readonly (number | undefined)[]>;

/** For objects whose lists are as they were sent. */
export const NO_PLACES: ListPlaces = new Map();

/** A path with the index that an entry of one of these lists had. Paths of other fields, and of new entries, stay. */
export function sentPath(path: string, places: ListPlaces): string {
  for (let open = path.indexOf('['); open !== -1; open = path.indexOf('[', open + 1)) {
    const indices = places.get(path.slice(0, open));
    if (!indices) continue;
    const close = path.indexOf(']', open);
    const index = indices[Number(path.slice(open + 1, close))];
    return index === undefined ? path : `${path.slice(0, open + 1)}${index}${path.slice(close)}`;
  }
  return path;
}
