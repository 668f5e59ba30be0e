// The body of an answer, as long as it keeps coming. Whoever sends it may stop in the middle, or never end.
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

const NEWLINE = 0x0a;

/** The bytes as they come. Throws where nothing came for `silenceMs`, and where the connection broke. */
export async function* chunksOf(response: IncomingMessage, silenceMs: number): AsyncGenerator<Buffer, void> {
  const timer = setTimeout(() => response.destroy(new ApiError(`nothing came for ${silenceMs / 1000} s`)), silenceMs);
  try {
    const chunks: AsyncIterable<unknown> = response;
    for await (const chunk of chunks) {
      timer.refresh();
      if (Buffer.isBuffer(chunk)) yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The whole body as JSON. Throws where it is none, or has more than `mostBytes`. */
export async function jsonOf(chunks: AsyncIterable<Buffer>, mostBytes: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new TooLargeError(mostBytes);
    parts.push(chunk);
  }
  return parseJson(Buffer.concat(parts));
}

/** The lines that came, each as JSON. Throws where the last one is not ended, or one has more than `mostBytes`. */
export async function* jsonLinesOf(chunks: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<unknown, void> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      bytes = 0;
      start = end + 1;
      if (line.some((byte) => byte > 0x20)) yield parseJson(line);
    }
    bytes += chunk.length - start;
    if (bytes > mostBytes) throw new TooLargeError(mostBytes);
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (bytes > 0) throw new ApiError('the answer ended in the middle of a line');
}

/** There is more of it than we are ready to hold. */
export class TooLargeError extends ApiError {
  constructor(mostBytes: number) {
    super(`the answer has more than ${mostBytes} bytes`);
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch (error) {
    // What is quoted of it are a few characters around the error.
    throw new ApiError(`the answer is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
