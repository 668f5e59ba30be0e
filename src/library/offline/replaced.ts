// Which of the objects that there were before an object replaces.
import type { UserInfo } from '../../model/subject.ts';
import type { WorkloadTable } from '../../workloads/table.ts';
import type { InputObject } from './objects.ts';
import { subjectOf } from './subject.ts';

/** Who asks, and where. */
export interface Asking {
  readonly namespace: string;
  readonly user: UserInfo;
  /** The kinds that hold pod templates. */
  readonly workloads: WorkloadTable;
}

/** The object of the same kind and name in the same namespace; undefined where there is none. */
export function replacedBy(
  object: InputObject,
  old: readonly InputObject[],
  { namespace, user, workloads }: Asking,
): InputObject | undefined {
  const wanted = subjectOf(object, namespace, user, workloads);
  return old.find((one) => {
    const found = subjectOf(one, namespace, user, workloads);
    const { group, kind } = found.kind;
    const isKind = group === wanted.kind.group && kind === wanted.kind.kind;
    return isKind && found.name === wanted.name && found.namespace === wanted.namespace;
  });
}
