// Edits of flow maps and lists (`{a: b}`, `[a, b]`), JSON among them: new members go after a comma.
import { isScalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { JsonObject } from '../../model/json.ts';
import { align } from './align.ts';
import { CannotSplice } from './edits.ts';
import { isMerge, missingKeys, pairsOf, type Visit } from './map.ts';
import { flowPair, flowValue } from './render.ts';
import { backOverSpace, columnOf, edit, indentOf, rangeOf, type Sheet } from './sheet.ts';

/** Edits the members of a flow map and adds the missing ones after the last. */
export function reconcileFlowMap(sheet: Sheet, map: YAMLMap, after: JsonObject, visit: Visit): void {
  const pairs = pairsOf(map);
  const missing = missingKeys(sheet, map, pairs, after);
  const [start, end] = rangeOf(map);
  const last = pairs.at(-1);
  if (!last) {
    if (missing.length > 0) edit(sheet, start, end, flowValue(sheet, after, indentOf(sheet.text, start)));
    return;
  }
  for (const { name, value } of pairs) {
    if (isMerge(name, after)) continue;
    if (value !== null) visit(value, after[name]);
    else if (after[name] !== null) throw new CannotSplice('a key without a colon');
  }
  const { comma, column } = layout(sheet, start, rangeOf(pairs[0]?.key)[0]);
  const at = endOfMember(sheet, last.value ?? last.key);
  for (const key of missing) edit(sheet, at, at, comma + flowPair(sheet, key, after[key], column));
}

/** Edits the items of a flow list and adds the missing ones where they belong. */
export function reconcileFlowSeq(sheet: Sheet, seq: YAMLSeq, after: readonly unknown[], visit: Visit): void {
  const [start, end] = rangeOf(seq);
  const first = seq.items[0];
  if (first === undefined) {
    if (after.length > 0) edit(sheet, start, end, flowValue(sheet, after, indentOf(sheet.text, start)));
    return;
  }
  const [firstStart] = rangeOf(first);
  const { comma, column } = layout(sheet, start, firstStart);
  let last: unknown;
  for (const { value, index } of align(seq, sheet.tree, after)) {
    if (index !== undefined) {
      last = seq.items[index];
      visit(last, value);
      continue;
    }
    const text = flowValue(sheet, value, column);
    if (last === undefined) {
      edit(sheet, firstStart, firstStart, text + comma);
    } else {
      const at = endOfMember(sheet, last);
      edit(sheet, at, at, comma + text);
    }
  }
}

/** What goes between two members: a space, or a new line where the first member stands on one of its own. */
function layout(sheet: Sheet, start: number, first: number): { readonly comma: string; readonly column: number } {
  const column = columnOf(sheet.text, first);
  if (sheet.text.slice(start, first).includes('\n')) return { comma: `,${sheet.eol}${' '.repeat(column)}`, column };
  return { comma: sheet.jsonStep === 0 ? ',' : ', ', column: indentOf(sheet.text, start) };
}

function endOfMember(sheet: Sheet, node: unknown): number {
  const [start, end] = rangeOf(node);
  return isScalar(node) && start === end ? backOverSpace(sheet.text, end) : end;
}
