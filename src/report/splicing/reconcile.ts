// Walks a syntax tree beside the value it should have, and collects the edits that make it so.
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { isJsonObject } from '../../model/json.ts';
import { reconcileBlockMap, reconcileBlockSeq } from './block.ts';
import { CannotSplice } from './edits.ts';
import { reconcileFlowMap, reconcileFlowSeq } from './flow.ts';
import type { Visit } from './map.ts';
import { flowValue, inline } from './render.ts';
import { backOverSpace, edit, indentOf, rangeOf, type Sheet } from './sheet.ts';

/** Collects the edits that turn what `node` says into `after`. Throws {@link CannotSplice} where it knows no way. */
export function reconcile(sheet: Sheet, node: unknown, after: unknown): void {
  const visit: Visit = (member, value) => reconcile(sheet, member, value);
  if (isAlias(node)) {
    // The anchor was met before, and what it will stand for is known by now.
    const settled = sheet.anchors.has(node.source) && isDeepStrictEqual(sheet.anchors.get(node.source), after);
    if (!settled) replace(sheet, node, after);
    return;
  }
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) sheet.anchors.set(node.anchor, after);
  if (isMap(node) && isJsonObject(after)) {
    (node.flow ? reconcileFlowMap : reconcileBlockMap)(sheet, node, after, visit);
  } else if (isSeq(node) && Array.isArray(after)) {
    (node.flow ? reconcileFlowSeq : reconcileBlockSeq)(sheet, node, after, visit);
  } else if (isScalar(node)) {
    if (!isDeepStrictEqual(node.toJS(sheet.tree), after)) replaceScalar(sheet, node, after);
  } else if ((isMap(node) || isSeq(node)) && node.flow) {
    replace(sheet, node, after);
  } else {
    throw new CannotSplice('a block became something else');
  }
}

function replace(sheet: Sheet, node: unknown, after: unknown): void {
  const [start, end] = rangeOf(node);
  edit(sheet, start, end, flowValue(sheet, after, indentOf(sheet.text, start)));
}

function replaceScalar(sheet: Sheet, node: Scalar, after: unknown): void {
  const [start, end] = rangeOf(node);
  const text = scalarText(sheet, node, after, start);
  if (start === end) {
    const colon = backOverSpace(sheet.text, start);
    edit(sheet, colon, colon, ` ${text}`);
  } else {
    edit(sheet, start, end, sheet.text[end - 1] === '\n' ? text + sheet.eol : text);
  }
}

/** In the quotes that were there. */
function scalarText(sheet: Sheet, node: Scalar, after: unknown, start: number): string {
  if (typeof after !== 'string') return flowValue(sheet, after, indentOf(sheet.text, start));
  if (node.type === 'QUOTE_DOUBLE') return JSON.stringify(after);
  if (node.type === 'QUOTE_SINGLE' && /^[\x20-\x7e]*$/.test(after)) return `'${after.replaceAll("'", "''")}'`;
  return inline(after);
}
