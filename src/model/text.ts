// How lists of names are put into sentences, as the Pod Security Standards' own messages do.

/** `singular` for one, `plural` for any other count. */
export function pluralize(singular: string, plural: string, count: number): string {
  return count === 1 ? singular : plural;
}

/** `"a", "b"`. Names are put in as they are: upstream does not escape them, and the texts must agree to the letter. */
export function joinQuoted(names: readonly string[]): string {
  return names.length === 0 ? '' : `"${names.join('", "')}"`;
}

/** Sorted as Go sorts strings, by bytes; JavaScript's default order is by UTF-16 unit and differs above U+FFFF. */
export function sortBytewise(values: Iterable<string>): string[] {
  return [...values].sort(compareBytewise);
}

/** Orders two strings as Go does, by their UTF-8 bytes. */
export function compareBytewise(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate (half of a code point above U+FFFF) sorts after every other unit in UTF-8.
    const xs = x >= 0xd800 && x <= 0xdfff;
    const ys = y >= 0xd800 && y <= 0xdfff;
    if (xs !== ys) return xs ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

const NOT_ASCII = /[^ -~]/gu;

/** In double quotes, with everything but printable ASCII escaped as `\u200b`: letters that look alike, or do not show. */
export function quoteVisible(text: string): string {
  return `"${text.replace(NOT_ASCII, escaped)}"`;
}

/** A note for sentences with {@link quoteVisible}, where something was escaped in any of these texts; else empty. */
export function escapedNote(texts: readonly string[]): string {
  const found = texts.join('').match(NOT_ASCII)?.[0];
  return found === undefined ? '' : `; ${escaped(found)} stands for a character that is not ASCII`;
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** A path without what makes no difference in it: `./a//b/../c` is `a/c`. Nothing is looked up. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
