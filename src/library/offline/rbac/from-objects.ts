// The roles and bindings among the objects of the input.
import { pathOfTokens } from '../../../kubernetes/field-path.ts';
import { formatProblem } from '../../../manifests/source.ts';
import { ownField, stringField } from '../../../model/json.ts';
import type { InputObject } from '../objects.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { Fields, RefusedField } from './fields.ts';
import { type Binding, RBAC_GROUP, type Role } from './objects.ts';
import { readBinding } from './read-binding.ts';
import { readRole } from './read-role.ts';

const KINDS: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/** True for roles and bindings. */
export function isRbac({ kind }: InputObject): boolean {
  return kind.group === RBAC_GROUP && KINDS.has(kind.kind);
}

/**
 * What the roles and bindings among these objects allow. Those that the API server would refuse grant nothing.
 * @param namespace of Roles and RoleBindings that name none
 * @param onRefused told of those, each on one line with its place
 */
export function authorizerFrom(
  objects: readonly InputObject[],
  namespace: string,
  onRefused: (line: string) => void,
): Authorizer {
  const roles: Role[] = [];
  const bindings: Binding[] = [];
  for (const object of objects.filter(isRbac)) {
    try {
      addTo(roles, bindings, object, namespace);
    } catch (error) {
      if (!(error instanceof RefusedField)) throw error;
      onRefused(refusal(object, error));
    }
  }
  return createAuthorizer(roles, bindings);
}

function addTo(roles: Role[], bindings: Binding[], object: InputObject, otherwise: string): void {
  const { kind, version } = object.kind;
  if (version !== 'v1') throw new RefusedField(['apiVersion'], `${RBAC_GROUP}/v1, the only version that exists`);
  const namespaced = kind === 'Role' || kind === 'RoleBinding';
  const own = new Fields(object.value).inside('metadata').text('namespace');
  const namespace = namespaced ? own || otherwise : '';
  if (kind === 'Role' || kind === 'ClusterRole') roles.push(readRole(object.value, namespace));
  else bindings.push(readBinding(object.value, namespace));
}

function refusal(object: InputObject, { keys, message }: RefusedField): string {
  const name = stringField(ownField(object.value, 'metadata'), 'name') ?? '';
  const path = pathOfTokens(keys.map(String));
  const problem = `${object.kind.kind} ${JSON.stringify(name)} grants nothing, because the API server would refuse it: ${path}: ${message}`;
  return formatProblem({ ...object.locate(keys), message: problem });
}
