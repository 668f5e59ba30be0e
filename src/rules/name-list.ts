// Lists of names in parameters, such as `allowed: ["agent-*"]`: which names they mean, and how messages show them.
import { compileGlob, isGlob } from '../model/glob.ts';
import { joinQuoted } from '../model/text.ts';

/** A list of names and patterns, ready for work. */
export interface NameList {
  includes(name: string): boolean;
  /** The list as a message shows it: `"agent-*", "batch"`; `nothing` where it is empty. */
  readonly inWords: string;
}

/** A message that lists a thousand names says no more than one that lists the first few. */
const MOST_SHOWN = 10;

/** Makes a list of names ready. Names without `*` and `?` cost one look-up, however many there are. */
export function nameList(patterns: readonly string[]): NameList {
  const plain = new Set(patterns.filter((pattern) => !isGlob(pattern)));
  const globs = patterns.filter(isGlob).map(compileGlob);
  return {
    includes: (name) => plain.has(name) || globs.some((matches) => matches(name)),
    inWords: listedNames(patterns),
  };
}

/** Names or patterns in words, the first few of many. */
export function listedNames(patterns: readonly string[]): string {
  if (patterns.length === 0) return 'nothing';
  const shown = joinQuoted(patterns.slice(0, MOST_SHOWN));
  return patterns.length > MOST_SHOWN ? `${shown} and ${patterns.length - MOST_SHOWN} more` : shown;
}
