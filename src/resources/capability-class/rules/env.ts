// Environment variables: of two with one name the last would count, which cannot be intended.

import { at, eachAt, fieldsAt, isThere, type Located, valueProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import { repeats } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

/** Variables that are listed twice, or have no single source of their value. */
export function envProblems({ allContainers, grant }: Parts): readonly DocumentProblem[] {
  return [...allContainers, grant].flatMap((owner) => {
    const variables = eachAt(owner, 'env');
    return [...repeats(variables, 'name', 'a variable'), ...variables.flatMap(valueProblems)];
  });
}

function valueProblems(variable: Located): readonly DocumentProblem[] {
  const from = at(variable, 'valueFrom');
  if (!isThere(from)) return [];
  const text = at(variable, 'value');
  if (isThere(text) && text.value !== '') return [valueProblem(variable, 'expected value or valueFrom, found both')];
  const sources = fieldsAt(from).length;
  return sources === 1 ? [] : [valueProblem(from, `expected one source, found ${sources === 0 ? 'none' : sources}`)];
}
