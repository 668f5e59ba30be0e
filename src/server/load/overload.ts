// Too much at once: refused in a moment and in words, before the body is read, instead of late or out of memory.
// The API server's client tries again after `retry-after`, within the webhook's timeout; then failurePolicy decides.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../observe/log.ts';
import { laterReply } from '../review/reply.ts';
import type { EventLoop } from './event-loop.ts';
import { type NoRoom, Receiving, type ReceivingLimits } from './receiving.ts';

const MIB = 1024 * 1024;
const MOST_BYTES = 256 * MIB;
/** The shortest timeout that a webhook configuration can give us: while the loop is less behind, nobody has given up. */
const SHORTEST_TIMEOUT_MS = 1000;
/** What the API server takes where a configuration names none. */
const DEFAULT_TIMEOUT_MS = 10_000;
const LOG_EVERY_MS = 10_000;
/** For an answer to be on its way. */
const LAST_WORDS_MS = 100;

/**
 * Why a request was not answered: too many `requests` or too many `bytes` were being received, our answer would have come
 * after the API server's timeout (`delay`), it had been arriving for too long when another needed its room (`slow`), or
 * we have just started and do not know yet what the cluster holds (`starting`).
 */
export type ShedReason = NoRoom | 'delay' | 'slow' | 'starting';
export const SHED_REASONS: readonly ShedReason[] = ['requests', 'bytes', 'delay', 'slow', 'starting'];

export interface OverloadOptions {
  readonly limits?: Partial<ReceivingLimits> | undefined;
  /** The most that one body can have: what a body without a length is taken to have. */
  readonly bodyLimit: number;
  readonly loop: Pick<EventLoop, 'delayMs'>;
  /** Told of every request that is refused or dropped. */
  readonly onShed?: ((reason: ShedReason) => void) | undefined;
}

export interface Overload {
  /** Before a body is read: makes room for it, or says in words why there is none. */
  admit(request: IncomingMessage, response: ServerResponse): string | undefined;
  /** The body has arrived. */
  received(request: IncomingMessage): void;
  /** A review cannot be answered yet: it takes room again until it is `received`. False where there is none. */
  hold(request: IncomingMessage, response: ServerResponse): boolean;
  /** How many bodies are arriving. */
  readonly arriving: () => number;
}

/**
 * 500 requests, and an eighth of the memory that the process may use, up to 256 MiB. Not more: while they arrive they lie in
 * the buffers of the system and of TLS, too, and the half that is V8's is wanted for parsing them.
 */
export function defaultLimits(memory = process.constrainedMemory()): ReceivingLimits {
  const bytes = memory > 0 ? Math.min(MOST_BYTES, Math.floor(memory / 8)) : MOST_BYTES;
  return { requests: 500, bytes, slowMs: 1000 };
}

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
      // However it ends: also with a refusal, after which nothing of the body is kept.
      response.on('close', () => receiving.leave(request));
      return undefined;
    },
    received: (request) => receiving.leave(request),
    hold: (request, response) => enter(request, response, bodyLength(request, bodyLimit)) === undefined,
    arriving: () => receiving.count,
  };
}

/**
 * Answers in the middle of a body, past Fastify, which waits for the rest of it. The connection ends with the answer, and
 * does without where it is not taken at once: what we hold of the body has to go.
 */
function turnAway(request: IncomingMessage, response: ServerResponse, message: string): void {
  if (!response.headersSent && response.writable) {
    const { headers, text } = laterReply(429, message);
    response.writeHead(429, { ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' }).end(text);
    setTimeout(() => request.destroy(), LAST_WORDS_MS).unref();
  } else {
    request.destroy();
  }
}

function bodyLength({ headers }: IncomingMessage, limit: number): number {
  const length = headers['content-length'];
  if (length !== undefined) return Math.min(Number(length), limit);
  return headers['transfer-encoding'] === undefined ? 0 : limit;
}

/** The API server says how long it waits: `/mutate?timeout=5s`. */
export function timeoutOf(url = ''): number {
  const seconds = /[?&]timeout=(\d+)s(?:&|$)/.exec(url)?.[1];
  return seconds === undefined ? DEFAULT_TIMEOUT_MS : Math.max(SHORTEST_TIMEOUT_MS, Number(seconds) * 1000);
}

/** An `onShed` that writes a line for the first and then one every ten seconds, with how many there were. */
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
