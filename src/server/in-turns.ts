// Work that has come in during one turn of the event loop, done together and step by step: the first step for each piece,
// then the second for each. The code of a step is then still in the core's caches when the next piece comes, which under
// load saves a quarter of a review's processor time (docs/performance.md). What comes alone waits for nobody.
import { inNextPoll } from './poll-phase.ts';

/** Of what is done together; a larger piece is done alone. Bounds what is held from one step to the next, and the wait. */
const MOST_BYTES = 64 * 1024;

export interface Work<Piece> {
  /** In their order. None may throw: the pieces behind would be lost. */
  readonly steps: readonly ((piece: Piece) => void)[];
  /** How much a piece weighs, in bytes. */
  readonly bytes: (piece: Piece) => number;
}

export interface Turns<Piece> {
  /** Takes a piece, to be worked on as soon as all that has arrived is read. */
  readonly handIn: (piece: Piece) => void;
  /** Works on what there is without waiting for more. */
  readonly workNow: () => void;
}

export function inTurns<Piece>({ steps, bytes }: Work<Piece>): Turns<Piece> {
  let waiting: Piece[] = [];

  function work(pieces: readonly Piece[]): void {
    for (const step of steps) for (const piece of pieces) step(piece);
  }

  function workNow(): void {
    const arrived = waiting;
    waiting = [];
    let together: Piece[] = [];
    let total = 0;
    for (const piece of arrived) {
      const weight = bytes(piece);
      if (total > 0 && total + weight > MOST_BYTES) {
        work(together);
        together = [];
        total = 0;
      }
      together.push(piece);
      total += weight;
    }
    work(together);
  }

  return {
    handIn(piece) {
      if (waiting.length === 0) inNextPoll(workNow);
      waiting.push(piece);
    },
    workNow,
  };
}
