// What Roles and bindings allow, by the rules of the API server's authorizer. test/cluster/rbac holds the same code against
// the real one.
import { describe, expect, test } from 'vitest';
import { userInfo } from '../../../../src/cli/user.ts';
import { parseFiles } from '../../../../src/library/offline/objects.ts';
import { authorizerFrom } from '../../../../src/library/offline/rbac/from-objects.ts';
import type { UserInfo } from '../../../../src/model/subject.ts';

const V1 = 'rbac.authorization.k8s.io/v1';
const ALICE = userInfo('alice', ['dev']);
const USE = { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], verbs: ['use'] };
const ROLE_REF = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };
const CLUSTER_ROLE_REF = { ...ROLE_REF, kind: 'ClusterRole' };
const TO_ALICE = [{ kind: 'User', name: 'alice' }];

function role(rules: unknown, metadata: object = {}): object {
  return { apiVersion: V1, kind: 'Role', metadata: { name: 'r', namespace: 'agents', ...metadata }, rules };
}

function clusterRole(name: string, rules: unknown, more: object = {}): object {
  return { apiVersion: V1, kind: 'ClusterRole', metadata: { name }, rules, ...more };
}

function binding(subjects: unknown = TO_ALICE, roleRef: unknown = ROLE_REF, metadata: object = {}): object {
  const kind = 'RoleBinding';
  return { apiVersion: V1, kind, metadata: { name: 'b', namespace: 'agents', ...metadata }, subjects, roleRef };
}

function clusterBinding(subjects: unknown, name = 'r'): object {
  const roleRef = { ...CLUSTER_ROLE_REF, name };
  return { apiVersion: V1, kind: 'ClusterRoleBinding', metadata: { name: 'b' }, subjects, roleRef };
}

function read(objects: readonly object[], onRefused: (line: string) => void = () => {}) {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { files, problems } = parseFiles([{ file: 'rbac.json', text }]);
  expect(problems).toEqual([]);
  const all = files.flatMap((file) => file.documents.flatMap((document) => document.objects));
  return authorizerFrom(all, 'agents', onRefused);
}

function allows(objects: readonly object[], user: UserInfo = ALICE, className = 'docker', namespace = 'agents') {
  return read(objects)(user, className, namespace);
}

describe('a rule', () => {
  test.each([
    ['as kubectl would write it', [USE], true],
    ['with other verbs beside', [{ ...USE, verbs: ['get', 'use'] }], true],
    ['with every verb', [{ ...USE, verbs: ['*'] }], true],
    ['with another verb', [{ ...USE, verbs: ['get', 'Use', 'use '] }], false],
    ['with every group', [{ ...USE, apiGroups: ['*'] }], true],
    ['with another group', [{ ...USE, apiGroups: ['', 'sandgate'] }], false],
    ['with every resource', [{ ...USE, resources: ['*'] }], true],
    [
      'about subresources',
      [{ ...USE, resources: ['capabilityclasses/*', '*/status', 'capabilityclasses/status'] }],
      false,
    ],
    ['in the singular', [{ ...USE, resources: ['capabilityclass'] }], false],
    [
      'with the group in the resource, where it does not belong',
      [{ ...USE, resources: ['capabilityclasses.sandgate.dev'] }],
      false,
    ],
    ['with the name', [{ ...USE, resourceNames: ['nsjail', 'docker'] }], true],
    ['with another name', [{ ...USE, resourceNames: ['nsjail'] }], false],
    ['with a star for a name, which is a name', [{ ...USE, resourceNames: ['*'] }], false],
    ['with no names in the list', [{ ...USE, resourceNames: [] }], true],
    ['with null for names', [{ ...USE, resourceNames: null }], true],
    [
      'whose parts are spread over two',
      [
        { ...USE, verbs: ['get'] },
        { ...USE, resources: ['pods'] },
      ],
      false,
    ],
    ['after others', [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }, USE], true],
    ['that there is none of', [], false],
    ['that there is null of', null, false],
  ])('a rule %s (row %#)', (_, rules, expected) => {
    expect(allows([role(rules), binding()])).toBe(expected);
  });

  test('about URLs allows nothing', () => {
    const rules = [{ verbs: ['*'], nonResourceURLs: ['*'] }];
    expect(allows([clusterRole('r', rules), clusterBinding(TO_ALICE)])).toBe(false);
  });
});

