// Shows the progress of long work, on a terminal only.
import type { Io } from './io.ts';

/** Shorter work shows no progress. */
const PATIENCE_MS = 1000;
const EVERY_MS = 100;

/** Yields the items one by one, and shows on a terminal how many are done if that takes long. */
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
