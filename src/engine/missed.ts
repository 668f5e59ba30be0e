// What should have been filled in and was not.

import { CONTAINER_LISTS } from '../kubernetes/containers.ts';
import { pathOfTokens, tokensOf } from '../kubernetes/field-path.ts';
import { valueAtKeys } from '../kubernetes/path-keys.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { CheckViolations, Violation } from '../model/finding.ts';
import { isJsonObject, stringField } from '../model/json.ts';
import { patchBetween } from './diff.ts';

/** The fields in which `after`, the template as it should be, differs from `before`. At least one. */
export function missedFields(
  before: PodTemplate,
  after: PodTemplate,
): Pick<CheckViolations, 'violations' | 'describe'> {
  const violations: Violation[] = [];
  const wanted = new Map<string, unknown>();
  const removed = new Set<string>();
  for (const operation of patchBetween({ ...before }, { ...after })) {
    if (operation.op === 'remove') {
      const keys = tokensOf(operation.path);
      const path = pathOfTokens(keys);
      violations.push({ path, ...containerOf(keys, before), value: valueAtKeys(before, keys) });
      removed.add(path);
    }
    if (operation.op !== 'add' && operation.op !== 'replace') continue;
    for (const [keys, value] of leaves(tokensOf(operation.path), operation.value)) {
      const path = pathOfTokens(keys);
      violations.push({ path, ...containerOf(keys, before), value: valueAtKeys(before, keys) });
      wanted.set(path, value);
    }
  }
  return {
    // What was not taken out stands beside a field that says why it should be, such as automountServiceAccountToken.
    violations: wanted.size > 0 ? violations.filter(({ path }) => wanted.has(path)) : violations,
    describe: (left) => ({
      reason: 'not filled in',
      detail: left
        .map(({ path }) => (removed.has(path) ? `${path} not removed` : `${path}=${JSON.stringify(wanted.get(path))}`))
        .join(', '),
    }),
  };
}

/** The container that a field belongs to; empty for fields of the pod. */
function containerOf([spec, list, index]: readonly string[], template: PodTemplate): { container?: string } {
  const name = CONTAINER_LISTS.find((one) => spec === 'spec' && one === list);
  const container = name && stringField(template.spec?.[name]?.[Number(index)], 'name');
  return container === undefined ? {} : { container };
}

/** The keys that lead to each value that is not an object, and that value. */
function leaves(keys: readonly string[], value: unknown): readonly (readonly [readonly string[], unknown])[] {
  if (!isJsonObject(value)) return [[keys, value]];
  return Object.entries(value).flatMap(([key, member]) => leaves([...keys, key], member));
}
