// Texts by their characters: CEL counts code points, as Go does, and JavaScript counts units of UTF-16.
import { lengthOf } from './conversions.ts';

/** A text whose characters can be asked for by number. */
export interface Characters {
  readonly length: number;
  /** The characters from `start` up to and without `end`. */
  slice(start: number, end: number): string;
  /** Where a text begins in it for the first time, from `start` on; -1 where it does not. */
  indexOf(text: string, start: number): number;
  /** Where a text begins in it for the last time, up to `start`; -1 where it does not. */
  lastIndexOf(text: string, start: number): number;
}

/** The characters of a text. Only one with characters of two units is taken apart. */
export function charactersOf(text: string): Characters {
  if (lengthOf(text) === text.length) {
    return {
      length: text.length,
      slice: (start, end) => text.slice(start, end),
      indexOf: (part, start) => text.indexOf(part, start),
      lastIndexOf: (part, start) => text.lastIndexOf(part, start),
    };
  }
  const points = Array.from(text);
  const before = (units: number): number => (units < 0 ? -1 : lengthOf(text.slice(0, units)));
  const unitsBefore = (count: number): number => points.slice(0, count).join('').length;
  return {
    length: points.length,
    slice: (start, end) => points.slice(start, end).join(''),
    indexOf: (part, start) => before(text.indexOf(part, unitsBefore(start))),
    lastIndexOf: (part, start) => before(text.lastIndexOf(part, unitsBefore(start))),
  };
}
