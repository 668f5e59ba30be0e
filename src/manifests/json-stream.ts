// JSON objects one after the other in one file: what kubectl prints for several objects with -o json, what jq -c prints,
// and JSON Lines. kubectl applies such files; to YAML they are a syntax error.

/** One object of a file that holds several, and where it begins; lines and columns count from 1. */
export interface JsonPiece {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** The objects of a text that is several JSON objects with nothing but space between them; undefined for any other text. */
export function splitJson(text: string): readonly JsonPiece[] | undefined {
  const pieces: JsonPiece[] = [];
  let line = 1;
  let lineStart = 0;
  let depth = 0;
  let start = 0;
  let begin = { line, column: 1 };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') {
      line++;
      lineStart = at + 1;
    } else if (character === '"' && depth > 0) {
      at = endOfString(text, at);
      if (at < 0) return undefined;
    } else if (character === '{' || (character === '[' && depth > 0)) {
      if (depth === 0) {
        start = at;
        begin = { line, column: at - lineStart + 1 };
      }
      depth++;
    } else if ((character === '}' || character === ']') && depth > 0) {
      depth--;
      if (depth === 0) pieces.push({ text: text.slice(start, at + 1), ...begin });
    } else if (depth === 0 && !isSpace(character)) {
      return undefined;
    }
  }
  return depth === 0 && pieces.length > 1 ? pieces : undefined;
}

/** The index of the quote that ends the string which begins at `from`; -1 where the line ends first. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return at;
    if (character === '\n') return -1;
    if (character === '\\') at++;
  }
  return -1;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}
