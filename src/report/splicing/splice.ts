// Changes objects inside a YAML text, and keeps everything else byte for byte: comments, quotes, indentation, order.

import { Document, isMap, isNode, stringify } from 'yaml';
import { parseManifest } from '../../manifests/manifest.ts';
import { sameJson } from '../../model/json.ts';
import { editTree } from './edit-tree.ts';
import { columnOf, editedText, rangeOf } from './edited-text.ts';
import { applyEdits, CannotSplice, type Edit } from './edits.ts';
import { reconcile } from './reconcile.ts';

/** One document of a text, and the value it should have. */
export interface DocumentChange {
  /** As {@link parseManifest} counts, from 1. */
  readonly number: number;
  readonly tree: Document;
  readonly after: unknown;
}

/** One way to change a document, as edits of its text. */
type Way = (text: string, change: DocumentChange) => readonly Edit[];

/**
 * The text with its documents changed. The result is read back and compared: where splicing lines in did not give the
 * value, the document is printed from its edited syntax tree instead, which keeps comments but not layout; and where an
 * alias is in the way of that, too, from the plain value.
 */
export function splice(text: string, changes: readonly DocumentChange[]): string {
  const first = attempt(text, changes, spliced);
  if (first !== undefined) return first;
  return applyEdits(
    text,
    changes.flatMap((change) => bestEdits(text, change)),
  );
}

function attempt(text: string, changes: readonly DocumentChange[], way: Way): string | undefined {
  try {
    const result = applyEdits(
      text,
      changes.flatMap((change) => way(text, change)),
    );
    const values = new Map(parseManifest(result, '').documents.map((document) => [document.number, document.value]));
    const right = changes.every((change) => sameJson(values.get(change.number), change.after));
    return right ? result : undefined;
  } catch (error) {
    if (error instanceof CannotSplice) return undefined;
    throw error;
  }
}

function bestEdits(text: string, change: DocumentChange): readonly Edit[] {
  for (const way of [spliced, printedFromTree]) {
    if (attempt(text, [change], way) !== undefined) return way(text, change);
  }
  return printed(text, change);
}

function spliced(text: string, { tree, after }: DocumentChange): readonly Edit[] {
  const edited = editedText(text, tree);
  reconcile(edited, tree.contents, after);
  return edited.edits;
}

function printedFromTree(text: string, change: DocumentChange): readonly Edit[] {
  const copy = change.tree.clone();
  const contents = editTree(copy, copy.contents, change.after);
  // The text before the contents stays, and its comments with it, which may belong to the first key.
  contents.commentBefore = null;
  const first = isMap(contents) ? contents.items[0]?.key : undefined;
  if (isNode(first)) first.commentBefore = null;
  const whole = new Document(undefined, { version: '1.1' });
  whole.contents = contents;
  try {
    return inPlaceOf(text, change.tree, whole.toString({ lineWidth: 0 }));
  } catch {
    throw new CannotSplice('an alias lost its anchor');
  }
}

function printed(text: string, { tree, after }: DocumentChange): readonly Edit[] {
  return inPlaceOf(text, tree, stringify(after, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }));
}

function inPlaceOf(text: string, tree: Document, printedText: string): readonly Edit[] {
  const [start, end] = rangeOf(tree.contents);
  const pad = ' '.repeat(columnOf(text, start));
  const lines = printedText.trimEnd().replaceAll(/\n(?=.)/g, `\n${pad}`);
  return [{ start, end, text: text[end - 1] === '\n' ? `${lines}\n` : lines }];
}
