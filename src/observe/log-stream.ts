// Where the log goes: to stdout, in the background, so that a reader that stalls does not stall reviews.
import { pino } from 'pino';

/** Lines are written together, which costs less than half: after this many bytes, or that many milliseconds. */
const WRITE_BYTES = 16_000;
const WRITE_MS = 100;
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
  // Given text, it would count the bytes of all the lines it holds anew for every line, which makes one text of them
  // each time (sonic-boom 4.2): that took more than everything else about a line.
  const stdout = pino.destination({
    sync: false,
    contentMode: 'buffer',
    minLength: WRITE_BYTES,
    periodicFlush: WRITE_MS,
    maxLength: MOST_BYTES,
  });
  const sink: ByteSink = stdout;
  let lost = 0;
  stdout.on('drop', () => lost++);
  return {
    write: (line) => void sink.write(Buffer.from(line)),
    onRecovery(tell) {
      stdout.on('drain', () => {
        if (lost === 0) return;
        const count = lost;
        lost = 0;
        tell(count);
      });
    },
  };
}
