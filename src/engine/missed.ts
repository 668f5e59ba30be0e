// Puts into words what should have been filled in and was not.
import { pathOfPointer, step } from '../kubernetes/field-path.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Failure, FieldRef } from '../model/finding.ts';
import { isJsonObject } from '../model/json.ts';
import { patchBetween } from './diff.ts';

/** The fields in which `after`, the template as it should be, differs from `before`. At least one. */
export function missedFields(before: PodTemplate, after: PodTemplate): Failure {
  const fields: FieldRef[] = [];
  const words: string[] = [];
  for (const operation of patchBetween({ ...before }, { ...after })) {
    if (operation.op !== 'add' && operation.op !== 'replace') continue;
    for (const [path, value] of leaves(pathOfPointer(operation.path), operation.value)) {
      fields.push({ path });
      words.push(`${path}=${JSON.stringify(value)}`);
    }
  }
  return { reason: 'not filled in', detail: words.join(', '), fields };
}

function leaves(path: string, value: unknown): [string, unknown][] {
  if (!isJsonObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, member]) => leaves(path + step(key), member));
}
