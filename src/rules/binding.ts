// A RoleBinding or ClusterRoleBinding, as far as it is about service accounts.

/** What a request binds, and to which service accounts. */
export interface Binding {
  readonly role: { readonly kind: string; readonly name: string };
  /** Those of its subjects that are to be judged. */
  readonly subjects: readonly BoundSubject[];
}

/** A subject that is a service account, or that service accounts belong to. */
export interface BoundSubject {
  /** `subjects[0]`. */
  readonly path: string;
  /** `service account "team-a/agent"`, `group "system:serviceaccounts:team-a"`. */
  readonly inWords: string;
  /** Its name; undefined for a group, which has every service account. */
  readonly serviceAccount: string | undefined;
  /** The namespace of the service accounts; undefined where they are those of all namespaces. */
  readonly namespace: string | undefined;
}
