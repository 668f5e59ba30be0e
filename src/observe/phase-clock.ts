// How long each part of a review takes. Reviews are decided one at a time, each in one go, so one clock serves them all.
import type { MarkPhase, Phase } from '../model/phase.ts';

/** Milliseconds by phase; 0 for those that the review did not have. */
export type PhaseTimes = Readonly<Record<Phase, number>>;

export class PhaseClock {
  #times: Record<Phase, number> = noTimes();
  #last = 0;

  /** The times of the last review that was started; never changed once another one is. */
  get times(): PhaseTimes {
    return this.#times;
  }

  /** Starts a review at `now`, as `performance.now()` has it. */
  start(now: number): void {
    this.#times = noTimes();
    this.#last = now;
  }

  /** Bound to the clock: made to be handed on. */
  readonly mark: MarkPhase = (ended) => {
    const now = performance.now();
    this.#times[ended] += now - this.#last;
    this.#last = now;
  };
}

function noTimes(): Record<Phase, number> {
  return { decode: 0, select: 0, fill: 0, judge: 0, diff: 0, encode: 0 };
}
