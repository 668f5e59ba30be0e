// Role bindings: whose policies judge them, and what a tenant tries who wants more rights than a sandbox may have.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const AGENTS = `match: { namespaceSelector: { matchLabels: { tier: agents } } }
roleBindings: { allowedRoles: [Role/tools, ClusterRole/view], forbiddenRoles: [ClusterRole/cluster-admin] }`;
const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'team-a': { tier: 'agents' },
  other: {},
};
const GATE = gateOf(policyYaml('agents', AGENTS), LABELS);

interface Ask {
  readonly kind?: 'RoleBinding' | 'ClusterRoleBinding';
  readonly namespace?: string;
  readonly role?: JsonObject;
  readonly old?: JsonObject;
  readonly version?: string;
  readonly operation?: string;
}

const EDIT = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' };
const AGENT = { kind: 'ServiceAccount', name: 'agent', namespace: 'team-a' };

function request(subjects: unknown, ask: Ask = {}): Subject {
  const {
    kind = 'RoleBinding',
    namespace = kind === 'RoleBinding' ? 'team-a' : '',
    role = EDIT,
    old,
    version = 'v1',
  } = ask;
  const object = { metadata: { name: 'x' }, roleRef: role, subjects };
  return subjectOf(object, {
    kind: { group: 'rbac.authorization.k8s.io', version, kind },
    resource: `${kind.toLowerCase()}s`,
    namespace,
    operation: ask.operation ?? (old ? 'UPDATE' : 'CREATE'),
    oldObject: old,
  });
}

function judged(subjects: unknown, ask: Ask = {}, gate = GATE): Decision {
  return validate(request(subjects, ask), gate);
}

function refused({ findings }: Decision): readonly string[] {
  return findings.flatMap(({ action, fields }) => (action === 'Deny' ? fields.map(({ path }) => path) : []));
}

describe('who is meant', () => {
  test.each([
    ['a service account of the namespace', [AGENT]],
    ['one without a namespace, which is that of the binding', [{ kind: 'ServiceAccount', name: 'agent' }]],
    ['one with an empty namespace', [{ kind: 'ServiceAccount', name: 'agent', namespace: '' }]],
    ['one with a namespace of null', [{ kind: 'ServiceAccount', name: 'agent', namespace: null }]],
    ['one with an apiGroup', [{ ...AGENT, apiGroup: '' }]],
    ['one with an apiGroup of null', [{ ...AGENT, apiGroup: null }]],
    ['its user', [{ kind: 'User', name: 'system:serviceaccount:team-a:agent' }]],
    [
      'its user, with an apiGroup',
      [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccount:team-a:agent' }],
    ],
    ['the group of the namespace', [{ kind: 'Group', name: 'system:serviceaccounts:team-a' }]],
    ['the group of all', [{ kind: 'Group', name: 'system:serviceaccounts' }]],
    ['everybody with a token', [{ kind: 'Group', name: 'system:authenticated' }]],
    ['everybody without one', [{ kind: 'Group', name: 'system:unauthenticated' }]],
    ['the user without one', [{ kind: 'User', name: 'system:anonymous' }]],
  ])('is judged: %s', (_, subjects) => {
    expect(refused(judged(subjects))).toEqual(['subjects[0]']);
    // In a ClusterRoleBinding a service account has to name its namespace: the API server refuses one that does not.
    const isNamed =
      JSON.stringify(subjects).includes('team-a') || !JSON.stringify(subjects).includes('ServiceAccount"');
    if (isNamed) expect(refused(judged(subjects, { kind: 'ClusterRoleBinding' }))).toEqual(['subjects[0]']);
  });

  test.each([
    [
      'people',
      [
        { kind: 'User', name: 'jane' },
        { kind: 'Group', name: 'sre' },
      ],
    ],
    ['a service account of a namespace that the policy is not about', [{ ...AGENT, namespace: 'other' }]],
    ['its user', [{ kind: 'User', name: 'system:serviceaccount:other:agent' }]],
    ['its group', [{ kind: 'Group', name: 'system:serviceaccounts:other' }]],
    // RBAC compares whole names, with their case: none of these is a service account, or anybody.
    ['a user of another case', [{ kind: 'User', name: 'System:ServiceAccount:team-a:agent' }]],
    ['a user with more in its name', [{ kind: 'User', name: 'system:serviceaccount:team-a:agent:x' }]],
    ['a group with more in its name', [{ kind: 'Group', name: 'system:serviceaccounts-of-mine' }]],
    ['a kind of another case', [{ kind: 'serviceaccount', name: 'agent', namespace: 'team-a' }]],
    ['nobody', []],
    ['no list', undefined],
    ['null', null],
    ['a list of anything', [null, 3, 'x', {}, { kind: 3, name: {} }, []]],
  ])('is not judged: %s', (_, subjects) => {
    const { verdict, skip } = judged(subjects);
    expect([verdict, skip]).toEqual(['skipped', 'no-policy']);
  });

  test('in a binding elsewhere, too: the policies are those of the namespace of the service account', () => {
    expect(refused(judged([AGENT], { namespace: 'other' }))).toEqual(['subjects[0]']);
    expect(judged([{ kind: 'ServiceAccount', name: 'agent' }], { namespace: 'other' }).verdict).toBe('skipped');
  });

  test('each of several subjects, the last as well as the first', () => {
    const subjects = [{ kind: 'User', name: 'jane' }, { ...AGENT, namespace: 'other' }, AGENT];
    const decision = judged(subjects);
    expect(refused(decision)).toEqual(['subjects[2]']);
    expect(decision.findings[0]?.detail).toContain(
      'service account "team-a/agent" may not be bound to ClusterRole "edit"',
    );
  });

  test('in an older version of the API, and of a kind of another group nobody', () => {
    expect(refused(judged([AGENT], { version: 'v1beta1' }))).toEqual(['subjects[0]']);
    const other = { ...request([AGENT]), kind: { group: 'example.com', version: 'v1', kind: 'RoleBinding' } };
    expect(validate(other, GATE).skip).toBe('kind-not-handled');
  });

  test('where the labels of the namespace are not known, by every policy that may be about it', () => {
    expect(refused(judged([{ ...AGENT, namespace: 'not-there-yet' }]))).toEqual(['subjects[0]']);
    expect(
      judged([{ ...AGENT, namespace: 'not-there-yet' }], { role: { kind: 'ClusterRole', name: 'view' } }).verdict,
    ).toBe('allowed');
  });
});

describe('which roles', () => {
  test.each([
    [{ kind: 'ClusterRole', name: 'view' }, 'allowed'],
    [{ kind: 'Role', name: 'tools' }, 'allowed'],
    [{ kind: 'Role', name: 'view' }, 'denied'],
    [{ kind: 'ClusterRole', name: 'tools' }, 'denied'],
    [{ kind: 'ClusterRole', name: 'View' }, 'denied'],
    [{ kind: 'ClusterRole', name: 'cluster-admin' }, 'denied'],
    [{ kind: 'ClusterRole' }, 'denied'],
    [{ name: 'view' }, 'denied'],
    [{ apiGroup: null, kind: 'ClusterRole', name: 'view' }, 'allowed'],
  ])('%j is %s', (role, verdict) => {
    expect(judged([AGENT], { role }).verdict).toBe(verdict);
  });
});

describe('an update', () => {
  const before = { metadata: { name: 'x' }, roleRef: EDIT, subjects: [AGENT] };

  test('that leaves a subject as it was lets it through with a warning, also in the audit log', () => {
    const { verdict, findings } = judged([AGENT], { old: before });
    expect([verdict, findings.map(({ action, audited }) => [action, audited])]).toEqual(['allowed', [['Warn', true]]]);
  });

  test('that spells a subject otherwise is the same subject', () => {
    expect(judged([{ kind: 'ServiceAccount', name: 'agent' }], { old: before }).verdict).toBe('allowed');
  });

  test('that adds a subject is refused for that one, wherever it stands', () => {
    const added = { ...AGENT, name: 'another' };
    expect(refused(judged([added, AGENT], { old: before }))).toEqual(['subjects[0]']);
    expect(refused(judged([AGENT, added], { old: before }))).toEqual(['subjects[1]']);
  });

  test('to a group that has the subject adds to it', () => {
    expect(refused(judged([{ kind: 'Group', name: 'system:serviceaccounts:team-a' }], { old: before }))).toEqual([
      'subjects[0]',
    ]);
  });

  test('to another role, which the API server would refuse, gives nobody what the old one gave', () => {
    const old = { ...before, roleRef: { kind: 'ClusterRole', name: 'view' } };
    expect(refused(judged([AGENT], { old }))).toEqual(['subjects[0]']);
  });

  test('of a binding that is being deleted is not judged, since its finalizers have to go', () => {
    const old = { ...before, subjects: [], metadata: { name: 'x', deletionTimestamp: '2026-12-01T00:00:00Z' } };
    expect(judged([AGENT], { old }).skip).toBe('being-deleted');
  });
});

test('a deletion is not judged, nor anything where no policy has the rule', () => {
  expect(judged([AGENT], { operation: 'DELETE' }).verdict).toBe('skipped');
  const without = gateOf(policyYaml('other', 'podSecurity: { level: baseline }'));
  expect(judged([AGENT], {}, without).skip).toBe('kind-not-handled');
});

test('a policy that only warns lets the binding in', () => {
  const gate = gateOf(policyYaml('agents', 'validationActions: [Warn]\nroleBindings: { allowedRoles: [] }'));
  const { verdict, findings } = judged([AGENT], {}, gate);
  expect([verdict, findings.map(({ action }) => action)]).toEqual(['allowed', ['Warn']]);
});

test('policies that say the same of several subjects have one finding each, in order of priority', () => {
  const gate = gateOf([
    policyYaml('low', 'roleBindings: { allowedRoles: [] }'),
    policyYaml('high', 'priority: 5\nroleBindings: { allowedRoles: [] }'),
  ]);
  const { findings, policies } = judged([AGENT, { ...AGENT, name: 'b' }], {}, gate);
  expect(policies).toEqual(['high', 'low']);
  expect(findings.map(({ policy, fields }) => [policy, fields.length])).toEqual([
    ['high', 2],
    ['low', 2],
  ]);
});
