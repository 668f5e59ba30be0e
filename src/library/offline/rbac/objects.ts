// Roles and bindings, as far as they can allow the verb `use`.
import type { LabelSelector } from '../../../policy/spec.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** A rule about resources. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty where the rule is about all names. */
  readonly resourceNames: readonly string[];
}

/** A Role, or where the namespace is empty, a ClusterRole. */
export interface Role {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly PolicyRule[];
  /** Of an aggregated ClusterRole: its rules are those of every ClusterRole that one of these selects. */
  readonly selectors: readonly LabelSelector[];
}

export interface BindingSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a service account; where it is empty, that of the binding. */
  readonly namespace: string;
}

/** A RoleBinding, or where the namespace is empty, a ClusterRoleBinding. */
export interface Binding {
  readonly namespace: string;
  /** Empty where the API server generates one. */
  readonly name: string;
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  readonly subjects: readonly BindingSubject[];
}
