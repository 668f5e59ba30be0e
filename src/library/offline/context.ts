// Objects that describe the cluster around the workloads. They are not judged themselves.
import { isBinding } from '../../engine/bound-subjects.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { ISOLATION_EXCEPTION } from '../../resources/isolation-exception/index.ts';
import { qualifiedKind } from '../../workloads/workload.ts';
import type { InputObject } from './objects.ts';

const CONTEXT_KINDS: ReadonlySet<string> = new Set([
  qualifiedKind(ISOLATION_EXCEPTION),
  'Namespace',
  'ServiceAccount',
  'Node',
  'RuntimeClass.node.k8s.io',
  'Role.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'RoleBinding.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
]);

/** True for what a verdict is wanted on, where nothing of the kind describes the cluster alone: role bindings, where a policy judges them. */
export function isJudged(object: InputObject, { judgesRoleBindings }: Pick<PolicySet, 'judgesRoleBindings'>): boolean {
  return !isContext(object) || (judgesRoleBindings && isBinding(object.kind));
}

/** True for IsolationExceptions, Namespaces, Nodes, RuntimeClasses, ServiceAccounts, roles and their bindings. */
export function isContext(object: InputObject): boolean {
  return CONTEXT_KINDS.has(qualifiedKind(object.kind));
}
