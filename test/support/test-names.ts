// The names in a test file, found in its text: running it would start what it tests.

export interface NamedBlock {
  readonly kind: 'test' | 'describe';
  /** As it is written, with the placeholders of `test.each`. */
  readonly title: string;
  /** From 1. */
  readonly line: number;
}

/** `test(`, `test.each<Row>(`, `describe.skipIf(` and so on, at the start of a statement. */
const START = /^[ \t]*(test|it|describe)((?:\.\w+)*)/gm;
const QUOTES = new Set(["'", '"', '`']);
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** The tests and groups of a file, in their order. */
export function namedBlocksOf(text: string): readonly NamedBlock[] {
  return [...text.matchAll(START)].flatMap((match) => {
    const [whole, word, chain = ''] = match;
    let at = match.index + whole.length;
    if (text[at] === '<') at = afterBracket(text, at);
    if (text[at] !== '(') return [];
    // The rows of `each` and the condition of `skipIf` come before the name.
    if (/\.(?:each|for|skipIf|runIf)$/.test(chain)) at = afterBracket(text, at);
    if (text[at] !== '(') return [];
    const start = text.slice(at + 1).search(/\S/) + at + 1;
    if (!QUOTES.has(text[start] ?? '')) return [];
    const title = text.slice(start + 1, afterString(text, start) - 1);
    return [{ kind: word === 'describe' ? 'describe' : 'test', title, line: text.slice(0, start).split('\n').length }];
  });
}

/** Where a string that begins at a quote is over. */
function afterString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
    else if (quote === '`' && text.startsWith('${', at)) at = afterBracket(text, at + 1) - 1;
  }
  return text.length;
}

/** Where what a bracket opens is over. Strings and comments are skipped; regular expressions with quotes or brackets are not. */
function afterBracket(text: string, start: number): number {
  const close = CLOSING[text[start] ?? ''];
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === close) return at + 1;
    if (QUOTES.has(character)) at = afterString(text, at) - 1;
    else if (text.startsWith('//', at)) at = text.indexOf('\n', at);
    else if (character !== '<' && character in CLOSING) at = afterBracket(text, at) - 1;
    else if (character === '<' && close === '>') at = afterBracket(text, at) - 1;
  }
  return text.length;
}
