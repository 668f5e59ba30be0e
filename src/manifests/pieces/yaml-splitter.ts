// Cuts YAML into the items of its List, as `kubectl get -o yaml` prints one, and into documents. What belongs to an item is
// indented further than its dash. An alias of an anchor in another item is an error then.
import type { Problem } from '../source.ts';
import { isListKind, NOT_A_LIST, type Piece, type Splitter } from './piece.ts';

const SEPARATOR = /^(?:---|\.\.\.)(?:[ \t\r]|$)/;
const ITEMS = /^items:[ \t\r]*(?:#.*)?$/;
const ITEM = /^( *)-(?=[ \t\r]|$)/;
const INSIDE = /^(?:[ \t\r#]|$)/;
const KIND = /^kind:[ \t]*["']?(\w+)/m;

/** Cuts a text in UTF-8. */
export class YamlSplitter implements Splitter {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest = '';
  #line = 0;
  #document = 1;
  #isInItems = false;
  /** -1 in a document without a list of items. */
  #items = -1;
  #indent: number | undefined;
  /** With their line feeds. */
  #lines: string[] = [];
  #linesFrom = 1;
  /** The lines of the document around its items. */
  #around: string[] = [];
  #aroundFrom = 1;
  #isBroken = false;

  constructor(file: string) {
    this.#file = file;
  }

  push(chunk: Uint8Array): readonly Piece[] {
    return this.#take(() => this.#decoder.decode(chunk, { stream: true }), false);
  }

  end(): readonly Piece[] {
    return this.#take(() => this.#decoder.decode(), true);
  }

  #take(decode: () => string, isLast: boolean): readonly Piece[] {
    if (this.#isBroken) return [];
    const pieces: Piece[] = [];
    try {
      const lines = (this.#rest + decode()).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#read(line, '\n', pieces);
      if (!isLast) return pieces;
      if (this.#rest !== '') this.#read(this.#rest, '', pieces);
      this.#endDocument(pieces);
    } catch {
      this.#isBroken = true;
      this.#problem(this.#line + 1, 'not a text file (expected UTF-8)');
    }
    return pieces;
  }

  /** @param end the line feed, which belongs to a text in several lines; a carriage return before it is in the line */
  #read(line: string, end: '\n' | '', pieces: Piece[]): void {
    this.#line++;
    if (SEPARATOR.test(line)) {
      this.#endDocument(pieces);
      this.#document++;
    } else if (this.#isInItems && this.#beginsItem(line)) {
      this.#endItem(pieces);
      this.#linesFrom = this.#line;
      this.#lines = [line.replace(ITEM, '$1 ') + end];
    } else if (this.#isInItems && INSIDE.test(line)) {
      this.#lines.push(line + end);
    } else {
      if (this.#isInItems) this.#endItem(pieces);
      this.#isInItems = false;
      if (this.#around.length === 0) this.#aroundFrom = this.#line;
      this.#around.push(line + end);
      if (!ITEMS.test(line)) return;
      if (this.#items >= 0) this.#problem(this.#line, 'a second list of items in one object');
      this.#isInItems = true;
      this.#items = 0;
      this.#indent = undefined;
      this.#lines = [];
    }
  }

  /** The first dash says how far items are indented: what belongs to one is indented further. */
  #beginsItem(line: string): boolean {
    const indent = ITEM.exec(line)?.[1]?.length;
    if (indent === undefined) return false;
    this.#indent ??= indent;
    return indent === this.#indent;
  }

  #endItem(pieces: Piece[]): void {
    const text = this.#lines.join('');
    this.#lines = [];
    if (text.trim() === '') return;
    pieces.push({ text, line: this.#linesFrom, document: this.#document, keys: ['items', this.#items++] });
  }

  #endDocument(pieces: Piece[]): void {
    if (this.#isInItems) this.#endItem(pieces);
    const text = this.#around.join('');
    if (this.#items >= 0) {
      if (!isListKind(KIND.exec(text)?.[1])) this.#problem(this.#aroundFrom, NOT_A_LIST);
    } else if (text.trim() !== '') {
      pieces.push({ text, line: this.#aroundFrom, document: this.#document, keys: [] });
    }
    this.#around = [];
    this.#items = -1;
    this.#isInItems = false;
  }

  #problem(line: number, message: string): void {
    this.problems.push({ file: this.#file, line, column: 1, message });
  }
}
