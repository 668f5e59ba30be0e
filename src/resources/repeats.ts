// Names and paths that stand twice where each may stand once.
import { didYouMean } from './did-you-mean.ts';
import { at, type Located, valueProblem } from './located.ts';
import { quoteValue } from './problem-words.ts';
import type { DocumentProblem } from './problems.ts';
import { withArticle } from './words.ts';

/**
 * A problem for every member whose `key` another one before it has.
 * @param what for the message: `a container`
 */
export function repeats(members: readonly Located[], key: string, what: string): readonly DocumentProblem[] {
  const seen = new Set<string>();
  return members.flatMap((member) => {
    const field = at(member, key);
    if (typeof field.value !== 'string') return [];
    if (!seen.has(field.value)) {
      seen.add(field.value);
      return [];
    }
    return [valueProblem(field, `${quoteValue(field.value)} is taken by ${what} before it`)];
  });
}

/** `"sock" is not a volume of the template (did you mean "socket"?)`. */
export function unknownName(name: string, what: string, known: readonly string[]): string {
  const expected = known.length === 0 ? ' (there is none)' : ` (expected ${known.join(', ')})`;
  return `${quoteValue(name)} is not ${withArticle(what)}${didYouMean(name, known) || expected}`;
}
