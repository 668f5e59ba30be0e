// Takes an expression apart into words. Source: github.com/google/cel-spec/doc/langdef.md, "Syntax".
import { Refused } from '../refusal.ts';
import { unescaped } from './escapes.ts';

/** What a word of an expression can be. */
export type Token =
  | { readonly kind: 'int' | 'uint'; readonly value: bigint; readonly offset: number }
  | { readonly kind: 'double'; readonly value: number; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array; readonly offset: number }
  /** `quoted`: written in backquotes, which only fields can be. */
  | { readonly kind: 'name'; readonly value: string; readonly quoted: boolean; readonly offset: number }
  | { readonly kind: 'mark'; readonly value: string; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number };

const SPACE = /(?:[\t\n\f\r ]+|\/\/[^\n]*)*/y;
const DOUBLE = /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/y;
const INTEGER = /(?:0[xX][0-9a-fA-F]+|\d+)([uU]?)/y;
const QUOTE = /(?:[rR]?[bB]?|[bB][rR])("""|'''|"|')/y;
const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const QUOTED_NAME = /`([a-zA-Z0-9_.\-/ ]+)`/y;
const MARK = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y;

/** The words of an expression, with an end. Throws {@link Refused}. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = matchAt(SPACE, text, at)?.end ?? at;
    if (at >= text.length) {
      tokens.push({ kind: 'end', offset: at });
      return tokens;
    }
    const { token, end } = tokenAt(text, at);
    tokens.push(token);
    at = end;
  }
}

interface Match {
  readonly groups: RegExpExecArray;
  readonly end: number;
}

function matchAt(pattern: RegExp, text: string, at: number): Match | undefined {
  pattern.lastIndex = at;
  const groups = pattern.exec(text);
  return groups ? { groups, end: at + groups[0].length } : undefined;
}

function tokenAt(text: string, offset: number): { readonly token: Token; readonly end: number } {
  const quote = matchAt(QUOTE, text, offset);
  if (quote) return quotedAt(text, offset, quote);
  const double = matchAt(DOUBLE, text, offset);
  if (double) return { token: { kind: 'double', value: Number(double.groups[0]), offset }, end: double.end };
  const integer = matchAt(INTEGER, text, offset);
  if (integer) {
    const [whole, unsigned] = integer.groups;
    const kind = unsigned ? 'uint' : 'int';
    return { token: { kind, value: BigInt(unsigned ? whole.slice(0, -1) : whole), offset }, end: integer.end };
  }
  const name = matchAt(NAME, text, offset);
  if (name) return { token: { kind: 'name', value: name.groups[0], quoted: false, offset }, end: name.end };
  const quoted = matchAt(QUOTED_NAME, text, offset);
  if (quoted) return { token: { kind: 'name', value: quoted.groups[1] ?? '', quoted: true, offset }, end: quoted.end };
  const mark = matchAt(MARK, text, offset);
  if (mark) return { token: { kind: 'mark', value: mark.groups[0], offset }, end: mark.end };
  throw new Refused(offset, `unexpected character ${String.fromCodePoint(text.codePointAt(offset) ?? 0)}`);
}

function quotedAt(
  text: string,
  offset: number,
  { groups, end: start }: Match,
): { readonly token: Token; readonly end: number } {
  const [opening, quote = ''] = groups;
  const prefix = opening.slice(0, -quote.length).toLowerCase();
  const raw = prefix.includes('r');
  const close = closingQuote(text, start, quote, raw);
  if (close < 0) throw new Refused(offset, 'the text that begins here does not end');
  const body = text.slice(start, close);
  const end = close + quote.length;
  if (!prefix.includes('b')) {
    return { token: { kind: 'string', value: raw ? body : unescaped(body, start, false).text, offset }, end };
  }
  const value = raw ? new TextEncoder().encode(body) : unescaped(body, start, true).bytes;
  return { token: { kind: 'bytes', value, offset }, end };
}

/** Where a text ends; -1 where it does not. Only one in three quotes can go over several lines. */
function closingQuote(text: string, start: number, quote: string, raw: boolean): number {
  for (let at = start; at < text.length; at++) {
    if (text.startsWith(quote, at)) return at;
    if (text[at] === '\\' && !raw) at++;
    else if (quote.length === 1 && (text[at] === '\n' || text[at] === '\r')) return -1;
  }
  return -1;
}
