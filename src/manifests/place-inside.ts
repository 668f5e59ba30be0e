// Where a part of a text stands in the file, when the text is a value of a YAML or JSON file: on one line or several, quoted,
// folded or neither.
import type { Place } from './source.ts';

/** So much of a file can stand between two characters of a value: an indentation, and empty lines. */
const MOST_BETWEEN = 1000;

/**
 * The place of a part of a value.
 * @param source the text of the whole file
 * @param start where the value begins
 * @param offset of the part in the value, in UTF-16 units
 * @returns where the value begins, for a value that is written in a way in which its characters cannot be found
 */
export function placeInside(source: string, start: Place, value: string, offset: number): Place {
  const lines = source.split('\n');
  if (start.line < 1 || start.line > lines.length) return start;
  let at = lines.slice(0, start.line - 1).join('\n').length + (start.line > 1 ? 1 : 0) + start.column - 1;
  for (let index = 0; index <= offset && index < value.length; index++) {
    const found = nextOf(source, at, value.charAt(index));
    if (found === undefined) return start;
    at = index === offset ? found : found + 1;
  }
  const before = source.slice(0, at);
  return { file: start.file, line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

/** Where a character stands next. In a folded text the end of a line stands for a space. */
function nextOf(source: string, from: number, character: string): number | undefined {
  const isSpace = character === ' ' || character === '\n';
  for (let at = from; at < source.length && at < from + MOST_BETWEEN; at++) {
    const found = source.charAt(at);
    if (found === character || (isSpace && (found === '\n' || found === ' '))) return at;
  }
  return undefined;
}
