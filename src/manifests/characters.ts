// Characters that kubectl's YAML reader takes for something else than ours. To go-yaml a lone carriage return, U+0085, U+2028
// and U+2029 end a line, and with it a comment: what stands after them is hidden from everybody who does not know that. It
// refuses control characters; NUL bytes among them are the mark of UTF-16 without a byte order mark.
import { isJsonText } from './json-text.ts';
import type { Problem } from './source.ts';

const LINE_BREAK = /^(?:[\u0085\u2028\u2029]|\r(?!\n))/;
/** Those line breaks, and what go-yaml calls control characters. */
const FOREIGN = /[[\p{Cc}\u2028\u2029\uFFFE\uFFFF]--[\t\n\r]]|\r(?!\n)/v;

/** A problem for the first of these characters in a text; none in JSON, where they mean the same to everybody. */
export function foreignCharacters(text: string, file: string): readonly Problem[] {
  const at = text.search(FOREIGN);
  if (at < 0 || isJsonText(text)) return [];
  const before = text.slice(0, at);
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  const message = LINE_BREAK.test(text.slice(at, at + 2))
    ? `U+${code} is a line break for kubectl (expected a line feed, or an escape in double quotes)`
    : `a control character, U+${code} (expected text in UTF-8)`;
  return [{ file, line: before.split('\n').length, column: at - before.lastIndexOf('\n'), message }];
}
