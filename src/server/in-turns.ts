// Work that has come in during one turn of the event loop, done together and step by step: the first step for each piece,
// then the second for each. The code of a step is then still in the core's caches when the next piece comes, which under
// load saves a quarter of a review's processor time (docs/performance.md). What comes alone waits for nobody.
import { inNextPoll } from './poll-phase.ts';

/** Of what is done together. Bounds what is held from one step to the next, how much waits, and for how long. */
const MOST_BYTES = 64 * 1024;

export interface Work<Piece> {
  /** In their order. None may throw: the pieces behind would be lost. */
  readonly steps: readonly ((piece: Piece) => void)[];
  /** How much a piece weighs, in bytes. */
  readonly bytes: (piece: Piece) => number;
}

export interface Turns<Piece> {
  /** Takes a piece, to be worked on as soon as all that has arrived is read, or there is enough of it. In the poll phase. */
  readonly handIn: (piece: Piece) => void;
  /** Works on what there is without waiting for more. */
  readonly workNow: () => void;
}

export function inTurns<Piece>({ steps, bytes }: Work<Piece>): Turns<Piece> {
  let waiting: Piece[] = [];
  let total = 0;

  function workNow(): void {
    const pieces = waiting;
    waiting = [];
    total = 0;
    for (const step of steps) for (const piece of pieces) step(piece);
  }

  return {
    handIn(piece) {
      const weight = bytes(piece);
      if (total + weight > MOST_BYTES) workNow();
      if (waiting.length === 0) inNextPoll(workNow);
      waiting.push(piece);
      total += weight;
      if (total > MOST_BYTES) workNow();
    },
    workNow,
  };
}
