// What should have been filled in and was not.
import { pathOfPointer, step } from '../kubernetes/field-path.ts';
import { valueAt } from '../kubernetes/path-keys.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { CheckViolations, Violation } from '../model/finding.ts';
import { isJsonObject } from '../model/json.ts';
import { patchBetween } from './diff.ts';

/** The fields in which `after`, the template as it should be, differs from `before`. At least one. */
export function missedFields(
  before: PodTemplate,
  after: PodTemplate,
): Pick<CheckViolations, 'violations' | 'describe'> {
  const violations: Violation[] = [];
  const wanted = new Map<string, unknown>();
  for (const operation of patchBetween({ ...before }, { ...after })) {
    if (operation.op !== 'add' && operation.op !== 'replace') continue;
    for (const [path, value] of leaves(pathOfPointer(operation.path), operation.value)) {
      violations.push({ path, value: valueAt(before, path) });
      wanted.set(path, value);
    }
  }
  return {
    violations,
    describe: (left) => ({
      reason: 'not filled in',
      detail: left.map(({ path }) => `${path}=${JSON.stringify(wanted.get(path))}`).join(', '),
    }),
  };
}

function leaves(path: string, value: unknown): [string, unknown][] {
  if (!isJsonObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, member]) => leaves(path + step(key), member));
}
