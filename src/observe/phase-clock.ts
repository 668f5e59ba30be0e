// How long each part of a review takes. Reviews are answered one at a time, each in one go, so one clock serves them all.
import { type MarkPhase, PHASES, type Phase } from '../model/phase.ts';

/** Milliseconds by phase; 0 for those that the review did not have. */
export type PhaseTimes = Readonly<Record<Phase, number>>;

export class PhaseClock {
  readonly #times: Record<Phase, number> = { decode: 0, select: 0, fill: 0, judge: 0, diff: 0, encode: 0 };
  #last = 0;

  /** The times of the last review, until the next one starts. */
  get times(): PhaseTimes {
    return this.#times;
  }

  /** Starts a review at `now`, as `performance.now()` has it. */
  start(now: number): void {
    for (const phase of PHASES) this.#times[phase] = 0;
    this.#last = now;
  }

  /** Bound to the clock: made to be handed on. */
  readonly mark: MarkPhase = (ended) => {
    const now = performance.now();
    this.#times[ended] += now - this.#last;
    this.#last = now;
  };
}
