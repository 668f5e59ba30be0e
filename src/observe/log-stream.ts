// Where the log goes: to stdout, in the background, so that a reader that stalls does not stall reviews.
//
// The buffering is pino's own destination, sonic-boom (https://github.com/pinojs/sonic-boom#options): it writes a buffer when
// it is full, tries again where the system is busy (EAGAIN), stops where the reader is gone (EPIPE), and writes what it still
// holds when the process exits, however it does.
import { pino } from 'pino';

/** Bytes. Written at once where there are more, and not in larger pieces than Docker's log reader takes. */
const BUFFER_BYTES = 15_000;
/** After so long a line is written, however little there is. */
const FLUSH_MS = 100;
/** What is kept for a reader that stalls, some twenty thousand decisions. What comes then is lost, and counted. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Where the log is written, a line at a time. */
export interface LogStream {
  write(line: string): void;
  /** Calls back with how many lines were lost, once there is room again for a line that says so. */
  onRecovery(tell: (lost: number) => void): void;
}

/** In this mode the destination takes bytes; its own types only know of text. */
interface ByteSink {
  write(bytes: Buffer | string): boolean;
}

/** A stream to stdout. What it still holds when the process exits is written then. */
export function stdoutStream(): LogStream {
  const stdout = pino.destination({
    sync: false,
    // Given text, sonic-boom counts the bytes of its whole buffer again for every line: 9 to 11 instead of 6 to 7 µs.
    contentMode: 'buffer',
    minLength: BUFFER_BYTES,
    maxLength: MOST_BYTES,
  });
  const sink: ByteSink = stdout;
  let lost = 0;
  let tellOfLoss: ((lost: number) => void) | undefined;

  // Its own `periodicFlush` writes ten times a second whether there is something or not, which keeps an idle process busy.
  let flushing: NodeJS.Timeout | undefined;
  let hasNew = false;
  function flushLater(): void {
    flushing = setTimeout(() => {
      flushing = undefined;
      // With a function it throws nothing, not even where the stream has ended.
      stdout.flush(() => {});
      // What came while something was being written has not been: once more.
      if (hasNew) flushLater();
      hasNew = false;
    }, FLUSH_MS).unref();
  }

  stdout.on('drop', () => lost++);
  stdout.on('drain', () => {
    if (lost === 0) return;
    const count = lost;
    lost = 0;
    tellOfLoss?.(count);
  });
  return {
    write(line) {
      // Once a line is lost, so is all that follows, also what would fit, until that can be said: the log has no gaps but those.
      if (lost > 0) lost++;
      else sink.write(Buffer.from(line));
      hasNew = true;
      if (flushing === undefined) flushLater();
    },
    onRecovery(tell) {
      tellOfLoss = tell;
    },
  };
}
