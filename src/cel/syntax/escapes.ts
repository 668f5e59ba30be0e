// Escape sequences in texts: `\n`, `\x41`, `\u00e9`, `\101`.
import { Refused } from '../refusal.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

/** One escape sequence, by what it is written with. */
const SEQUENCE = /\\(?:([abfnrtv\\?"'`])|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

/** A text and what it is in bytes, of which one is asked for. */
export interface Unescaped {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/**
 * What stands between the quotes of a text, with its escape sequences replaced. Throws {@link Refused}.
 * @param offset where it begins in the expression
 * @param ofBytes true in `b'…'`, where `\x` and `\101` are bytes, and characters have no number
 */
export function unescaped(body: string, offset: number, ofBytes: boolean): Unescaped {
  let text = '';
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('\\', at);
    const plain = body.slice(at, next < 0 ? body.length : next);
    text += plain;
    if (ofBytes) bytes.push(...encoder.encode(plain));
    if (next < 0) break;
    SEQUENCE.lastIndex = next;
    const found = SEQUENCE.exec(body);
    if (!found) throw new Refused(offset + next, `unknown escape sequence ${body.slice(next, next + 2)}`);
    const [whole, simple, hex, octal, short, long] = found;
    const code = codeOf(hex, octal, short ?? long);
    if (ofBytes && (short ?? long) !== undefined) {
      throw new Refused(offset + next, `${whole} is a character, and bytes have none (write \\x41)`);
    }
    if (code !== undefined && (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) {
      throw new Refused(offset + next, `${whole} is not a character`);
    }
    const character = simple === undefined ? String.fromCodePoint(code ?? 0) : (SIMPLE[simple] ?? '');
    text += character;
    if (ofBytes) bytes.push(code ?? character.charCodeAt(0));
    at = next + whole.length;
  }
  return { text, bytes: Uint8Array.from(bytes) };
}

function codeOf(hex: string | undefined, octal: string | undefined, point: string | undefined): number | undefined {
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return point === undefined ? undefined : Number.parseInt(point, 16);
}
