// Answers that were given a moment ago.
import type { UseAnswer } from '../../engine/gate.ts';

export interface CacheOptions {
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
  /** How long each answer is good for. */
  readonly ms: Readonly<Record<UseAnswer, number>>;
  readonly most: number;
}

interface Kept {
  readonly answer: UseAnswer;
  readonly until: number;
}

/** Keeps a bounded number of answers, each for a time that depends on the answer. */
export class AnswerCache {
  readonly #options: CacheOptions;
  /** Those used last are at the end. */
  readonly #kept = new Map<string, Kept>();

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): UseAnswer | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    if (kept.until <= this.#options.now()) return undefined;
    this.#kept.set(key, kept);
    return kept.answer;
  }

  put(key: string, answer: UseAnswer): void {
    const { now, ms, most } = this.#options;
    this.#kept.delete(key);
    this.#kept.set(key, { answer, until: now() + ms[answer] });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= most) return;
      this.#kept.delete(oldest);
    }
  }
}
