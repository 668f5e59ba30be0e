// Which parts of policies and capability classes some case of a suite reaches.
import type { Place } from '../../manifests/source.ts';

/** One part, such as a check of a policy or a row of its identity table. */
export interface CoverageItem {
  /** In words: `check`, `image row`. */
  readonly kind: string;
  /** What it is a part of: `policy "agents"`. */
  readonly owner: string;
  /** Empty where it is the whole of what it is a part of. */
  readonly name: string;
  readonly place: Place;
  readonly reached: boolean;
}

/** All parts of everything that suites name. */
export interface Coverage {
  readonly items: readonly CoverageItem[];
}

/** How many of some parts are reached. */
export interface CoverageCount {
  readonly total: number;
  readonly reached: number;
  /** Rounded down to whole numbers, so that 100 means all; 100 where there is nothing to reach. */
  readonly percent: number;
}

/** Counts parts. */
export function countReached(items: readonly CoverageItem[]): CoverageCount {
  const reached = items.filter((item) => item.reached).length;
  const total = items.length;
  return { total, reached, percent: total === 0 ? 100 : Math.floor((reached * 100) / total) };
}

/** The parts by kind, in the order of the first of each kind. */
export function byKind({ items }: Coverage): ReadonlyMap<string, readonly CoverageItem[]> {
  return Map.groupBy(items, ({ kind }) => kind);
}
