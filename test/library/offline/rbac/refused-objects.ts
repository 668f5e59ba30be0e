// Roles and bindings with one thing wrong with each.
const V1 = 'rbac.authorization.k8s.io/v1';
const USE = { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], verbs: ['use'] };
const ROLE_REF = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };

export interface RefusedObject {
  readonly title: string;
  /** Where it is. */
  readonly path: string;
  readonly object: object;
}

function role(rule: object, more: object = {}): object {
  return { apiVersion: V1, kind: 'Role', metadata: { name: 'r' }, rules: [{ ...USE, ...rule }], ...more };
}

function clusterRole(rule: object, more: object = {}): object {
  return { ...role(rule, more), kind: 'ClusterRole' };
}

function binding(subject: object, more: object = {}): object {
  const subjects = [{ kind: 'User', name: 'alice' }, subject];
  return { apiVersion: V1, kind: 'RoleBinding', metadata: { name: 'b' }, subjects, roleRef: ROLE_REF, ...more };
}

function clusterBinding(subject: object, more: object = {}): object {
  const roleRef = { ...ROLE_REF, kind: 'ClusterRole' };
  return { ...binding(subject, { roleRef, ...more }), kind: 'ClusterRoleBinding' };
}

function requirement(expression: object): object {
  return clusterRole({}, { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [expression] }] } });
}

const BOB = { kind: 'User', name: 'bob' };
const ROBOT = { kind: 'ServiceAccount', name: 'robot' };
const SELECTORS = 'aggregationRule.clusterRoleSelectors';

export const REFUSED: readonly RefusedObject[] = [
  {
    title: 'a version that is gone',
    path: 'apiVersion',
    object: role({}, { apiVersion: 'rbac.authorization.k8s.io/v1beta1' }),
  },
  { title: 'a role without a name', path: 'metadata.name', object: role({}, { metadata: {} }) },
  {
    title: 'a namespace that is not a string',
    path: 'metadata.namespace',
    object: binding(BOB, { metadata: { name: 'b', namespace: 7 } }),
  },
  { title: 'a name that is a path', path: 'metadata.name', object: role({}, { metadata: { name: '..' } }) },
  {
    title: 'labels that are not strings',
    path: 'metadata.labels',
    object: role({}, { metadata: { name: 'r', labels: { a: 1 } } }),
  },
  { title: 'rules that are not a list', path: 'rules', object: role({}, { rules: USE }) },
  { title: 'a rule that is not a map', path: 'rules', object: role({}, { rules: ['use'] }) },
  { title: 'a rule without verbs', path: 'rules[0].verbs', object: role({ verbs: [] }) },
  { title: 'a verb that is not in a list', path: 'rules[0].verbs', object: role({ verbs: 'use' }) },
  { title: 'a rule without groups', path: 'rules[0].apiGroups', object: role({ apiGroups: null }) },
  { title: 'a rule without resources', path: 'rules[0].resources', object: role({ resources: [] }) },
  { title: 'a name that is a number', path: 'rules[0].resourceNames', object: role({ resourceNames: [1] }) },
  { title: 'URLs in a Role', path: 'rules[0].nonResourceURLs', object: role({ nonResourceURLs: ['/x'] }) },
  {
    title: 'URLs beside resources',
    path: 'rules[0].nonResourceURLs',
    object: clusterRole({ nonResourceURLs: ['/x'] }),
  },
  { title: 'no selectors', path: SELECTORS, object: clusterRole({}, { aggregationRule: {} }) },
  {
    title: 'a selector with an unknown operator',
    path: `${SELECTORS}[0].matchExpressions[0].operator`,
    object: requirement({ key: 'a', operator: 'Like', values: ['b'] }),
  },
  {
    title: 'a selector with no values',
    path: `${SELECTORS}[0].matchExpressions[0].values`,
    object: requirement({ key: 'a', operator: 'In' }),
  },
  {
    title: 'a selector with values too many',
    path: `${SELECTORS}[0].matchExpressions[0].values`,
    object: requirement({ key: 'a', operator: 'Exists', values: ['b'] }),
  },
  { title: 'a binding without a role', path: 'roleRef.kind', object: binding(BOB, { roleRef: null }) },
  {
    title: 'a role of another group',
    path: 'roleRef.apiGroup',
    object: binding(BOB, { roleRef: { ...ROLE_REF, apiGroup: 'x.io' } }),
  },
  {
    title: 'a role without a name to refer to',
    path: 'roleRef.name',
    object: binding(BOB, { roleRef: { ...ROLE_REF, name: '' } }),
  },
  {
    title: 'a role of no kind',
    path: 'roleRef.kind',
    object: binding(BOB, { roleRef: { ...ROLE_REF, kind: 'Group' } }),
  },
  { title: 'a Role for the whole cluster', path: 'roleRef.kind', object: clusterBinding(BOB, { roleRef: ROLE_REF }) },
  { title: 'a subject without a name', path: 'subjects[1].name', object: binding({ kind: 'User' }) },
  { title: 'a subject of no kind', path: 'subjects[1].kind', object: binding({ name: 'bob' }) },
  { title: 'a subject in lower case', path: 'subjects[1].kind', object: binding({ kind: 'user', name: 'bob' }) },
  { title: 'a user of another group', path: 'subjects[1].apiGroup', object: binding({ ...BOB, apiGroup: 'v1' }) },
  {
    title: 'a service account with a group',
    path: 'subjects[1].apiGroup',
    object: binding({ ...ROBOT, apiGroup: 'rbac.authorization.k8s.io' }),
  },
  { title: 'a service account that cannot be', path: 'subjects[1].name', object: binding({ ...ROBOT, name: 'a:b' }) },
  { title: 'a service account of nowhere', path: 'subjects[1].namespace', object: clusterBinding(ROBOT) },
];
