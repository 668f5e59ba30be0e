// How long to wait before the next attempt: twice as long each time, up to a bound, and never exactly as long as the other
// replicas, which have lost the same server at the same moment.

export interface BackoffTiming {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** The longest wait that a server can ask for. */
const MOST_ASKED_MS = 30_000;

/** Says how long to wait between attempts. */
export class Backoff {
  readonly #timing: BackoffTiming;
  readonly #random: () => number;
  #attempts = 0;

  constructor(timing: BackoffTiming, random: () => number = Math.random) {
    this.#timing = timing;
    this.#random = random;
  }

  /** The next wait in milliseconds, between half and all of what is due; at least what the server asked for. */
  next(askedMs = 0): number {
    const { firstMs, mostMs } = this.#timing;
    const due = Math.min(mostMs, firstMs * 2 ** this.#attempts);
    this.#attempts++;
    const jittered = due * (0.5 + this.#random() / 2);
    return askedMs === 0 ? jittered : Math.max(jittered, Math.min(askedMs, MOST_ASKED_MS) * (1 + this.#random() / 4));
  }

  /** All is well. */
  reset(): void {
    this.#attempts = 0;
  }

  /** Something came, though not everything works: the next wait is short again, if not the shortest. */
  ease(): void {
    this.#attempts = Math.min(this.#attempts, 3);
  }
}
