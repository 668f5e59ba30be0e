// The managedFields of a review's objects, left out before it is parsed. They are a third of what an API server sends and
// half of what parsing takes, and nothing here reads or writes them.

/** The keys that lead to them, one inside the other. What stands anywhere else under that name is ordinary data. */
const WAY = [['request'], ['object', 'oldObject'], ['metadata'], ['managedFields']].map((keys) =>
  keys.map((key) => Buffer.from(key)),
);
const LAST_STEP = WAY.length - 1;
/** Below this, looking for them takes as long as parsing them. */
const FEW_BYTES = 4096;
/**
 * The end of the last key and the start of its list, as the API server writes it: without blanks. What comes before in that
 * key is left out, since the search goes by the first byte, and few strings have a capital F: with all of it, it takes ten
 * times as long.
 */
const MARK = Buffer.from('Fields":[');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** What a byte adds to the depth. Of what is left out nobody asks whether its brackets match. */
const NESTING = new Int8Array(256);
NESTING[OPEN_LIST] = NESTING[OPEN_OBJECT] = 1;
NESTING[CLOSE_LIST] = NESTING[CLOSE_OBJECT] = -1;

/**
 * The text of a review in which these lists are empty, and everything else as it came. What is short, has blanks in it or
 * is no JSON may be left whole.
 * @param bytes valid UTF-8
 */
export function withoutManagedFields(bytes: Buffer): string {
  return bytes.length < FEW_BYTES ? bytes.toString('utf8') : emptyManagedFields(bytes);
}

/** The same for any length. */
export function emptyManagedFields(bytes: Buffer): string {
  // Asked for once: of a Buffer it costs as much as the byte that is read.
  const { length } = bytes;
  /** Nothing that ends before it can be what we look for. */
  let next = bytes.indexOf(MARK);
  let text = '';
  let kept = 0;
  let depth = 0;
  /** How many steps of the way lead to where we are. */
  let steps = 0;
  for (let at = 0; next >= 0; at++) {
    if (at > next) next = bytes.indexOf(MARK, at);
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at, length);
      const isStep = depth === steps + 1 && bytes[end + 1] === COLON && isOneOf(WAY[steps], bytes, at + 1, end);
      at = end;
      if (!isStep) continue;
      if (steps < LAST_STEP) {
        // It is entered where it opens.
        if (bytes[end + 2] === OPEN_OBJECT) steps++;
      } else if (bytes[end + 2] === OPEN_LIST) {
        const close = endOfList(bytes, end + 2, length);
        text += bytes.toString('utf8', kept, end + 3);
        kept = close;
        at = close;
      }
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth--;
      if (steps >= depth) steps = depth - 1;
    }
  }
  return text + bytes.toString('utf8', kept);
}

/** Where a string ends that begins at `start`; at `length`, which is that of the bytes, or behind it where it does not. */
function endOfString(bytes: Buffer, start: number, length: number): number {
  let at = start + 1;
  while (at < length) {
    const byte = bytes[at];
    if (byte === QUOTE) break;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}

/** Likewise for a list. */
function endOfList(bytes: Buffer, start: number, length: number): number {
  let depth = 0;
  for (let at = start; at < length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(bytes, at, length);
    } else if (byte >= OPEN_LIST) {
      depth += NESTING[byte] ?? 0;
      if (depth === 0) return at;
    }
  }
  return length;
}

function isOneOf(keys: readonly Buffer[] = [], bytes: Buffer, start: number, end: number): boolean {
  for (const key of keys) if (key.length === end - start && startsAt(key, bytes, start)) return true;
  return false;
}

function startsAt(key: Buffer, bytes: Buffer, start: number): boolean {
  for (const [index, byte] of key.entries()) if (bytes[start + index] !== byte) return false;
  return true;
}
