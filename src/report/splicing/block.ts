// Edits of block maps and lists: new members go on lines of their own, after what is there.
import { isCollection, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { align } from './align.ts';
import { CannotSplice } from './edits.ts';
import { isMerge, missingKeys, pairsOf, type Visit } from './map.ts';
import { block } from './render.ts';
import { backOverSpace, columnOf, edit, lineStart, rangeOf, type Sheet } from './sheet.ts';

/** Edits the members of a block map and adds the missing ones after the last. */
export function reconcileBlockMap(sheet: Sheet, map: YAMLMap, after: JsonObject, visit: Visit): void {
  const pairs = pairsOf(map);
  const missing = missingKeys(sheet, map, pairs, after);
  const column = columnOf(sheet.text, rangeOf(pairs[0]?.key)[0]);
  for (const { name, value } of pairs) {
    if (isMerge(name, after)) continue;
    if (isEmpty(value) && isFilled(after[name])) growBelow(sheet, value, after[name], column);
    else visit(value, after[name]);
  }
  for (const key of missing) insertLines(sheet, contentEnd(sheet, map), block(sheet, { [key]: after[key] }, column));
}

/** Edits the items of a block list and adds the missing ones where they belong. */
export function reconcileBlockSeq(sheet: Sheet, seq: YAMLSeq, after: readonly unknown[], visit: Visit): void {
  const [dash] = rangeOf(seq);
  const column = columnOf(sheet.text, dash);
  let last: number | undefined;
  for (const { value, index } of align(seq, sheet.tree, after)) {
    if (index !== undefined) {
      visit(seq.items[index], value);
      last = index;
      continue;
    }
    const lines = block(sheet, [value], column);
    if (last !== undefined) {
      insertLines(sheet, contentEnd(sheet, seq.items[last]), lines);
      continue;
    }
    const line = lineStart(sheet.text, dash);
    if (sheet.text.slice(line, dash).trim() !== '') throw new CannotSplice('no line to put an item before');
    edit(sheet, line, line, lines + sheet.eol);
  }
}

/** What was empty (`key:`, `key: null`, `key: {}`) becomes lines below its key, which stands at `column`. */
function growBelow(sheet: Sheet, value: unknown, after: unknown, column: number): void {
  const [start, end] = rangeOf(value);
  if (end > start) edit(sheet, backOverSpace(sheet.text, start), end, '');
  const deeper = Array.isArray(after) && !sheet.indentSeq ? 0 : sheet.step;
  insertLines(sheet, end, block(sheet, after, column + deeper));
}

/** Puts lines after the line of an offset. */
function insertLines(sheet: Sheet, offset: number, lines: string): void {
  if (offset > 0 && sheet.text[offset - 1] === '\n') {
    edit(sheet, offset, offset, lines + sheet.eol);
    return;
  }
  const newline = sheet.text.indexOf('\n', offset);
  if (newline === -1) edit(sheet, sheet.text.length, sheet.text.length, sheet.eol + lines);
  else edit(sheet, newline + 1, newline + 1, lines + sheet.eol);
}

/** Where the last thing inside a node ends; comments after it are not part of it. */
function contentEnd(sheet: Sheet, node: unknown): number {
  if (isMap(node) && !node.flow) {
    const pair = node.items.at(-1);
    return contentEnd(sheet, pair?.value ?? pair?.key);
  }
  if (isSeq(node) && !node.flow) return contentEnd(sheet, node.items.at(-1));
  const [start, end] = rangeOf(node);
  if (!isScalar(node)) return end;
  if (start === end) return backOverSpace(sheet.text, end, true);
  // Empty lines after a block scalar belong to it only where it keeps them (`|+`).
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
    const header = sheet.text.slice(start, sheet.text.indexOf('\n', start));
    if (!/^[|>]\d?\+/.test(header)) return backOverSpace(sheet.text, end, true);
  }
  return end;
}

/** Null or an empty collection, with no anchor or tag that would be lost. */
function isEmpty(node: unknown): boolean {
  if (isScalar(node)) return node.value === null && !node.anchor && !node.tag;
  return isCollection(node) && node.items.length === 0 && !node.anchor && !/^!(?!!)/.test(node.tag ?? '');
}

function isFilled(after: unknown): boolean {
  return Array.isArray(after) ? after.length > 0 : isJsonObject(after) && Object.keys(after).length > 0;
}
