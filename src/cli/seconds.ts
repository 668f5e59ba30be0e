// Options that are seconds.
import { InvalidArgumentError } from 'commander';

const MOST_SECONDS = 3600;

/** Reads a number of seconds; throws what commander shows where it is none. */
export function seconds(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= MOST_SECONDS) return Number(text);
  throw new InvalidArgumentError(`(expected seconds, at most ${MOST_SECONDS})`);
}
