// Shows the progress of long work, on a terminal only.
import type { Io } from './io.ts';

/** Shorter work shows no progress. */
const PATIENCE_MS = 1000;
const EVERY_MS = 100;

/** A line on a terminal that says how far the work has come. It is written anew, and gone at the end. */
export class ProgressLine {
  readonly #io: Io;
  readonly #start = performance.now();
  #shown = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Shows a text if the work takes long and the last one has been there for a moment. */
  show(text: () => string): void {
    if (!this.#io.stderrIsTTY) return;
    const now = performance.now();
    if (now - this.#start <= PATIENCE_MS || now - this.#shown <= EVERY_MS) return;
    this.#shown = now;
    // Carriage return, the text, and erase to the end of the line.
    this.#io.stderr.write(`\r${text()}\u001b[K`);
  }

  /** Takes the line away: before anything else is written, and at the end. */
  clear(): void {
    if (this.#shown > 0) this.#io.stderr.write('\r\u001b[K');
    this.#shown = 0;
  }
}

/** Yields the items one by one, and shows on a terminal how many are done if that takes long. */
export function* withProgress<T>(items: readonly T[], verb: string, io: Io): Generator<T> {
  const line = new ProgressLine(io);
  for (const [index, item] of items.entries()) {
    line.show(() => `${verb} ${index} of ${items.length}`);
    yield item;
  }
  line.clear();
}
