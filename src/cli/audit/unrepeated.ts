// Lines that are said once, however many rounds come to say them.
import type { Sink } from '../io.ts';

/** Hands on what was not written in the round before. Holds what one round says, and the one before it. */
export class Unrepeated implements Sink {
  readonly #sink: Sink;
  #before = new Set<string>();
  #now = new Set<string>();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Begins a round. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }

  write(text: string): void {
    // Progress, which is written over itself.
    if (!text.startsWith('\r')) this.#now.add(text);
    if (!this.#before.has(text)) this.#sink.write(text);
  }
}
