// Where the log goes: to stdout, in the background, so that a reader that stalls does not stall reviews.
//
// Lines are put together here, page by page, and not by sonic-boom: given text, it counts the bytes of all it holds anew for
// every line; given small buffers, it makes for garbage that is only found by the slow kind of collection. Either cost more
// than all else about a line. It still writes the pages, tries again where the system is busy, and ends with the process.
import { pino } from 'pino';

/** Written at once where it is full, else after this time. */
const PAGE_BYTES = 15_000;
const WRITE_MS = 100;
/** More than a page: one is written when we say so, and not as soon as it is handed over. */
const MIN_LENGTH = 16_000;
/** UTF-8 takes no more for what JavaScript counts as one. */
const MOST_BYTES_EACH = 3;
/** What is kept for a reader that stalls, some twenty thousand decisions. What comes then is lost, and counted. */
const MOST_BYTES = 8 * 1024 * 1024;

export interface LogStream {
  write(line: string): void;
  /** Calls back with how many lines were lost, once there is room again for a line that says so. */
  onRecovery(tell: (lost: number) => void): void;
}

/** What such a destination is; its own types only know of text. */
interface ByteSink {
  write(bytes: Buffer | string): boolean;
}

/** A stream to stdout. What it still holds when the process exits is written then. */
export function stdoutStream(): LogStream {
  const stdout = pino.destination({ sync: false, contentMode: 'buffer', minLength: MIN_LENGTH });
  const sink: ByteSink = stdout;
  /** Being written. */
  let sent: Buffer | undefined;
  /** Full, and waiting for that. */
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let page: Buffer = Buffer.allocUnsafeSlow(PAGE_BYTES);
  let spare: Buffer | undefined;
  let used = 0;
  let lines = 0;
  let lost = 0;
  let tellOfLoss: ((lost: number) => void) | undefined;

  function send(bytes: Buffer): void {
    sent = bytes;
    sink.write(bytes);
    stdout.flush();
  }

  function turnPage(): void {
    if (used === 0) return;
    const full = page.subarray(0, used);
    if (hand(full)) {
      page = spare ?? Buffer.allocUnsafeSlow(PAGE_BYTES);
      spare = undefined;
    } else {
      lost += lines;
    }
    used = 0;
    lines = 0;
  }

  /** False where there is no room. Once something is lost, so is all that follows, until that can be said. */
  function hand(bytes: Buffer): boolean {
    if (lost > 0 || waitingBytes + bytes.length > MOST_BYTES) return false;
    if (sent) {
      waiting.push(bytes);
      waitingBytes += bytes.length;
    } else {
      send(bytes);
    }
    return true;
  }

  stdout.on('drain', () => {
    if (sent?.buffer.byteLength === PAGE_BYTES) spare = Buffer.from(sent.buffer);
    sent = undefined;
    const next = waiting.shift();
    if (next) {
      waitingBytes -= next.length;
      send(next);
    } else if (lost > 0) {
      turnPage();
      const count = lost;
      lost = 0;
      tellOfLoss?.(count);
    }
  });
  // Not while one is being written: a page takes as much memory as a full one.
  setInterval(() => {
    if (!sent) turnPage();
  }, WRITE_MS).unref();

  function handAll(): void {
    for (const bytes of waiting.splice(0)) sink.write(bytes);
    if (used > 0) sink.write(page.subarray(0, used));
    used = 0;
  }
  // Before pino's own listeners, which write what they were handed.
  process.prependListener('beforeExit', handAll).prependListener('exit', handAll);

  return {
    write(line) {
      if (line.length * MOST_BYTES_EACH > PAGE_BYTES - used) turnPage();
      if (line.length * MOST_BYTES_EACH > PAGE_BYTES) {
        if (!hand(Buffer.from(line))) lost++;
        return;
      }
      used += page.write(line, used);
      lines++;
    },
    onRecovery(tell) {
      tellOfLoss = tell;
    },
  };
}
