// The API server's RBAC authorizer, for the one question whether a user may `use` a capability class. What decides is in
// its source: plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go.
import { CLASS_USE } from '../../../model/class-use.ts';
import type { UserInfo } from '../../../model/subject.ts';
import { rulesOf } from './aggregate.ts';
import { BUILT_IN_ROLES, MASTERS_GROUP } from './built-in.ts';
import type { Binding, BindingSubject, PolicyRule, Role } from './objects.ts';

/** True where the user may use the class in the namespace. */
export type Authorizer = (user: UserInfo, className: string, namespace: string) => boolean;

/** What these roles and bindings, and those that every cluster has, allow. Where two have one name, the later counts. */
export function createAuthorizer(roles: readonly Role[], bindings: readonly Binding[]): Authorizer {
  const known = new Map([...BUILT_IN_ROLES, ...roles].map((role) => [keyOf(role.namespace, role.name), role]));
  const clusterRoles = [...known.values()].filter((role) => role.namespace === '');
  const relevant = new Map<string, readonly PolicyRule[]>();
  for (const [key, role] of known) {
    const rules = rulesOf(role, clusterRoles).filter(isAboutUse);
    if (rules.length > 0) relevant.set(key, rules);
  }
  const bound = boundRules(bindings, relevant);

  return ({ username, groups }, className, namespace) => {
    if (groups.includes(MASTERS_GROUP)) return true;
    return bound.some(
      ({ binding, rules }) =>
        (binding.namespace === '' || binding.namespace === namespace) &&
        rules.some((rule) => rule.resourceNames.length === 0 || rule.resourceNames.includes(className)) &&
        binding.subjects.some((subject) => isMeant(subject, binding, username, groups)),
    );
  };
}

interface BoundRules {
  readonly binding: Binding;
  readonly rules: readonly PolicyRule[];
}

/** The bindings that give something we ask about. A RoleBinding gives a ClusterRole's rules in its own namespace only. */
function boundRules(bindings: readonly Binding[], relevant: ReadonlyMap<string, readonly PolicyRule[]>): BoundRules[] {
  const latest = new Map(
    bindings.map((binding, index) => [keyOf(binding.namespace, binding.name || `\n${index}`), binding]),
  );
  return [...latest.values()].flatMap((binding) => {
    const { kind, name } = binding.role;
    const rules = relevant.get(keyOf(kind === 'Role' ? binding.namespace : '', name));
    return rules ? [{ binding, rules }] : [];
  });
}

/** A resource is named exactly or by `*`: `capabilityclasses/*` is about subresources, of which there are none. */
function isAboutUse({ verbs, apiGroups, resources }: PolicyRule): boolean {
  return has(verbs, CLASS_USE.verb) && has(apiGroups, CLASS_USE.group) && has(resources, CLASS_USE.resource);
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function isMeant(subject: BindingSubject, binding: Binding, username: string, groups: readonly string[]): boolean {
  if (subject.kind === 'Group') return groups.includes(subject.name);
  if (subject.kind === 'User') return username === subject.name;
  const namespace = subject.namespace || binding.namespace;
  return username === `system:serviceaccount:${namespace}:${subject.name}`;
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
