// Turns an object of a file into the request that would create it.
import { isBinding } from '../../engine/bound-subjects.ts';
import { ownField, stringField } from '../../model/json.ts';
import { displayName, type Subject, type UserInfo } from '../../model/subject.ts';
import type { ObjectRef } from '../../report/shapes/result.ts';
import type { WorkloadTable } from '../../workloads/table.ts';
import type { InputObject } from './objects.ts';

/** The request that creates an object, in `namespace` where the object does not name one. */
export function subjectOf(object: InputObject, namespace: string, user: UserInfo, workloads: WorkloadTable): Subject {
  const metadata = ownField(object.value, 'metadata');
  const workload = workloads.find(object.kind.group, object.kind.kind);
  const isNamespaced =
    (workload !== undefined && workload.scope !== 'Cluster') ||
    (isBinding(object.kind) && object.kind.kind === 'RoleBinding');
  return {
    kind: object.kind,
    resource: workload?.resource ?? `${object.kind.kind.toLowerCase()}s`,
    subresource: '',
    operation: 'CREATE',
    name: stringField(metadata, 'name'),
    generateName: stringField(metadata, 'generateName'),
    // Kinds that are not known may be namespaced or not, and are skipped anyway.
    namespace: stringField(metadata, 'namespace') || (isNamespaced ? namespace : ''),
    user,
    dryRun: false,
    object: object.value,
  };
}

/** How results name the object. */
export function objectRef(object: InputObject, subject: Subject): ObjectRef {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind.kind,
    namespace: subject.namespace,
    name: displayName(subject),
  };
}
