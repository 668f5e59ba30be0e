// The bytes of a request's body. Not by Fastify's own means: it copies them once more when they are there, and a body
// that came in one piece, as those of an API server's reviews mostly do, need not be copied at all.
import type { IncomingMessage } from 'node:http';
import { errorCodes } from 'fastify';

/** Called once: with what went wrong, or with the body. */
export type Collected = (error: Error | null, body?: Buffer) => void;

/** Collects a body of at most `limit` bytes; a larger one is refused as Fastify would, and the rest of it not kept. */
export function collectBody(payload: IncomingMessage, limit: number, done: Collected): void {
  if (Number(payload.headers['content-length']) > limit) {
    done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;

  function onData(chunk: Buffer): void {
    length += chunk.length;
    if (length > limit) finish(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    else chunks.push(chunk);
  }
  function onEnd(): void {
    const [first] = chunks;
    finish(null, chunks.length === 1 ? first : Buffer.concat(chunks, length));
  }
  function finish(error: Error | null, body?: Buffer): void {
    payload.off('data', onData).off('end', onEnd).off('error', finish);
    done(error, body);
  }
  payload.on('data', onData).on('end', onEnd).on('error', finish).resume();
}
