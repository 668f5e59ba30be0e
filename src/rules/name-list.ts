// Lists in parameters, such as `allowed: ["agent-*"]`: which names they mean, and how messages show them.
import { oneOf } from '../model/one-of.ts';
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

/** Makes a list ready, once, when a policy is loaded. What begins like none of them is seen to be none. */
export function nameList(patterns: readonly string[]): NameList {
  return { includes: oneOf(patterns), inWords: listedNames(patterns) };
}

/** The entries of a list as messages show them: `"a", "b"`, `none`, or the first ten and how many more. */
export function listedNames(entries: readonly string[]): string {
  if (entries.length === 0) return 'none';
  const shown = joinQuoted(entries.slice(0, MOST_SHOWN));
  return entries.length > MOST_SHOWN ? `${shown} and ${entries.length - MOST_SHOWN} more` : shown;
}
