// Work that has come in during one turn of the event loop, done together and step by step: the first step for each piece,
// then the second for each. The code of a step is then still in the core's caches when the next piece comes, which under
// load saves a quarter of a review's processor time (docs/performance.md). What comes alone waits for nobody: to learn that
// a turn is over takes a tenth of that time, too, so where pieces keep coming alone, only now and then one asks.
import { inNextPoll } from './poll-phase.ts';

/** Of what is done together. Bounds what is held from one step to the next, how much waits, and for how long. */
const MOST_BYTES = 64 * 1024;
/** After so many pieces that came alone, those that follow do not wait for others, */
const SOME_ALONE = 8;
/** up to this one. */
const MANY_ALONE = 24;

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
  /** How many came in this turn, also those that are worked on already; 0 where nobody waits for its end. */
  let came = 0;
  /** How many pieces in a row came alone, as far as we know. */
  let alone = 0;

  function endTurn(): void {
    alone = came > 1 ? 0 : alone + 1;
    came = 0;
    workNow();
  }

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
      const waits = alone <= SOME_ALONE;
      if (!waits) alone = alone < MANY_ALONE ? alone + 1 : SOME_ALONE;
      else if (came++ === 0) inNextPoll(endTurn);
      waiting.push(piece);
      total += weight;
      if (!waits || total > MOST_BYTES) workNow();
    },
    workNow,
  };
}
