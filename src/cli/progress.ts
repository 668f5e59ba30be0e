// Says how far long work has come, to a person at a terminal and nobody else.
import type { Io } from './io.ts';

/** Work shorter than this says nothing. */
const PATIENCE_MS = 1000;
const EVERY_MS = 100;

/** The items again, one by one, with a line on the terminal while that takes long. */
export function* withProgress<T>(items: readonly T[], verb: string, io: Io): Generator<T> {
  const start = performance.now();
  let shown = 0;
  for (const [index, item] of items.entries()) {
    const now = performance.now();
    if (io.stderrIsTTY && now - start > PATIENCE_MS && now - shown > EVERY_MS) {
      shown = now;
      io.stderr.write(`\r${verb} ${index} of ${items.length}`);
    }
    yield item;
  }
  // Carriage return, and erase to the end of the line.
  if (shown > 0) io.stderr.write('\r\u001b[K');
}
