// The subjects of a binding that are service accounts, or that service accounts belong to. As the RBAC authorizer reads them:
// appliesToUser in plugin/pkg/auth/authorizer/rbac/rbac.go of kubernetes, which compares whole names and knows three kinds.
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import type { GroupVersionKind } from '../model/subject.ts';
import { quoteVisible } from '../model/text.ts';
import type { Binding, BoundSubject } from '../rules/binding.ts';

const GROUP = 'rbac.authorization.k8s.io';
const BINDINGS: ReadonlySet<string> = new Set(['RoleBinding', 'ClusterRoleBinding']);
/** Every service account is a member; of the last one whoever shows no token, which nothing keeps a pod from. */
const HAVE_ALL: ReadonlySet<string> = new Set([
  'system:serviceaccounts',
  'system:authenticated',
  'system:unauthenticated',
]);
const OF_NAMESPACE = 'system:serviceaccounts:';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
/** Who shows no token. */
const ANONYMOUS = 'system:anonymous';

/** True for both kinds of bindings, in any version. */
export function isBinding({ group, kind }: Pick<GroupVersionKind, 'group' | 'kind'>): boolean {
  return group === GROUP && BINDINGS.has(kind);
}

/** The role that a binding binds. */
export function roleOf(binding: unknown): Binding['role'] {
  const ref = ownField(binding, 'roleRef');
  return { kind: stringField(ref, 'kind') ?? '', name: stringField(ref, 'name') ?? '' };
}

/**
 * Those of its subjects that service accounts are among. Total for any JSON.
 * @param namespace of the binding; empty for a ClusterRoleBinding
 */
export function subjectsOf(binding: JsonObject | undefined, namespace: string): readonly BoundSubject[] {
  const subjects = ownField(binding, 'subjects');
  return (Array.isArray(subjects) ? subjects : []).flatMap((subject, index) => {
    const path = `subjects[${index}]`;
    const name = stringField(subject, 'name') ?? '';
    const found = subjectOf(stringField(subject, 'kind'), name, stringField(subject, 'namespace') || namespace);
    return found ? [{ path, ...found }] : [];
  });
}

function subjectOf(kind: string | undefined, name: string, namespace: string): Omit<BoundSubject, 'path'> | undefined {
  if (kind === 'ServiceAccount') return serviceAccount(namespace, name);
  if (kind === 'User') {
    const [, inNamespace, account] = SERVICE_ACCOUNT.exec(name) ?? [];
    if (inNamespace !== undefined && account !== undefined) return serviceAccount(inNamespace, account);
    if (name !== ANONYMOUS) return undefined;
    return { inWords: `user ${quoteVisible(name)}`, serviceAccount: undefined, namespace: undefined };
  }
  if (kind !== 'Group') return undefined;
  const inWords = `group ${quoteVisible(name)}`;
  if (HAVE_ALL.has(name)) return { inWords, serviceAccount: undefined, namespace: undefined };
  if (!name.startsWith(OF_NAMESPACE)) return undefined;
  return { inWords, serviceAccount: undefined, namespace: name.slice(OF_NAMESPACE.length) };
}

/** Undefined where it is in no namespace, as the API server lets no ClusterRoleBinding have it. */
function serviceAccount(namespace: string, name: string): Omit<BoundSubject, 'path'> | undefined {
  if (namespace === '') return undefined;
  return { inWords: `service account ${quoteVisible(`${namespace}/${name}`)}`, serviceAccount: name, namespace };
}
