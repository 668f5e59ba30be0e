// The bytes of files, and what is inside of compressed ones.
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 256 * 1024;
/** The first bytes of what gzip writes. */
const GZIP = [0x1f, 0x8b] as const;

/** The bytes of a file. Each chunk is overwritten by the next: new ones would pile up until memory is collected. */
export async function* chunksOf(path: string, onRead?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      onRead?.(bytesRead);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The bytes as they are, or what gzip made them of: by what they are, and not by the name of the file. */
export async function* inflated(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (first.length < GZIP.length) {
    const next = await iterator.next();
    if (next.done === true) break;
    first = Buffer.concat([first, Buffer.from(next.value)]);
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  if (!GZIP.every((byte, index) => first[index] === byte)) {
    if (first.length > 0) yield first;
    for await (const chunk of rest) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    return;
  }
  const gunzip = createGunzip();
  // What is read ahead must not be overwritten. Errors come out of the loop below.
  pipeline(Readable.from(copies(first, rest)), gunzip, () => {});
  const inside: AsyncIterable<Buffer> = gunzip;
  yield* inside;
}

async function* copies(first: Buffer, rest: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  yield first;
  for await (const chunk of rest) yield Buffer.from(chunk);
}
