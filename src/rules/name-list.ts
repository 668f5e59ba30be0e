// Lists in parameters, such as `allowed: ["agent-*"]`: which names they mean, and how messages show them.
import { compileGlob, isGlob } from '../model/glob.ts';
import { joinQuoted } from '../model/text.ts';

/** A list of names and patterns, ready to be asked. */
export interface NameList {
  /** True for a name that is in the list, or that a pattern in it means. */
  readonly includes: (name: string) => boolean;
  /** The list as messages show it, see {@link listedNames}. */
  readonly inWords: string;
}

/** How many entries of a list a message has room for. */
const MOST_SHOWN = 10;

/** Makes a list ready, once, when a policy is loaded. Names without `*` and `?` cost one look-up, however many there are. */
export function nameList(patterns: readonly string[]): NameList {
  return { includes: matcherOf(patterns), inWords: listedNames(patterns) };
}

function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const plain = new Set(patterns.filter((pattern) => !isGlob(pattern)));
  const globs = patterns.filter(isGlob).map(compileGlob);
  if (globs.length === 0) return (name) => plain.has(name);
  return (name) => {
    if (plain.has(name)) return true;
    for (const matches of globs) if (matches(name)) return true;
    return false;
  };
}

/** The entries of a list as messages show them: `"a", "b"`, `none`, or the first ten and how many more. */
export function listedNames(entries: readonly string[]): string {
  if (entries.length === 0) return 'none';
  const shown = joinQuoted(entries.slice(0, MOST_SHOWN));
  return entries.length > MOST_SHOWN ? `${shown} and ${entries.length - MOST_SHOWN} more` : shown;
}
