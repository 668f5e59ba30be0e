// Edits of block maps and lists: new members go on lines of their own, after what is there.
import { isCollection, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { align } from './align.ts';
import { backOverSpace, columnOf, type EditedText, edit, lineStart, rangeOf } from './edited-text.ts';
import { CannotSplice } from './edits.ts';
import { isMerge, missingKeys, pairsOf, type Visit } from './map.ts';
import { block } from './render.ts';

/** Edits the members of a block map and adds the missing ones after the last. */
export function reconcileBlockMap(edited: EditedText, map: YAMLMap, after: JsonObject, visit: Visit): void {
  const pairs = pairsOf(map);
  const missing = missingKeys(edited, map, pairs, after);
  const column = columnOf(edited.text, rangeOf(pairs[0]?.key)[0]);
  for (const { name, value } of pairs) {
    if (isMerge(name, after)) continue;
    if (isEmpty(value) && isFilled(after[name])) growBelow(edited, value, after[name], column);
    else visit(value, after[name]);
  }
  for (const key of missing) insertLines(edited, contentEnd(edited, map), block(edited, { [key]: after[key] }, column));
}

/** Edits the items of a block list and adds the missing ones where they belong. */
export function reconcileBlockSeq(edited: EditedText, seq: YAMLSeq, after: readonly unknown[], visit: Visit): void {
  const [dash] = rangeOf(seq);
  const column = columnOf(edited.text, dash);
  let last: number | undefined;
  for (const { value, index } of align(seq, edited.tree, after)) {
    if (index !== undefined) {
      visit(seq.items[index], value);
      last = index;
      continue;
    }
    const lines = block(edited, [value], column);
    if (last !== undefined) {
      insertLines(edited, contentEnd(edited, seq.items[last]), lines);
      continue;
    }
    const line = lineStart(edited.text, dash);
    if (edited.text.slice(line, dash).trim() !== '') throw new CannotSplice('no line to put an item before');
    edit(edited, line, line, lines + edited.eol);
  }
}

/** An empty value (`key:`, `key: null`, `key: {}`) becomes lines below its key, which is at `column`. */
function growBelow(edited: EditedText, value: unknown, after: unknown, column: number): void {
  const [start, end] = rangeOf(value);
  if (end > start) edit(edited, backOverSpace(edited.text, start), end, '');
  const deeper = Array.isArray(after) && !edited.indentSeq ? 0 : edited.step;
  insertLines(edited, end, block(edited, after, column + deeper));
}

/** Puts lines after the line of an offset. */
function insertLines(edited: EditedText, offset: number, lines: string): void {
  if (offset > 0 && edited.text[offset - 1] === '\n') {
    edit(edited, offset, offset, lines + edited.eol);
    return;
  }
  const newline = edited.text.indexOf('\n', offset);
  if (newline === -1) edit(edited, edited.text.length, edited.text.length, edited.eol + lines);
  else edit(edited, newline + 1, newline + 1, lines + edited.eol);
}

/** Where the last thing inside a node ends; comments after it are not part of it. */
function contentEnd(edited: EditedText, node: unknown): number {
  if (isMap(node) && !node.flow) {
    const pair = node.items.at(-1);
    return contentEnd(edited, pair?.value ?? pair?.key);
  }
  if (isSeq(node) && !node.flow) return contentEnd(edited, node.items.at(-1));
  const [start, end] = rangeOf(node);
  if (!isScalar(node)) return end;
  if (start === end) return backOverSpace(edited.text, end, true);
  // Empty lines after a block scalar are part of it only with the indicator `+` (`|+`).
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
    const header = edited.text.slice(start, edited.text.indexOf('\n', start));
    if (!/^[|>]\d?\+/.test(header)) return backOverSpace(edited.text, end, true);
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
