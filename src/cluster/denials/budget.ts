// How often something may happen: a number of times at once, and after that now and then.

export interface Allowance {
  /** How many times at once. */
  readonly burst: number;
  /** How long it takes until one more is allowed. */
  readonly everyMs: number;
}

/** One allowance, and what is left of it. */
export class Budget {
  readonly #allowance: Allowance;
  #left: number;
  #at: number;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
    this.#at = now;
  }

  /** True where it may happen now; it then counts as done. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** True while nothing of it is used. */
  isWhole(now: number): boolean {
    this.#refill(now);
    return this.#left >= this.#allowance.burst;
  }

  #refill(now: number): void {
    const { burst, everyMs } = this.#allowance;
    this.#left = Math.min(burst, this.#left + (now - this.#at) / everyMs);
    this.#at = now;
  }
}
