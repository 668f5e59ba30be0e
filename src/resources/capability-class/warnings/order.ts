// Conditions that are never asked: the first implementation that has none is taken before them.

import { at, isThere, keyProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Without a condition an implementation further down is for policies to name, which is how a class offers a choice. */
export function orderWarnings(implementations: readonly Parts[]): readonly DocumentProblem[] {
  const always = implementations.findIndex(({ whole }) => !isThere(at(whole, 'when')));
  if (always === -1) return [];
  return implementations.slice(always + 1).flatMap(({ whole }) => {
    const when = at(whole, 'when');
    // Of a refusal that cannot be reached there is more to say.
    if (!isThere(when) || isThere(at(whole, 'reject'))) return [];
    const before = `${quoteValue(implementations[always]?.name)} before it has none and is always taken`;
    return [keyProblem(when, `is never asked: ${before} (move it up, or leave the condition out)`)];
  });
}
