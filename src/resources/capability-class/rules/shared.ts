// What a class shares of the workload's mounts, and the fields that it leaves free: both name containers of its template.
import { stringField } from '../../../model/json.ts';
import { at, eachAt, isThere, nameOf, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import { unknownName } from '../../repeats.ts';
import { FREE_FIELDS, freeField } from '../free.ts';
import type { Parts } from '../parts.ts';

/** Names of containers that the template does not have, and fields that cannot be free. */
export function sharedProblems({ whole, allContainers, grant }: Parts): readonly DocumentProblem[] {
  const names = allContainers.flatMap((container) => nameOf(container) ?? []);
  const problems: DocumentProblem[] = [];
  const sharing = at(whole, 'shareMounts');
  for (const container of eachAt(sharing, 'containers')) {
    if (typeof container.value !== 'string' || names.includes(container.value)) continue;
    problems.push(valueProblem(container, unknownName(container.value, 'container of the template', names)));
  }
  if (isThere(sharing) && !isThere(grant)) {
    problems.push(valueProblem(sharing, 'shares nothing without a grant, which says whose mounts they are'));
  }
  for (const path of eachAt(whole, 'free')) {
    if (typeof path.value !== 'string') continue;
    const found = freeField(path.value);
    if (!found) {
      const message = `${quoteValue(path.value)} is not a field that can be free (expected spec.initContainers[name=NAME].FIELD or spec.containers[name=NAME].FIELD, where FIELD is one of ${FREE_FIELDS.join(', ')})`;
      problems.push(valueProblem(path, message));
      continue;
    }
    const members = eachAt(whole, 'template', 'spec', found.list);
    if (members.some(({ value }) => stringField(value, 'name') === found.container)) continue;
    problems.push(valueProblem(path, unknownName(found.container, `container of the template's ${found.list}`, names)));
  }
  return problems;
}
