// Conflicts between a pod and a class: a part of the pod has the name of a part of the class and is not equal to it.
import type { Failure } from '../model/finding.ts';
import type { Difference } from './difference.ts';
import { quoteShort, quoteValue } from './quote.ts';

/** The first two are the codes of k8s-runner; the others are ours, in its style, for what it does not compare. */
export type ConflictCode =
  | 'capability_container_name_conflict'
  | 'capability_volume_name_conflict'
  | 'capability_field_conflict'
  | 'capability_env_conflict'
  | 'capability_mount_conflict';

/** Where something stands in a pod template. */
export interface Place {
  /** `spec.initContainers[0]`. */
  readonly path: string;
  readonly container?: string | undefined;
}

/** The failure that a difference is: code and name as the reason, both values in the detail. */
export function conflict(
  code: ConflictCode,
  name: string,
  className: string,
  place: Place,
  { path, expected, actual }: Difference,
): Failure {
  const field = path === '' ? 'it' : path;
  return conflictInWords(code, name, place, {
    detail: `${field} is ${quoteValue(actual)}, class ${quoteShort(className)} has ${quoteValue(expected)}`,
    field: path,
  });
}

/** The same for what is not a difference of two values. */
export function conflictInWords(
  code: ConflictCode,
  name: string,
  { path, container }: Place,
  { detail, field = '' }: { readonly detail: string; readonly field?: string },
): Failure {
  const at = field === '' || field.startsWith('[') ? `${path}${field}` : `${path}.${field}`;
  return {
    reason: `${code}: ${name}`,
    detail,
    fields: [container === undefined ? { path: at } : { path: at, container }],
  };
}
