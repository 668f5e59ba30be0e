// Texts. Sources: github.com/google/cel-spec/doc/langdef.md; github.com/google/cel-go/ext/strings.go, version 2, which Kubernetes
// has since 1.29.
import { type Budget, Failure, textCost } from '../run/budget.ts';
import { toValue } from '../values/value.ts';
import { type Arguments, intAt, listAt, textAt } from './arguments.ts';
import { charactersOf } from './characters.ts';
import { formatText } from './format-text.ts';
import { fn, type Library, method } from './function.ts';

/** The text of an argument; reading it is charged. */
function read(args: Arguments, index: number, budget: Budget): string {
  const text = textAt(args, index);
  budget.charge(textCost(text.length));
  return text;
}

/** A text that is a result: making it is charged. */
function made(text: string, budget: Budget): string {
  budget.charge(textCost(text.length));
  return text;
}

function searched(args: Arguments, budget: Budget): { readonly text: string; readonly part: string } {
  return { text: read(args, 0, budget), part: read(args, 1, budget) };
}

const MATCHING: Library = [
  method('string', 'startsWith(string): bool', (args, budget) => {
    const part = read(args, 1, budget);
    return textAt(args, 0).startsWith(part);
  }),
  method('string', 'endsWith(string): bool', (args, budget) => {
    const part = read(args, 1, budget);
    return textAt(args, 0).endsWith(part);
  }),
  method('string', 'contains(string): bool', (args, budget) => {
    const { text, part } = searched(args, budget);
    return text.includes(part);
  }),
];

/** A position in a text or list. Throws `Failure` where it is not one. */
export function positionAt(args: Arguments, index: number, most: number): number {
  const position = intAt(args, index);
  if (position < 0n || position > BigInt(most)) throw new Failure(`index out of range: ${position}`);
  return Number(position);
}

function indexFrom(args: Arguments, start: bigint, budget: Budget): bigint {
  if (start < 0n) throw new Failure(`index out of range: ${start}`);
  const { text, part } = searched(args, budget);
  const characters = charactersOf(text);
  const from = start > BigInt(characters.length) ? characters.length : Number(start);
  if (part === '') return BigInt(from);
  return BigInt(from >= characters.length ? -1 : characters.indexOf(part, from));
}

function lastIndexFrom(args: Arguments, start: bigint | undefined, budget: Budget): bigint {
  if (start !== undefined && start < 0n) throw new Failure(`index out of range: ${start}`);
  const { text, part } = searched(args, budget);
  const characters = charactersOf(text);
  const most = BigInt(characters.length);
  if (part === '') return start === undefined || start > most ? most : start;
  if (start !== undefined && start >= most) return -1n;
  return BigInt(characters.lastIndexOf(part, Number(start ?? most)));
}

const SEARCHING: Library = [
  method('string', 'indexOf(string): int', (args, budget) => indexFrom(args, 0n, budget)),
  method('string', 'indexOf(string, int): int', (args, budget) => indexFrom(args, intAt(args, 2), budget)),
  method('string', 'lastIndexOf(string): int', (args, budget) => lastIndexFrom(args, undefined, budget)),
  method('string', 'lastIndexOf(string, int): int', (args, budget) => lastIndexFrom(args, intAt(args, 2), budget)),
  method('string', 'charAt(int): string', (args, budget) => {
    const characters = charactersOf(read(args, 0, budget));
    const position = positionAt(args, 1, characters.length);
    return characters.slice(position, position + 1);
  }),
  method('string', 'substring(int): string', (args, budget) => {
    const characters = charactersOf(read(args, 0, budget));
    return characters.slice(positionAt(args, 1, characters.length), characters.length);
  }),
  method('string', 'substring(int, int): string', (args, budget) => {
    const characters = charactersOf(read(args, 0, budget));
    if (intAt(args, 1) > intAt(args, 2)) {
      throw new Failure(`invalid substring range: ${intAt(args, 1)} is after ${intAt(args, 2)}`);
    }
    return characters.slice(positionAt(args, 1, characters.length), positionAt(args, 2, characters.length));
  }),
];

/** What Go's strings.TrimSpace takes away. */
const SPACE = /^[\t\n\v\f\r \u0085\p{Zs}\u2028\u2029]+|[\t\n\v\f\r \u0085\p{Zs}\u2028\u2029]+$/gu;

function replaced(args: Arguments, most: bigint, budget: Budget): string {
  const { text, part } = searched(args, budget);
  const instead = textAt(args, 2);
  const pieces = part === '' ? ['', ...Array.from(text)] : text.split(part);
  const holes = part === '' ? pieces.length : pieces.length - 1;
  const count = most < 0n || most > BigInt(holes) ? holes : Number(most);
  budget.charge(pieces.length + textCost(text.length + count * instead.length));
  if (part === '') return pieces.map((piece, index) => (index < count ? piece + instead : piece)).join('');
  return pieces.map((piece, index) => piece + (index === holes ? '' : index < count ? instead : part)).join('');
}

function splitText(args: Arguments, most: bigint, budget: Budget): readonly string[] {
  if (most === 0n) return [];
  const { text, part } = searched(args, budget);
  const pieces = part === '' ? Array.from(text) : text.split(part);
  budget.charge(pieces.length);
  if (most < 0n || BigInt(pieces.length) <= most) return pieces;
  const kept = Number(most) - 1;
  return [...pieces.slice(0, kept), pieces.slice(kept).join(part)];
}

function joined(args: Arguments, separator: string, budget: Budget): string {
  const list = listAt(args, 0);
  budget.charge(list.length);
  let length = 0;
  const texts = list.map((entry) => {
    const text = toValue(entry);
    if (typeof text !== 'string') throw new Failure('join: the list holds something else than text');
    length += text.length + separator.length;
    return text;
  });
  budget.charge(textCost(length));
  return texts.join(separator);
}

const MAKING: Library = [
  method('string', 'lowerAscii(): string', (args, budget) =>
    read(args, 0, budget).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  ),
  method('string', 'upperAscii(): string', (args, budget) =>
    read(args, 0, budget).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  ),
  method('string', 'trim(): string', (args, budget) => read(args, 0, budget).replace(SPACE, '')),
  method('string', 'replace(string, string): string', (args, budget) => replaced(args, -1n, budget)),
  method('string', 'replace(string, string, int): string', (args, budget) => replaced(args, intAt(args, 3), budget)),
  method('string', 'split(string): list<string>', (args, budget) => splitText(args, -1n, budget)),
  method('string', 'split(string, int): list<string>', (args, budget) => splitText(args, intAt(args, 2), budget)),
  method('list<string>', 'join(): string', (args, budget) => joined(args, '', budget)),
  method('list<string>', 'join(string): string', (args, budget) => joined(args, textAt(args, 1), budget)),
  fn('strings.quote(string): string', (args, budget) => made(quoted(read(args, 0, budget)), budget)),
  method('string', 'format(list<dyn>): string', (args, budget) => formatText(textAt(args, 0), listAt(args, 1), budget)),
];

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** A text in quotes, with what CEL has escape sequences for. */
export function quoted(text: string): string {
  return `"${text.toWellFormed().replace(/[\p{Cc}\\"]/gu, (character) => ESCAPES[character] ?? character)}"`;
}

export const STRINGS: Library = [...MATCHING, ...SEARCHING, ...MAKING];
