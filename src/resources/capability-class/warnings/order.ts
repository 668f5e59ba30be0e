// Conditions that are never evaluated: an implementation without one stands before them.

import { at, isThere, keyProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** An implementation further down without a condition is one that policies can name: it is not warned about. */
export function orderWarnings(implementations: readonly Parts[]): readonly DocumentProblem[] {
  const always = implementations.findIndex(({ whole }) => !isThere(at(whole, 'when')));
  if (always === -1) return [];
  return implementations.slice(always + 1).flatMap(({ whole }) => {
    const when = at(whole, 'when');
    // A refusal that cannot be reached is an error, which a rule reports.
    if (!isThere(when) || isThere(at(whole, 'reject'))) return [];
    const before = `${quoteValue(implementations[always]?.name)} before it has none and is always taken`;
    return [keyProblem(when, `is never asked: ${before} (move it up, or leave the condition out)`)];
  });
}
