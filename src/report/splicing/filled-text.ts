// The text of a file with its objects filled in.
import type { FilledFile } from '../shapes/filled-file.ts';
import { splice } from './splice.ts';

/** The text, changed only where objects changed. */
export function filledText({ text, documents }: FilledFile): string {
  const changed = documents.filter((document) => document.after !== document.before);
  if (changed.length === 0) return text;
  const changes = changed.flatMap(({ number, tree, after }) => (tree ? [{ number, tree, after }] : []));
  // Large JSON comes without its syntax tree; it is one document, and printed anew in the indentation it has.
  const [only] = changed;
  if (only && changes.length < changed.length) return `${JSON.stringify(only.after, null, jsonIndent(text))}\n`;
  return splice(text, changes);
}

function jsonIndent(text: string): number {
  return /^\s*\{\r?\n( +)/.exec(text)?.[1]?.length ?? 0;
}
