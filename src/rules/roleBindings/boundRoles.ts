/*
What runs in a sandbox has the rights of its service account. Who may write bindings in a namespace, or of the cluster, can give it more.
A binding says which role, and not what the role allows: roles are told apart by their names.

**Restricted Fields:** `subjects[*]` of
RoleBinding and ClusterRoleBinding

**Allowed Values:** service accounts of the namespaces, where `roleRef` is a role that `allowedRoles` names and `forbiddenRoles` does not
*/
import { valueAt } from '../../kubernetes/path-keys.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { compileGlob } from '../../model/glob.ts';
import { joinQuoted, quoteVisible } from '../../model/text.ts';
import type { Binding, BoundSubject } from '../binding.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import type { RoleBindingsParameters } from './parameters.ts';

const AGENT: BoundSubject = {
  path: 'subjects[0]',
  inWords: 'service account "agents/agent"',
  serviceAccount: 'agent',
  namespace: 'agents',
};
const GROUP: BoundSubject = {
  path: 'subjects[0]',
  inWords: 'group "system:serviceaccounts:agents"',
  serviceAccount: undefined,
  namespace: 'agents',
};

function binding(kind: string, name: string, ...subjects: readonly BoundSubject[]): Partial<CheckRequest> {
  return {
    binding: { role: { kind, name }, subjects },
    object: { subjects: subjects.map(({ serviceAccount = '' }) => ({ name: serviceAccount })) },
  };
}

/** A check that service accounts are bound to no other roles than those that they may have. */
export const boundRoles: RuleCheck<RoleBindingsParameters> = {
  id: 'boundRoles',
  title: 'Service accounts of the namespaces are bound to roles that they may have, and to no others.',
  fix: 'bind a role that is allowed, or ask an administrator to name the role under roleBindings.allowedRoles',
  platform: 'any',
  binds: true,
  compile({ allowedRoles, forbiddenRoles = [], serviceAccounts }) {
    const isAllowed = allowedRoles && matcherOf(allowedRoles);
    const isForbidden = matcherOf(forbiddenRoles);
    const isMeant = serviceAccounts && matcherOf(serviceAccounts);
    const allowed = allowedRoles?.length === 0 ? 'none' : joinQuoted(allowedRoles ?? []);
    return (_, { binding: bound, object }) => {
      if (bound === undefined) return undefined;
      const role = `${bound.role.kind}/${bound.role.name}`;
      const why = isForbidden(role)
        ? `forbidden: ${joinQuoted(forbiddenRoles)}`
        : isAllowed && !isAllowed(role)
          ? `allowed: ${allowed}`
          : undefined;
      if (why === undefined) return undefined;
      const found = bound.subjects
        .filter(({ serviceAccount }) => serviceAccount === undefined || (isMeant?.(serviceAccount) ?? true))
        .map((subject) => violation(subject, bound, why, valueAt(object, subject.path)));
      return found.length > 0 ? found : undefined;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a role that is allowed',
        parameters: { allowedRoles: ['Role/agent-*'] },
        pod: {},
        request: binding('Role', 'agent-tools', AGENT),
      },
      {
        name: 'a role that is not forbidden',
        parameters: { forbiddenRoles: ['ClusterRole/cluster-admin'] },
        pod: {},
        request: binding('ClusterRole', 'view', AGENT),
      },
      {
        name: 'another service account',
        parameters: { allowedRoles: [], serviceAccounts: ['sandbox-*'] },
        pod: {},
        request: binding('ClusterRole', 'edit', AGENT),
      },
      { name: 'another kind of request', parameters: { allowedRoles: [] }, pod: {} },
    ],
    fail: [
      {
        name: 'a role that is forbidden',
        parameters: { forbiddenRoles: ['ClusterRole/cluster-admin'], allowedRoles: ['*/*'] },
        pod: {},
        request: binding('ClusterRole', 'cluster-admin', AGENT),
        says: 'role bound to service accounts (service account "agents/agent" may not be bound to ClusterRole "cluster-admin" (forbidden: "ClusterRole/cluster-admin"))',
        paths: ['subjects[0]'],
        values: [{ name: 'agent' }],
      },
      {
        name: 'a Role of the name of a ClusterRole that is allowed',
        parameters: { allowedRoles: ['ClusterRole/view'] },
        pod: {},
        request: binding('Role', 'view', AGENT),
        says: 'role bound to service accounts (service account "agents/agent" may not be bound to Role "view" (allowed: "ClusterRole/view"))',
        paths: ['subjects[0]'],
        values: [{ name: 'agent' }],
      },
      {
        name: 'any role, where none is allowed, to a group that has all service accounts of the namespace',
        parameters: { allowedRoles: [], serviceAccounts: ['sandbox-*'] },
        pod: {},
        request: binding('ClusterRole', 'view', GROUP),
        says: 'role bound to service accounts (group "system:serviceaccounts:agents" may not be bound to ClusterRole "view" (allowed: none))',
        paths: ['subjects[0]'],
        values: [{ name: '' }],
      },
      {
        name: 'a service account that is meant',
        parameters: { allowedRoles: [], serviceAccounts: ['a*'] },
        pod: {},
        request: binding('Role', 'tools', AGENT),
        says: 'role bound to service accounts (service account "agents/agent" may not be bound to Role "tools" (allowed: none))',
        paths: ['subjects[0]'],
        values: [{ name: 'agent' }],
      },
    ],
  },
};

function matcherOf(patterns: readonly string[]): (text: string) => boolean {
  // A name of a role can have slashes.
  const matchers = patterns.map((pattern) => compileGlob(pattern.replaceAll(/\*+/g, '**')));
  return (text) => matchers.some((matches) => matches(text));
}

function violation({ path, inWords }: BoundSubject, { role }: Binding, why: string, value: unknown): Violation {
  return {
    path,
    inObject: true,
    value,
    allowed: `${inWords} may not be bound to ${role.kind} ${quoteVisible(role.name)} (${why})`,
  };
}

function describe(violations: readonly Violation[]): Sentence {
  const detail = [...new Set(violations.map(({ allowed = '' }) => allowed))].join('; ');
  return { reason: 'role bound to service accounts', detail };
}