describe('a subject', () => {
  const robot = userInfo('system:serviceaccount:agents:robot', []);
  const elsewhere = userInfo('system:serviceaccount:other:robot', []);
  test.each([
    ['the user', { kind: 'User', name: 'alice' }, ALICE, true],
    [
      'the user, with its group said',
      { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' },
      ALICE,
      true,
    ],
    ['another user', { kind: 'User', name: 'Alice' }, ALICE, false],
    ['a star, which is a user', { kind: 'User', name: '*' }, ALICE, false],
    ['a group of hers', { kind: 'Group', name: 'dev' }, ALICE, true],
    ['a group with her name', { kind: 'Group', name: 'alice' }, ALICE, false],
    ['a user with the name of her group', { kind: 'User', name: 'dev' }, ALICE, false],
    ['everybody', { kind: 'Group', name: 'system:authenticated' }, ALICE, true],
    ['everybody, which is not nobody', { kind: 'Group', name: 'system:authenticated' }, userInfo('', []), false],
    ['the service account', { kind: 'ServiceAccount', name: 'robot', namespace: 'agents' }, robot, true],
    ['the service account, by the namespace of the binding', { kind: 'ServiceAccount', name: 'robot' }, robot, true],
    ['one of the same name elsewhere', { kind: 'ServiceAccount', name: 'robot' }, elsewhere, false],
    ['one elsewhere, by its namespace', { kind: 'ServiceAccount', name: 'robot', namespace: 'other' }, elsewhere, true],
    ['the service account as a user', { kind: 'User', name: 'system:serviceaccount:agents:robot' }, robot, true],
    ['a user with the name of a service account', { kind: 'ServiceAccount', name: 'alice' }, ALICE, false],
    ['every service account', { kind: 'Group', name: 'system:serviceaccounts' }, robot, true],
    ['every service account here', { kind: 'Group', name: 'system:serviceaccounts:agents' }, robot, true],
    ['every service account elsewhere', { kind: 'Group', name: 'system:serviceaccounts:other' }, robot, false],
    ['every service account, which alice is not', { kind: 'Group', name: 'system:serviceaccounts' }, ALICE, false],
  ])('a binding with this subject is evaluated: %s', (_, subject, user, expected) => {
    expect(allows([role([USE]), binding([subject])], user)).toBe(expected);
  });

  test('among others is enough, and there may be none', () => {
    expect(allows([role([USE]), binding([{ kind: 'User', name: 'bob' }, ...TO_ALICE])])).toBe(true);
    expect(allows([role([USE]), binding(null)])).toBe(false);
  });
});

describe('a binding', () => {
  test('gives a Role in its namespace only', () => {
    const objects = [role([USE]), binding()];
    expect(allows(objects, ALICE, 'docker', 'agents')).toBe(true);
    expect(allows(objects, ALICE, 'docker', 'other')).toBe(false);
  });

  test('gives a ClusterRole in its namespace only', () => {
    const objects = [clusterRole('r', [USE]), binding(TO_ALICE, CLUSTER_ROLE_REF)];
    expect(allows(objects, ALICE, 'docker', 'agents')).toBe(true);
    expect(allows(objects, ALICE, 'docker', 'other')).toBe(false);
  });

  test('a binding of the cluster gives a ClusterRole everywhere', () => {
    const objects = [clusterRole('r', [USE]), clusterBinding(TO_ALICE)];
    expect(allows(objects, ALICE, 'docker', 'agents')).toBe(true);
    expect(allows(objects, ALICE, 'docker', 'other')).toBe(true);
  });

  test('a binding to a role that is not there, or that is of the other kind, gives nothing', () => {
    expect(allows([binding()])).toBe(false);
    expect(allows([clusterRole('r', [USE]), binding()])).toBe(false);
    expect(allows([role([USE]), binding(TO_ALICE, CLUSTER_ROLE_REF)])).toBe(false);
    expect(allows([role([USE], { namespace: 'other' }), binding()])).toBe(false);
  });

  test('a binding and its role are in the namespace the command names, where they name none', () => {
    expect(allows([role([USE], { namespace: undefined }), binding(TO_ALICE, ROLE_REF, { namespace: '' })])).toBe(true);
  });

  test('needs no name where one is to be made up, and two such are two', () => {
    const generated = { name: undefined, generateName: 'b-' };
    const other = [{ kind: 'User', name: 'bob' }];
    const objects = [role([USE]), binding(TO_ALICE, ROLE_REF, generated), binding(other, ROLE_REF, generated)];
    expect(allows(objects)).toBe(true);
    expect(allows(objects, userInfo('bob', []))).toBe(true);
  });

  test('replaces an earlier one of its name, and so does a role', () => {
    expect(allows([role([USE]), binding(), binding([])])).toBe(false);
    expect(allows([role([USE]), binding(), role([])])).toBe(false);
  });
});

describe('an aggregated ClusterRole', () => {
  const part = clusterRole('part', [USE], { metadata: { name: 'part', labels: { 'aggregate-to': 'sum', team: 'a' } } });
  const OURS = { key: 'aggregate-to', operator: 'Exists' };
  const sum = (selectors: unknown, rules: unknown = []): object =>
    clusterRole('r', rules, { aggregationRule: { clusterRoleSelectors: selectors } });
  test.each([
    ['by label', [{ matchLabels: { 'aggregate-to': 'sum' } }], true],
    ['by every label', [{ matchLabels: { 'aggregate-to': 'sum', team: 'b' } }], false],
    ['by one selector of two', [{ matchLabels: { no: 'no' } }, { matchLabels: { team: 'a' } }], true],
    ['by expression', [{ matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }] }], true],
    ['by what it is not', [{ matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['b'] }] }], true],
    ['by a label it should not have', [{ matchExpressions: [OURS, { key: 'team', operator: 'DoesNotExist' }] }], false],
    ['by everything', [{}], true],
  ])('takes the rules of others: %s', (_, selectors, expected) => {
    expect(allows([part, sum(selectors), clusterBinding(TO_ALICE)])).toBe(expected);
  });

  test('that asks for everything without some label gets all that cluster-admin has', () => {
    const selectors = [{ matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] }];
    expect(allows([sum(selectors), clusterBinding(TO_ALICE)])).toBe(true);
    const builtIn = [{ matchExpressions: [{ key: 'kubernetes.io/bootstrapping', operator: 'DoesNotExist' }] }];
    expect(allows([sum(builtIn), clusterBinding(TO_ALICE)])).toBe(false);
  });

  test('keeps its own, which after an export are all there are', () => {
    expect(allows([sum([{ matchLabels: { no: 'no' } }], [USE]), clusterBinding(TO_ALICE)])).toBe(true);
  });

  test('a role that aggregates aggregated ones has their rules, and one that aggregates itself ends', () => {
    const middle = clusterRole('middle', [], {
      metadata: { name: 'middle', labels: { to: 'sum' } },
      aggregationRule: { clusterRoleSelectors: [{}] },
    });
    expect(allows([part, middle, sum([{ matchLabels: { to: 'sum' } }]), clusterBinding(TO_ALICE)])).toBe(true);
  });
});

