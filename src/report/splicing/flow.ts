// Edits of flow maps and lists (`{a: b}`, `[a, b]`), JSON among them: new members go after a comma.
import { isScalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { JsonObject } from '../../model/json.ts';
import { align } from './align.ts';
import { backOverSpace, columnOf, type EditedText, edit, indentOf, rangeOf } from './edited-text.ts';
import { CannotSplice } from './edits.ts';
import { isMerge, missingKeys, pairsOf, type Visit } from './map.ts';
import { flowPair, flowValue } from './render.ts';

/** Edits the members of a flow map and adds the missing ones after the last. */
export function reconcileFlowMap(edited: EditedText, map: YAMLMap, after: JsonObject, visit: Visit): void {
  const pairs = pairsOf(map);
  const missing = missingKeys(edited, map, pairs, after);
  const [start, end] = rangeOf(map);
  const last = pairs.at(-1);
  if (!last) {
    if (missing.length > 0) edit(edited, start, end, flowValue(edited, after, indentOf(edited.text, start)));
    return;
  }
  for (const { name, value } of pairs) {
    if (isMerge(name, after)) continue;
    if (value !== null) visit(value, after[name]);
    else if (after[name] !== null) throw new CannotSplice('a key without a colon');
  }
  const { comma, column } = layout(edited, start, rangeOf(pairs[0]?.key)[0]);
  const at = endOfMember(edited, last.value ?? last.key);
  for (const key of missing) edit(edited, at, at, comma + flowPair(edited, key, after[key], column));
}

/** Edits the items of a flow list and adds the missing ones where they belong. */
export function reconcileFlowSeq(edited: EditedText, seq: YAMLSeq, after: readonly unknown[], visit: Visit): void {
  const [start, end] = rangeOf(seq);
  const first = seq.items[0];
  if (first === undefined) {
    if (after.length > 0) edit(edited, start, end, flowValue(edited, after, indentOf(edited.text, start)));
    return;
  }
  const [firstStart] = rangeOf(first);
  const { comma, column } = layout(edited, start, firstStart);
  let last: unknown;
  for (const { value, index } of align(seq, edited.tree, after)) {
    if (index !== undefined) {
      last = seq.items[index];
      visit(last, value);
      continue;
    }
    const text = flowValue(edited, value, column);
    if (last === undefined) {
      edit(edited, firstStart, firstStart, text + comma);
    } else {
      const at = endOfMember(edited, last);
      edit(edited, at, at, comma + text);
    }
  }
}

/** What separates two members: a comma and a space, or a comma and a new line where the first member is on its own line. */
function layout(edited: EditedText, start: number, first: number): { readonly comma: string; readonly column: number } {
  const column = columnOf(edited.text, first);
  if (edited.text.slice(start, first).includes('\n')) return { comma: `,${edited.eol}${' '.repeat(column)}`, column };
  return { comma: edited.jsonStep === 0 ? ',' : ', ', column: indentOf(edited.text, start) };
}

function endOfMember(edited: EditedText, node: unknown): number {
  const [start, end] = rangeOf(node);
  return isScalar(node) && start === end ? backOverSpace(edited.text, end) : end;
}
