// A YAML text being edited: where its lines are, how its author writes, and the edits so far.
import { type Document, isMap, isNode, isScalar, isSeq, visit } from 'yaml';
import { CannotSplice, type Edit } from './edits.ts';

/** One document of a text, how its author lays it out, and the edits so far. */
export interface EditedText {
  readonly text: string;
  readonly tree: Document;
  readonly eol: string;
  /** By how many columns the author indents each level. */
  readonly step: number;
  /** Whether the author indents lists under their key. */
  readonly indentSeq: boolean;
  /** Set for JSON: the columns per level, 0 where it is all on one line. */
  readonly jsonStep: number | undefined;
  readonly edits: Edit[];
  /** The value of each anchor after the edits. */
  readonly anchors: Map<string, unknown>;
}

/** One document of a text, with no edits yet. */
export function editedText(text: string, tree: Document): EditedText {
  let step: number | undefined;
  let indentSeq: boolean | undefined;
  visit(tree, {
    Pair(_, pair) {
      const { key, value } = pair;
      if (!isScalar(key) || !key.range || !(isMap(value) || isSeq(value)) || value.flow || !value.range) return;
      const deeper = columnOf(text, value.range[0]) - columnOf(text, key.range[0]);
      if (isMap(value)) step ??= deeper;
      else indentSeq ??= deeper > 0;
    },
  });
  return {
    text,
    tree,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    step: step !== undefined && step > 0 ? step : 2,
    indentSeq: indentSeq ?? false,
    jsonStep: jsonStepOf(text, tree),
    edits: [],
    anchors: new Map(),
  };
}

/** Adds an edit. */
export function edit(edited: EditedText, start: number, end: number, text: string): void {
  edited.edits.push({ start, end, text });
}

/** The column of an offset, from 0. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The column of the first character of a line that is not a space. */
export function indentOf(text: string, offset: number): number {
  const start = lineStart(text, offset);
  let end = start;
  while (text[end] === ' ') end++;
  return end - start;
}

/** The offset before the spaces that lead up to `offset`; before line breaks, too, where `breaks` is set. */
export function backOverSpace(text: string, offset: number, breaks = false): number {
  const space = breaks ? ' \t\r\n' : ' \t';
  let at = offset;
  while (at > 0 && space.includes(text.charAt(at - 1))) at--;
  return at;
}

/**
 * Where a node begins and ends in the text, without comments after it.
 * @throws CannotSplice for a node that is not from the text
 */
export function rangeOf(node: unknown): readonly [start: number, end: number] {
  if (isNode(node) && node.range) return [node.range[0], node.range[1]];
  throw new CannotSplice('a node without a place');
}

function jsonStepOf(text: string, tree: Document): number | undefined {
  const root = tree.contents;
  if (!isMap(root) || !root.flow) return undefined;
  const key = root.items[0]?.key;
  if (!isScalar(key) || key.type !== 'QUOTE_DOUBLE') return undefined;
  const [brace] = rangeOf(root);
  const [first] = rangeOf(key);
  return text.slice(brace, first).includes('\n') ? columnOf(text, first) : 0;
}
