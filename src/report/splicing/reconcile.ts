// Compares a syntax tree with the value it should have, and collects the edits that change it.
import { isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { isJsonObject, sameJson } from '../../model/json.ts';
import { reconcileBlockMap, reconcileBlockSeq } from './block.ts';
import { backOverSpace, type EditedText, edit, indentOf, rangeOf } from './edited-text.ts';
import { CannotSplice } from './edits.ts';
import { reconcileFlowMap, reconcileFlowSeq } from './flow.ts';
import type { Visit } from './map.ts';
import { flowValue, inline } from './render.ts';

/**
 * Collects the edits that change the value of `node` to `after`.
 * @throws CannotSplice where it knows no way to do so
 */
export function reconcile(edited: EditedText, node: unknown, after: unknown): void {
  const visit: Visit = (member, value) => reconcile(edited, member, value);
  if (isAlias(node)) {
    // The anchor comes before its aliases, so the value it will have is known.
    const settled = edited.anchors.has(node.source) && sameJson(edited.anchors.get(node.source), after);
    if (!settled) replace(edited, node, after);
    return;
  }
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) edited.anchors.set(node.anchor, after);
  if (isMap(node) && isJsonObject(after)) {
    (node.flow ? reconcileFlowMap : reconcileBlockMap)(edited, node, after, visit);
  } else if (isSeq(node) && Array.isArray(after)) {
    (node.flow ? reconcileFlowSeq : reconcileBlockSeq)(edited, node, after, visit);
  } else if (isScalar(node)) {
    if (!sameJson(node.toJS(edited.tree), after)) replaceScalar(edited, node, after);
  } else if ((isMap(node) || isSeq(node)) && node.flow) {
    replace(edited, node, after);
  } else {
    throw new CannotSplice('a block became something else');
  }
}

function replace(edited: EditedText, node: unknown, after: unknown): void {
  const [start, end] = rangeOf(node);
  edit(edited, start, end, flowValue(edited, after, indentOf(edited.text, start)));
}

function replaceScalar(edited: EditedText, node: Scalar, after: unknown): void {
  const [start, end] = rangeOf(node);
  const text = scalarText(edited, node, after, start);
  if (start === end) {
    const colon = backOverSpace(edited.text, start);
    edit(edited, colon, colon, ` ${text}`);
  } else {
    edit(edited, start, end, edited.text[end - 1] === '\n' ? text + edited.eol : text);
  }
}

/** The text of a scalar, in the same quotes as before. */
function scalarText(edited: EditedText, node: Scalar, after: unknown, start: number): string {
  if (typeof after !== 'string') return flowValue(edited, after, indentOf(edited.text, start));
  if (node.type === 'QUOTE_DOUBLE') return JSON.stringify(after);
  if (node.type === 'QUOTE_SINGLE' && /^[\x20-\x7e]*$/.test(after)) return `'${after.replaceAll("'", "''")}'`;
  return inline(after);
}
