// Cuts JSON into the items of its List, as `kubectl get -o json` prints one, or into the objects of a stream. Only what lies
// between items is looked at here: each piece is read by the reader of manifests.
import { ownField } from '../../model/json.ts';
import { decodeText } from '../decode.ts';
import type { Problem } from '../source.ts';
import { isListKind, NOT_A_LIST, type Piece, type Splitter } from './piece.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const ITEMS = Buffer.from('items');

/** Cuts a text in UTF-8 without a byte order mark. */
export class JsonSplitter implements Splitter {
  readonly problems: Problem[] = [];
  readonly #file: string;
  /** Bytes that were looked at and belong to nothing complete yet, and then those that were not looked at. */
  #bytes: Buffer = Buffer.alloc(0);
  #room: Buffer = this.#bytes;
  #at = 0;
  #line = 1;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #stringStart = 0;
  /** The last string at depth 1 was `items`, and then a colon came. */
  #lastWasItems = false;
  #isItems = false;
  #isInItems = false;
  /** How many items came in this document; -1 where it has no list of them. */
  #items = -1;
  #document = 0;
  #documentLine = 1;
  #itemLine = 1;
  /** Where in the bytes the part begins that is being gathered: of an item, or of the document around the items. */
  #start = 0;
  #around: Buffer[] = [];
  #isBroken = false;

  constructor(file: string) {
    this.#file = file;
  }

