// Measures how long each part of a review takes. Each review is decided without interruption, so one clock serves them all.
import type { MarkPhase, Phase } from '../model/phase.ts';

/** Milliseconds by phase; 0 for those that the review did not have. */
export type PhaseTimes = Readonly<Record<Phase, number>>;

/** A clock for the parts of a review. */
export class PhaseClock {
  #times: Record<Phase, number> = noTimes();
  #last = 0;
  #began = 0;

  /** The times of the review that was started last. They no longer change once the next one starts. */
  get times(): PhaseTimes {
    return this.#times;
  }

  /** When the review that was started last was started. */
  get began(): number {
    return this.#began;
  }

  /** Starts a review at `now`, a value of `performance.now()`. */
  start(now: number): void {
    this.#times = noTimes();
    this.#last = now;
    this.#began = now;
  }

  /** Ends a part of the review. Bound to the clock, so that it can be passed on as a function. */
  readonly mark: MarkPhase = (ended) => {
    const now = performance.now();
    this.#times[ended] += now - this.#last;
    this.#last = now;
  };
}

function noTimes(): Record<Phase, number> {
  return { decode: 0, select: 0, fill: 0, judge: 0, diff: 0, encode: 0 };
}
