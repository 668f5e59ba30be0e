// Requests are refused with a message, before their body is read, when there are more than can be answered in time and in
// memory. The API server tries again after `retry-after`, within the webhook's timeout; after that, failurePolicy decides.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../observe/log.ts';
import { laterReply } from '../review/reply.ts';
import type { EventLoop } from './event-loop.ts';
import { type NoRoom, Receiving, type ReceivingLimits } from './receiving.ts';

const MIB = 1024 * 1024;
const MOST_BYTES = 256 * MIB;
/** The shortest timeout that a webhook configuration can set. While the loop is less behind, no API server has given up. */
const SHORTEST_TIMEOUT_MS = 1000;
/** The API server's default. */
const DEFAULT_TIMEOUT_MS = 10_000;
const LOG_EVERY_MS = 10_000;
/** How long a refusal in the middle of a body may take to be sent before the connection is closed. */
const REFUSAL_MS = 100;

/**
 * Why a request was not answered: too many `requests` or too many `bytes` were being received, our answer would have come
 * after the API server's timeout (`delay`), it had been arriving for too long when another needed its room (`slow`), or
 * we have just started and do not know yet what the cluster holds (`starting`).
 */
export type ShedReason = NoRoom | 'delay' | 'slow' | 'starting';
/** All of them. */
export const SHED_REASONS: readonly ShedReason[] = ['requests', 'bytes', 'delay', 'slow', 'starting'];

export interface OverloadOptions {
  readonly limits?: Partial<ReceivingLimits> | undefined;
  /** In bytes; also the assumed size of a body that states no length. */
  readonly bodyLimit: number;
  readonly loop: Pick<EventLoop, 'delayMs'>;
  /** Told of every request that is refused or dropped. */
  readonly onShed?: ((reason: ShedReason) => void) | undefined;
}

export interface Overload {
  /** Called before a body is read. Reserves room for it, or returns the message of the refusal. */
  admit(request: IncomingMessage, response: ServerResponse): string | undefined;
  /** Called when the body has arrived: gives its room back. */
  received(request: IncomingMessage): void;
  /** Reserves room again for a review that waits for a lookup, until `received`. Returns false where there is none. */
  hold(request: IncomingMessage, response: ServerResponse): boolean;
  /** How many requests have room reserved. */
  readonly arriving: () => number;
}

/**
 * 500 requests, and an eighth of the memory that the process may use, up to 256 MiB. Not more, because arriving bodies also
 * take buffers of the system and of TLS, and the half of the memory that is V8's heap is needed to parse them.
 * @param memory in bytes; 0 where it is not limited
 */
export function defaultLimits(memory = process.constrainedMemory()): ReceivingLimits {
  const bytes = memory > 0 ? Math.min(MOST_BYTES, Math.floor(memory / 8)) : MOST_BYTES;
  return { requests: 500, bytes, slowMs: 1000 };
}

/** Admits requests while there is room for them. */
export function guardOverload(options: OverloadOptions): Overload {
  const { bodyLimit, loop, onShed } = options;
  const limits = { ...defaultLimits(), ...options.limits };
  const receiving = new Receiving<IncomingMessage>(limits);

  function enter(request: IncomingMessage, response: ServerResponse, bytes: number): NoRoom | undefined {
    return receiving.enter(request, bytes, () => {
      turnAway(request, response, `too busy: it took more than ${limits.slowMs} ms; try again in a second`);
      onShed?.('slow');
    });
  }

  function shed(reason: ShedReason, why: string): string {
    onShed?.(reason);
    return `too busy: ${why}; try again in a second`;
  }

  return {
    admit(request, response) {
      const bytes = bodyLength(request, bodyLimit);
      if (bytes === 0) return undefined;
      const delayMs = loop.delayMs();
      if (delayMs >= SHORTEST_TIMEOUT_MS && delayMs >= timeoutOf(request.url)) {
        return shed('delay', `answers are ${(delayMs / 1000).toFixed(1)} s late`);
      }
      const lacking = enter(request, response, bytes);
      if (lacking === 'requests') return shed(lacking, `${limits.requests} requests are being received`);
      if (lacking === 'bytes') return shed(lacking, `${limits.bytes} bytes are being received`);
      // However the request ends, also with a refusal, its body is not kept.
      response.on('close', () => receiving.leave(request));
      return undefined;
    },
    received: (request) => receiving.leave(request),
    hold: (request, response) => enter(request, response, bodyLength(request, bodyLimit)) === undefined,
    arriving: () => receiving.count,
  };
}

/**
 * Answers in the middle of a body, and not through Fastify, which would wait for the rest of it. The connection is closed with
 * the answer, or without it where the client does not read it at once, to free the memory of the part that has arrived.
 */
function turnAway(request: IncomingMessage, response: ServerResponse, message: string): void {
  if (!response.headersSent && response.writable) {
    const { headers, text } = laterReply(429, message);
    response.writeHead(429, { ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' }).end(text);
    setTimeout(() => request.destroy(), REFUSAL_MS).unref();
  } else {
    request.destroy();
  }
}

function bodyLength({ headers }: IncomingMessage, limit: number): number {
  const length = headers['content-length'];
  if (length !== undefined) return Math.min(Number(length), limit);
  return headers['transfer-encoding'] === undefined ? 0 : limit;
}

/** How long the API server waits for an answer, in milliseconds. It says so in the URL: `/mutate?timeout=5s`. */
export function timeoutOf(url = ''): number {
  const seconds = /[?&]timeout=(\d+)s(?:&|$)/.exec(url)?.[1];
  return seconds === undefined ? DEFAULT_TIMEOUT_MS : Math.max(SHORTEST_TIMEOUT_MS, Number(seconds) * 1000);
}

/** An `onShed` that logs the first refusal at once, and after that how many there were, at most every ten seconds. */
export function logShed(log: Log): (reason: ShedReason) => void {
  const since: Partial<Record<ShedReason, number>> = {};
  let last = Number.NEGATIVE_INFINITY;
  return (reason) => {
    since[reason] = (since[reason] ?? 0) + 1;
    const now = performance.now();
    if (now - last < LOG_EVERY_MS) return;
    last = now;
    log.warn({ shed: { ...since } }, 'too busy');
    for (const counted of SHED_REASONS) delete since[counted];
  };
}
