// An implementation either gives something or says why it is not available.

import { at, isThere, keyProblem, valueProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Neither template nor grant nor reject is given, or reject beside one of the others. */
export function choiceProblems({ whole }: Parts): readonly DocumentProblem[] {
  const given = ['template', 'grant'].map((key) => at(whole, key)).filter(isThere);
  if (isThere(at(whole, 'reject'))) {
    return given.map((part) => keyProblem(part, 'given together with reject (expected one or the other)'));
  }
  return given.length > 0 ? [] : [valueProblem(whole, 'gives nothing (expected template, grant or reject)')];
}