describe('what every cluster has', () => {
  test('system:masters are asked nothing', () => {
    expect(allows([], userInfo('root', ['system:masters']))).toBe(true);
  });

  test('cluster-admin is everything; admin, edit and view say nothing about classes', () => {
    expect(allows([clusterBinding(TO_ALICE, 'cluster-admin')])).toBe(true);
    expect(allows([binding(TO_ALICE, { ...CLUSTER_ROLE_REF, name: 'cluster-admin' })])).toBe(true);
    for (const name of ['admin', 'edit', 'view']) expect(allows([clusterBinding(TO_ALICE, name)])).toBe(false);
  });

  test.each([
    ['admin', ['admin']],
    ['edit', ['edit', 'admin']],
    ['view', ['view', 'edit', 'admin']],
  ])('what is added to %s reaches the larger ones', (to, reached) => {
    const labels = { [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' };
    const added = clusterRole('added', [USE], { metadata: { name: 'added', labels } });
    const names = ['admin', 'edit', 'view'].filter((name) => allows([added, clusterBinding(TO_ALICE, name)]));
    expect(names.toSorted()).toEqual(reached.toSorted());
  });

  test('a file can hold another version of a role', () => {
    expect(allows([clusterRole('cluster-admin', []), clusterBinding(TO_ALICE, 'cluster-admin')])).toBe(false);
  });
});
