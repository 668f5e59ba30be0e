// Environment variables: of two with one name the last would count, which nobody means.

import { at, eachAt, fault, fieldsAt, isThere, type Located } from '../../located.ts';
import type { Fault } from '../../problems.ts';
import { repeats } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

export function envFaults({ allContainers, grant }: Parts): readonly Fault[] {
  return [...allContainers, grant].flatMap((owner) => {
    const variables = eachAt(owner, 'env');
    return [...repeats(variables, 'name', 'a variable'), ...variables.flatMap(valueFaults)];
  });
}

function valueFaults(variable: Located): readonly Fault[] {
  const from = at(variable, 'valueFrom');
  if (!isThere(from)) return [];
  const text = at(variable, 'value');
  if (isThere(text) && text.value !== '') return [fault(variable, 'expected value or valueFrom, found both')];
  const sources = fieldsAt(from).length;
  return sources === 1 ? [] : [fault(from, `expected one source, found ${sources === 0 ? 'none' : sources}`)];
}
