// Go's %q, for the messages of the Pod Security Standards that use it.

/**
 * What Go puts between quotes untouched: everything printable, and of the spaces only U+0020. Go knows Unicode 15.0:
 * it escapes characters that were added later, and this function does not.
 */
const PLAIN = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
const ESCAPED = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** The text as a Go string literal. Half a surrogate pair becomes U+FFFD, as it does when Go decodes JSON. */
export function goQuote(text: string): string {
  if (PLAIN.test(text) && !text.includes('"') && !text.includes('\\')) return `"${text}"`;
  return `"${text.toWellFormed().replace(ESCAPED, escapeOf)}"`;
}

function escapeOf(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
