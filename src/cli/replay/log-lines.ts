// The lines of an audit log, some at a time: no more than a chunk of the file and a line that is not complete are held.

const NEWLINE = 0x0a;
/** The byte order mark of UTF-8, as editors on Windows write it. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** The API server accepts objects of 3 MB at most, and an event can hold three of them. What is longer is not an audit log. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Lines that came together. */
export interface LineBatch {
  /** The number of the first one; counts from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/**
 * Every line that is not empty, with its number, without the byte order mark of the first. A line of more than {@link MOST_BYTES} is left out.
 * @param onTooLong told of its number
 */
export async function* lineBatches(
  chunks: AsyncIterable<Uint8Array>,
  onTooLong: (line: number) => void,
): AsyncGenerator<LineBatch> {
  let open: Buffer[] = [];
  let bytes = 0;
  let first = 1;
  let isSkipping = false;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const whole = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const buffer = isFirst && whole.subarray(0, MARK.length).equals(MARK) ? whole.subarray(MARK.length) : whole;
    isFirst = false;
    const lines: string[] = [];
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end !== -1; end = buffer.indexOf(NEWLINE, start)) {
      const part = buffer.subarray(start, end);
      if (isSkipping) lines.push('');
      else lines.push(open.length === 0 ? part.toString('utf8') : Buffer.concat([...open, part]).toString('utf8'));
      open = [];
      bytes = 0;
      isSkipping = false;
      start = end + 1;
    }
    if (lines.length > 0) yield { first, lines };
    first += lines.length;
    bytes += buffer.length - start;
    if (bytes > MOST_BYTES && !isSkipping) {
      onTooLong(first);
      isSkipping = true;
      open = [];
    }
    // The chunk may be overwritten.
    if (start < buffer.length && !isSkipping) open.push(Buffer.from(buffer.subarray(start)));
  }
  if (open.length > 0) yield { first, lines: [Buffer.concat(open).toString('utf8')] };
}
