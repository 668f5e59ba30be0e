// Pairs the items of a list as it is with the items of the list as it should be.
import { type Document, isNode, type YAMLSeq } from 'yaml';
import { sameJson, stringField } from '../../model/json.ts';
import { CannotSplice } from './edits.ts';

/** An item as it should be, and the index of the present item that becomes it; undefined for a new one. */
export interface Aligned {
  readonly value: unknown;
  readonly index: number | undefined;
}

/** The position of each present item in the list as it should be; undefined where a way of pairing does not work. */
type Positions = readonly number[] | undefined;

/**
 * Pairs the items by position, by name or by content, whichever works first. Items are only ever added.
 * @throws CannotSplice where an item was moved or removed
 */
export function align(seq: YAMLSeq, tree: Document, after: readonly unknown[]): Aligned[] {
  const before = seq.items.map((item): unknown => (isNode(item) ? item.toJS(tree) : item));
  const positions =
    byPlace(before, after) ?? byName(before, after) ?? byContent(before, after) ?? byPrefix(before, after);
  if (!positions) throw new CannotSplice('items are removed');
  const indexAt = new Map(positions.map((position, index) => [position, index]));
  return after.map((value, position) => ({ value, index: indexAt.get(position) }));
}

function byPlace(before: readonly unknown[], after: readonly unknown[]): Positions {
  return before.length === after.length ? before.map((_, index) => index) : undefined;
}

function byName(before: readonly unknown[], after: readonly unknown[]): Positions {
  const names = after.map((item) => stringField(item, 'name'));
  if (names.includes(undefined) || new Set(names).size < names.length) return undefined;
  return ascending(before.map((item) => names.indexOf(stringField(item, 'name'))));
}

function byContent(before: readonly unknown[], after: readonly unknown[]): Positions {
  let from = 0;
  const positions: number[] = [];
  for (const item of before) {
    const position = after.findIndex((other, index) => index >= from && sameJson(item, other));
    positions.push(position);
    from = position + 1;
  }
  return ascending(positions);
}

function byPrefix(before: readonly unknown[], after: readonly unknown[]): Positions {
  return after.length > before.length ? before.map((_, index) => index) : undefined;
}

function ascending(positions: readonly number[]): Positions {
  return positions.every((position, index) => position > (positions[index - 1] ?? -1)) ? positions : undefined;
}
