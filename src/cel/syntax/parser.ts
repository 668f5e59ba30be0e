// Reads expressions. Source: github.com/google/cel-spec/doc/langdef.md, "Syntax", with the optional entries of lists and maps
// and the fields in backquotes that Kubernetes allows as well.
import { Refused } from '../refusal.ts';
import { BOOL, BYTES, NULL, STRING } from '../types/type.ts';
import { Bytes } from '../values/value.ts';
import type { ListItem, MapEntry, Node } from './ast.ts';
import { type Token, tokensOf } from './lexer.ts';
import { literal, numberNode } from './literals.ts';
import { expandCall } from './macros.ts';

/** How much an expression may hold. */
export interface SyntaxLimits {
  readonly characters: number;
  /** Names, texts, operators and so on, together. */
  readonly parts: number;
  /** Brackets, operators with one operand, and choices inside each other. */
  readonly depth: number;
}

/** Words that cannot be variables. */
const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);

/** Operators with two operands, from those that bind loosest; `&&`, `||` and `?:` are looser still. */
const BINARY: readonly ReadonlySet<string>[] = [
  new Set(['==', '!=', '<', '<=', '>', '>=', 'in']),
  new Set(['+', '-']),
  new Set(['*', '/', '%']),
];

/** Reads an expression. Throws {@link Refused}. */
export function parse(text: string, limits: SyntaxLimits): Node {
  if (text.length > limits.characters) {
    throw new Refused(0, `too long (expected at most ${limits.characters} characters)`);
  }
  return new Parser(tokensOf(text), limits).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #limits: SyntaxLimits;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], limits: SyntaxLimits) {
    this.#tokens = tokens;
    this.#limits = limits;
    const last = tokens[limits.parts];
    if (last) throw new Refused(last.offset, `too long (expected at most ${limits.parts} names, values and operators)`);
  }

  whole(): Node {
    const node = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', offset: 0 };
  }

  #isMark(mark: string): boolean {
    const token = this.#token;
    return token.kind === 'mark' && token.value === mark;
  }

  /** Passes over a mark where it is the next word. */
  #take(mark: string): boolean {
    const found = this.#isMark(mark);
    if (found) this.#at++;
    return found;
  }

  #expect(mark: string): void {
    if (!this.#take(mark)) throw this.#unexpected(`expected ${mark}`);
  }

  #unexpected(hint?: string): Refused {
    const token = this.#token;
    const found = token.kind === 'end' ? 'the expression ends too early' : `unexpected ${wordOf(token)}`;
    return new Refused(token.offset, hint === undefined ? found : `${found} (${hint})`);
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > this.#limits.depth) {
      throw new Refused(this.#token.offset, `nested too deeply (expected at most ${this.#limits.depth} levels)`);
    }
    const result = read();
    this.#depth--;
    return result;
  }

  #expression(): Node {
    return this.#deeper(() => {
      const test = this.#logic('||');
      const { offset } = this.#token;
      if (!this.#take('?')) return test;
      const yes = this.#logic('||');
      this.#expect(':');
      return { op: 'choice', test, yes, no: this.#expression(), offset };
    });
  }

  #logic(mark: '||' | '&&'): Node {
    const operand = (): Node => (mark === '||' ? this.#logic('&&') : this.#binary(0));
    const first = operand();
    const { offset } = this.#token;
    if (!this.#isMark(mark)) return first;
    const args = [first];
    while (this.#take(mark)) args.push(operand());
    return { op: mark === '||' ? 'or' : 'and', args, offset };
  }

  #binary(level: number): Node {
    const operators = BINARY[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#token;
      const operator = (token.kind === 'mark' || token.kind === 'name') && operators.has(token.value) && token.value;
      if (!operator) return left;
      this.#at++;
      const right = this.#binary(level + 1);
      left = { op: 'call', name: `_${operator}_`, method: false, args: [left, right], offset: token.offset };
    }
  }

  #unary(): Node {
    const token = this.#token;
    if (token.kind !== 'mark' || (token.value !== '!' && token.value !== '-')) return this.#member(this.#primary());
    this.#at++;
    const next = this.#token;
    // A number and its sign are one value: the smallest int has no counterpart without it.
    if (token.value === '-' && (next.kind === 'int' || next.kind === 'double')) {
      this.#at++;
      return this.#member(numberNode(next, token.offset, true));
    }
    return this.#deeper(() => ({
      op: 'call',
      name: token.value === '!' ? '!_' : '-_',
      method: false,
      args: [this.#unary()],
      offset: token.offset,
    }));
  }

  #member(start: Node): Node {
    let node = start;
    for (;;) {
      const { offset } = this.#token;
      if (this.#take('.')) {
        const optional = this.#take('?');
        const field = this.#token;
        if (field.kind !== 'name' || (!field.quoted && KEYWORDS.has(field.value))) {
          throw this.#unexpected('expected the name of a field');
        }
        this.#at++;
        if (!optional && this.#take('(')) {
          node = expandCall(field.value, field.offset, node, this.#list(')'));
        } else {
          node = { op: 'select', operand: node, field: field.value, optional, offset: field.offset };
        }
      } else if (this.#take('[')) {
        const name = this.#take('?') ? '_[?_]' : '_[_]';
        const index = this.#expression();
        this.#expect(']');
        node = { op: 'call', name, method: false, args: [node, index], offset };
      } else {
        if (this.#isMark('{')) throw this.#unexpected('objects of a type cannot be made in an expression');
        return node;
      }
    }
  }

  #primary(): Node {
    const token = this.#token;
    switch (token.kind) {
      case 'int':
      case 'uint':
      case 'double':
        this.#at++;
        return numberNode(token, token.offset, false);
      case 'string':
        this.#at++;
        return literal(token.value, STRING, token.offset);
      case 'bytes':
        this.#at++;
        return literal(new Bytes(token.value), BYTES, token.offset);
      case 'name':
        return this.#name(token.value, token.quoted, token.offset);
      case 'end':
        throw this.#unexpected();
      case 'mark':
        return this.#bracketed(token.value, token.offset);
    }
  }

  #name(name: string, quoted: boolean, offset: number): Node {
    if (quoted) throw this.#unexpected('only fields are written in backquotes');
    if (name === 'in') throw this.#unexpected();
    this.#at++;
    if (name === 'true' || name === 'false') return literal(name === 'true', BOOL, offset);
    if (name === 'null') return literal(null, NULL, offset);
    if (this.#take('(')) return expandCall(name, offset, undefined, this.#list(')'));
    if (!RESERVED.has(name)) return { op: 'name', name, offset };
    const instead = name === 'namespace' ? ' (use namespaceObject.metadata.labels or .name)' : '';
    throw new Refused(offset, `${name} is a reserved word of CEL${instead}`);
  }

  #bracketed(mark: string, offset: number): Node {
    this.#at++;
    switch (mark) {
      case '(': {
        const inner = this.#expression();
        this.#expect(')');
        return inner;
      }
      case '[':
        return { op: 'list', items: this.#items(), offset };
      case '{':
        return { op: 'map', entries: this.#entries(), offset };
      case '.': {
        const token = this.#token;
        if (token.kind === 'name' && !KEYWORDS.has(token.value)) return this.#name(token.value, token.quoted, offset);
        throw this.#unexpected();
      }
      default:
        this.#at--;
        throw this.#unexpected();
    }
  }

  #list(end: string): readonly Node[] {
    const nodes: Node[] = [];
    while (!this.#take(end)) {
      if (nodes.length > 0) this.#expect(',');
      nodes.push(this.#expression());
    }
    return nodes;
  }

  #items(): readonly ListItem[] {
    const items: ListItem[] = [];
    while (!this.#take(']')) {
      if (items.length > 0) {
        this.#expect(',');
        if (this.#take(']')) break;
      }
      const optional = this.#take('?');
      items.push({ node: this.#expression(), optional });
    }
    return items;
  }

  #entries(): readonly MapEntry[] {
    const entries: MapEntry[] = [];
    while (!this.#take('}')) {
      if (entries.length > 0) {
        this.#expect(',');
        if (this.#take('}')) break;
      }
      const optional = this.#take('?');
      const key = this.#expression();
      this.#expect(':');
      entries.push({ key, value: this.#expression(), optional });
    }
    return entries;
  }
}

function wordOf(token: Exclude<Token, { kind: 'end' }>): string {
  switch (token.kind) {
    case 'string':
    case 'bytes':
      return 'text';
    case 'int':
    case 'uint':
    case 'double':
      return `number ${token.value}`;
    case 'name':
    case 'mark':
      return token.value;
  }
}