  push(chunk: Uint8Array): readonly Piece[] {
    if (this.#isBroken) return [];
    this.#append(chunk);
    const pieces: Piece[] = [];
    this.#scan(pieces);
    // Between two documents nothing is gathered.
    if (this.#depth === 0) this.#start = this.#at;
    return pieces;
  }

  /** Puts the bytes behind those that are gathered. The room for them is used again. */
  #append(chunk: Uint8Array): void {
    const kept = this.#bytes.length - this.#start;
    const length = kept + chunk.length;
    const room = this.#room.length < length ? Buffer.allocUnsafeSlow(2 * length) : this.#room;
    this.#room.copy(room, 0, this.#start, this.#bytes.length);
    room.set(chunk, kept);
    this.#room = room;
    this.#bytes = room.subarray(0, length);
    this.#at -= this.#start;
    this.#stringStart -= this.#start;
    this.#start = 0;
  }

  end(): readonly Piece[] {
    if (!this.#isBroken && this.#depth > 0) {
      this.#complain(this.#line, 'the file ends in the middle of an object: what follows is missing');
    }
    return [];
  }

  #scan(pieces: Piece[]): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (; at < bytes.length && !this.#isBroken; at++) {
      if (this.#isInItems && this.#depth > 2) {
        at = this.#skipItem(bytes, at);
        if (at >= bytes.length) break;
        this.#close(at, pieces);
        continue;
      }
      if (this.#isInString) {
        at = this.#skipString(bytes, at);
        if (at >= bytes.length) break;
        this.#isInString = false;
        if (this.#depth === 1) this.#lastWasItems = bytes.subarray(this.#stringStart, at).equals(ITEMS);
        continue;
      }
      const byte = bytes[at];
      if (byte === NEWLINE) this.#line++;
      else if (byte === QUOTE) {
        this.#isInString = true;
        this.#stringStart = at + 1;
        this.#expectNoItem(byte);
      } else if (byte === OPEN_MAP || byte === OPEN_LIST) this.#open(byte, at);
      else if (byte === CLOSE_MAP || byte === CLOSE_LIST) this.#close(at, pieces);
      else if (byte === COLON && this.#depth === 1) this.#isItems = this.#lastWasItems;
      else if (byte === COMMA && this.#depth === 1) this.#isItems = false;
      else this.#expectNoItem(byte);
    }
    this.#at = Math.min(at, bytes.length);
  }

  /** The index of the bracket that ends an item; past the end where it is not there yet. Nearly all bytes are looked at here. */
  #skipItem(bytes: Buffer, from: number): number {
    let depth = this.#depth;
    let line = this.#line;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
      } else if (byte === NEWLINE) line++;
      else if (byte === QUOTE) isInString = true;
      else if (byte === OPEN_MAP || byte === OPEN_LIST) depth++;
      else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
        // Of the item itself.
        if (depth === 3) break;
        depth--;
      }
    }
    this.#depth = depth;
    this.#line = line;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    return at;
  }

  /** The index of the quote that ends a string; past the end where it is not there yet. */
  #skipString(bytes: Buffer, from: number): number {
    let isEscaped = this.#isEscaped;
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) break;
    }
    this.#isEscaped = isEscaped;
    return at;
  }

  #open(byte: number, at: number): void {
    if (this.#depth === 0) {
      if (byte === OPEN_LIST) {
        this.#complain(this.#line, 'a list (expected Kubernetes objects, or a List of them)');
        return;
      }
      this.#document++;
      this.#documentLine = this.#line;
      this.#start = at;
      this.#around = [];
      this.#items = -1;
      this.#isItems = false;
    } else if (this.#depth === 1 && byte === OPEN_LIST && this.#isItems) {
      if (this.#items >= 0) {
        this.#complain(this.#line, 'a second list of items in one object');
        return;
      }
      this.#isInItems = true;
      this.#items = 0;
      this.#keepAround(at + 1);
    } else if (this.#depth === 2 && this.#isInItems) {
      if (byte === OPEN_LIST) {
        this.#complain(this.#line, 'an item of the list is not an object');
        return;
      }
      this.#start = at;
      this.#itemLine = this.#line;
    }
    this.#depth++;
  }

  #close(at: number, pieces: Piece[]): void {
    if (this.#depth === 0) {
      this.#complain(this.#line, 'a bracket that closes nothing (expected a JSON object)');
      return;
    }
    this.#depth--;
    if (this.#isInItems && this.#depth === 2) {
      this.#emit(pieces, this.#bytes.subarray(this.#start, at + 1), this.#itemLine, ['items', this.#items++]);
      this.#start = at + 1;
    } else if (this.#isInItems && this.#depth === 1) {
      this.#isInItems = false;
      this.#start = at;
    } else if (this.#depth === 0) {
      this.#keepAround(at + 1);
      this.#endDocument(pieces);
    }
  }

  #endDocument(pieces: Piece[]): void {
    const whole = Buffer.concat(this.#around);
    this.#around = [];
    if (this.#items < 0) {
      this.#emit(pieces, whole, this.#documentLine, []);
      return;
    }
    let kind: unknown;
    try {
      kind = ownField(JSON.parse(whole.toString('utf8')), 'kind');
    } catch {
      this.#complain(this.#documentLine, 'not JSON around the items of the list');
      return;
    }
    if (!isListKind(kind)) this.#problem(this.#documentLine, NOT_A_LIST);
  }

  /** What has been gathered up to here belongs to the document around the items. */
  #keepAround(end: number): void {
    this.#around.push(Buffer.from(this.#bytes.subarray(this.#start, end)));
    this.#start = end;
  }

  #emit(pieces: Piece[], bytes: Buffer, line: number, keys: Piece['keys']): void {
    try {
      pieces.push({ text: decodeText(bytes), line, document: this.#document, keys });
    } catch (error) {
      this.#problem(line, error instanceof Error ? error.message : String(error));
    }
  }

  #expectNoItem(byte: number | undefined): void {
    const isSpace = byte === 0x20 || byte === 0x09 || byte === 0x0d;
    if (isSpace || (byte === COMMA && this.#depth > 0)) return;
    if (this.#depth === 0) this.#complain(this.#line, 'not a JSON object');
    else if (this.#depth === 2 && this.#isInItems) this.#complain(this.#line, 'an item of the list is not an object');
  }

  /** Nothing that follows can be trusted. */
  #complain(line: number, message: string): void {
    this.#problem(line, message);
    this.#isBroken = true;
  }

  #problem(line: number, message: string): void {
    this.problems.push({ file: this.#file, line, column: 1, message });
  }
}
