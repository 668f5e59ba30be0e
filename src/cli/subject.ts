// Turns an object of a file into the request that would create it.
import { ownField, stringField } from '../model/json.ts';
import { displayName, type Subject, type UserInfo } from '../model/subject.ts';
import type { ObjectRef } from '../report/shapes/result.ts';
import { findWorkload } from '../workloads/index.ts';
import type { InputObject } from './objects.ts';

/** The request that creates an object, in `namespace` where the object does not name one. */
export function subjectOf(object: InputObject, namespace: string, user: UserInfo): Subject {
  const metadata = ownField(object.value, 'metadata');
  const workload = findWorkload(object.kind.group, object.kind.kind);
  return {
    kind: object.kind,
    resource: workload?.resource ?? `${object.kind.kind.toLowerCase()}s`,
    subresource: '',
    operation: 'CREATE',
    name: stringField(metadata, 'name'),
    generateName: stringField(metadata, 'generateName'),
    // Every workload is namespaced. Other kinds may be or not, and are skipped anyway.
    namespace: stringField(metadata, 'namespace') || (workload ? namespace : ''),
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
