// Roles and bindings as chance makes them.
import fc from 'fast-check';
import { userInfo } from '../../../src/cli/user.ts';
import { serviceAccountUser } from '../../../src/kubernetes/service-account.ts';
import { bindingOf, type Question, roleOf } from './compare.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

export interface World {
  readonly objects: readonly object[];
  readonly questions: readonly Question[];
}

/** Roles and bindings of a few names between a few subjects, as they come. */
export function worlds(namespaces: readonly string[]): fc.Arbitrary<World> {
  const names = ['a', 'b', 'c', 'd'];
  const rule = fc.record(
    {
      verbs: some('use', 'get', '*', 'bind'),
      apiGroups: some('sandgate.dev', '', '*', 'apps'),
      resources: some('capabilityclasses', '*', 'pods', 'capabilityclasses/status'),
      resourceNames: fc.subarray(['docker', 'nsjail', 'x']),
    },
    { requiredKeys: ['verbs', 'apiGroups', 'resources'] },
  );
  const rules = fc.array(rule, { maxLength: 3 });
  const namespace = oneOf(...namespaces);
  const roles = fc.uniqueArray(
    fc.oneof(
      fc.record({ name: oneOf(...names), namespace, rules }),
      fc.record({ name: oneOf(...names), namespace: fc.constant(''), rules }),
    ),
    { selector: ({ name, namespace: of }) => `${of}/${name}`, minLength: 6, maxLength: 12 },
  );
  const accounts = [...namespaces, 'gone'].flatMap((of) => ['default', 'robot'].map((name) => ({ of, name })));
  const subject = fc.oneof(
    oneOf('alice', 'bob', 'carol', 'system:serviceaccount:gone:robot').map((name) => ({
      kind: 'User',
      apiGroup: API_GROUP,
      name,
    })),
    oneOf('dev', 'ops', 'system:serviceaccounts:gone', 'system:serviceaccounts', 'system:authenticated').map(
      (name) => ({
        kind: 'Group',
        apiGroup: API_GROUP,
        name,
      }),
    ),
    oneOf(...accounts).map(({ of, name }) => ({ kind: 'ServiceAccount', name, namespace: of })),
  );
  const subjects = fc.array(subject, { maxLength: 2 });
  const bindings = fc.array(
    fc.oneof(
      fc.record({
        kind: oneOf<'Role' | 'ClusterRole'>('Role', 'ClusterRole'),
        role: oneOf(...names),
        namespace,
        subjects,
      }),
      fc.record({
        kind: fc.constant<'Role' | 'ClusterRole'>('ClusterRole'),
        role: oneOf(...names),
        namespace: fc.constant(''),
        subjects,
      }),
    ),
    { minLength: 3, maxLength: 8 },
  );
  const users = [
    userInfo('alice', ['dev']),
    userInfo('bob', ['dev', 'ops']),
    userInfo('carol', []),
    { username: 'carol', groups: [] },
    ...accounts.map(({ of, name }) => serviceAccountUser(of, name)),
  ];
  const questions = users.flatMap((user) =>
    ['docker', 'nsjail'].flatMap((className) => namespaces.map((of) => ({ user, className, namespace: of }))),
  );
  return fc.record({ roles, bindings }).map((world) => ({
    objects: [
      ...world.roles.map((role) => roleOf(metadataOf(role.name, role.namespace), role.rules)),
      ...world.bindings.map((binding, index) =>
        bindingOf(binding.kind, binding.role, metadataOf(`binding-${index}`, binding.namespace), binding.subjects),
      ),
    ],
    questions,
  }));
}

function oneOf<T>(...values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

function some(...values: readonly string[]): fc.Arbitrary<string[]> {
  return fc.subarray([...values], { minLength: 1, maxLength: 2 });
}

function metadataOf(name: string, namespace: string): object {
  return namespace === '' ? { name } : { name, namespace };
}
