// The implementations of a class beside each other: told apart by name, tried in order.

import { at, isThere, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import { repeats } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

/**
 * Names that are taken, and refusals that cannot be reached: what follows an implementation without a condition is used
 * only where a policy names it, and policies cannot name a refusal.
 */
export function implementationProblems(implementations: readonly Parts[]): readonly DocumentProblem[] {
  const wholes = implementations.map((parts) => parts.whole);
  const always = implementations.findIndex(({ whole }) => !isThere(at(whole, 'when')));
  const hidden = implementations.flatMap(({ whole }, index) => {
    if (always === -1 || index <= always || !isThere(at(whole, 'reject'))) return [];
    const before = `${quoteValue(implementations[always]?.name)} before it has no "when" and is always taken`;
    return [valueProblem(whole, `can never be reached: ${before} (move it up)`)];
  });
  return [...repeats(wholes, 'name', 'an implementation'), ...hidden];
}
