// A RoleBinding or ClusterRoleBinding of the input.

import { isObjectName } from '../../../kubernetes/object-name.ts';
import type { JsonObject } from '../../../model/json.ts';
import { Fields, readName } from './fields.ts';
import { type Binding, type BindingSubject, RBAC_GROUP } from './objects.ts';

const SUBJECT_KINDS: readonly BindingSubject['kind'][] = ['User', 'Group', 'ServiceAccount'];

/**
 * @param namespace the RoleBinding's; empty for a ClusterRoleBinding
 * @throws RefusedField where the API server would refuse it
 */
export function readBinding(object: JsonObject, namespace: string): Binding {
  const fields = new Fields(object);
  const ref = fields.inside('roleRef');
  // The API server fills in the group where there is none.
  if (!['', RBAC_GROUP].includes(ref.text('apiGroup'))) ref.refuse('apiGroup', RBAC_GROUP);
  const kinds: readonly Binding['role']['kind'][] = namespace === '' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  const kind = kinds.find((known) => known === ref.text('kind'));
  if (!kind) return ref.refuse('kind', kinds.join(' or '));
  const name = ref.text('name');
  if (name === '') ref.refuse('name', 'the name of a role');
  return {
    namespace,
    name: readName(fields.inside('metadata')),
    role: { kind, name },
    subjects: fields.each('subjects').map((subject) => readSubject(subject, namespace !== '')),
  };
}

function readSubject(subject: Fields, namespaced: boolean): BindingSubject {
  const kind = SUBJECT_KINDS.find((known) => known === subject.text('kind'));
  if (!kind) return subject.refuse('kind', SUBJECT_KINDS.join(', '));
  const name = subject.text('name');
  const namespace = subject.text('namespace');
  const group = subject.text('apiGroup');
  if (name === '') subject.refuse('name', 'a name');
  if (kind === 'ServiceAccount') {
    if (!isObjectName(name)) subject.refuse('name', 'a valid name of a service account');
    if (group !== '') subject.refuse('apiGroup', 'none for a service account');
    if (!namespaced && namespace === '') subject.refuse('namespace', 'the namespace of the service account');
  } else if (group !== '' && group !== RBAC_GROUP) {
    subject.refuse('apiGroup', RBAC_GROUP);
  }
  return { kind, name, namespace };
}
