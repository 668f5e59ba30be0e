// JSON in which numbers stay the text they are: to see whether one came out of a patch as it went in.
import { applyPatch } from './json-patch.ts';

/** Marks a string that stands for a number; of the private use area, so that no test has it in its text. */
const MARK = '\ue000';

/** Reads JSON; a number becomes its own text, marked. */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, keepNumber);
}

/** The text of a value read by {@link parseLossless}. */
export function printLossless(value: unknown): string {
  return JSON.stringify(value).replaceAll(new RegExp(`"${MARK}([^"]*)"`, 'g'), '$1');
}

/** Applies a JSON patch, as text, to a document, as text. */
export function patchText(document: string, patch: string): string {
  const operations = parseLossless(patch);
  if (!Array.isArray(operations)) throw new Error('a patch must be a list of operations');
  return printLossless(applyPatch(parseLossless(document), operations));
}

/** A reviver; what it is given beside key and value says how the value was written. */
function keepNumber(_key: string, value: unknown, ...[context]: readonly unknown[]): unknown {
  if (typeof value !== 'number') return value;
  if (typeof context !== 'object' || context === null || !('source' in context)) throw new Error('no source');
  return MARK + String(context.source);
}
