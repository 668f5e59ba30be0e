// Quotes text from a request, at a length that fits into a message.

const MOST = 64;

/** The text in double quotes, with control characters escaped, cut off after 64 characters. */
export function quoteShort(text: string): string {
  return JSON.stringify(text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`);
}

/** The same with everything but ASCII escaped, so that look-alike letters show. */
export function quoteAscii(text: string): string {
  return quoteShort(text).replaceAll(/[^\u0020-\u007E]/g, escaped);
}

/** What is not ASCII escaped, but for our own mark of a text that was cut off. */
function visible(text: string): string {
  return text.replaceAll(/[^\u0020-\u007E…]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A JSON value for a message: `"x"`, `["a","b"]`, `nothing` where it is absent; cut off after 128 characters. */
export function quoteValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return visible(quoteShort(value));
  if (typeof value !== 'object') return JSON.stringify(value);
  // JSON.stringify is recursive: a value nested deeper than anything in a pod could overflow the stack.
  const text = isDeep(value) ? '{…}' : visible(JSON.stringify(value));
  return text.length <= 2 * MOST ? text : `${text.slice(0, 2 * MOST - 1)}…`;
}

const DEEPEST = 16;

function isDeep(value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; depth < DEEPEST; depth++) {
    level = level.flatMap((member) => Object.values(member).filter(isObject));
    if (level.length === 0) return false;
  }
  return true;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
