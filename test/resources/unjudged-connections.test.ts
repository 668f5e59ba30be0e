// A policy of a cluster that judges connections, where no webhook is registered for them.
import { expect, test } from 'vitest';
import { awaitedRequests, unjudgedRequests } from '../../src/resources/isolation-policy/kinds.ts';
import { boundRule } from '../rules/bound.ts';

const DOORS = boundRule('connect', { exec: 'Deny', attach: 'Deny', ephemeralContainers: 'Deny' });
const OTHER = boundRule('podSecurity', { level: 'baseline' });

test('a policy that judges connections which nobody sends is told so', () => {
  expect(unjudgedRequests(DOORS, { registeredKinds: new Set(['Pod']) })).toEqual([
    {
      keys: ['spec', 'connect'],
      what: 'value',
      message:
        'no webhook is registered for connections, so nobody is refused (set webhooks.connect.enabled to true in the values of the chart)',
    },
  ]);
});

test('while the server has not registered a webhook that a policy needs, the policy says so, and nothing once it has', () => {
  const ROLES = boundRule('roleBindings', { allowedRoles: [] });
  const kinds = ['PodExecOptions', 'RoleBinding.rbac.authorization.k8s.io'];
  const registeredKinds = new Set(kinds);
  for (const [policy, key, what] of [
    [DOORS, 'connect', 'connections'],
    [ROLES, 'roleBindings', 'role bindings'],
  ] as const) {
    const [problem, ...others] = awaitedRequests(policy, { registeredKinds, awaitedKinds: new Set(kinds) });
    expect([problem?.keys, others]).toEqual([['spec', key], []]);
    expect(problem?.message).toContain(`the webhook for ${what} is not registered yet, so nobody is refused`);
    expect(awaitedRequests(policy, { registeredKinds, awaitedKinds: new Set() })).toEqual([]);
    // What the chart does not have registered is not awaited.
    expect(awaitedRequests(policy, { registeredKinds: new Set(), awaitedKinds: new Set(kinds) })).toEqual([]);
    expect(unjudgedRequests(policy, { registeredKinds: new Set() })).toHaveLength(1);
  }
});

test('nothing is said where connections come, where nobody knows, and of a policy that does not judge them', () => {
  expect(unjudgedRequests(DOORS, { registeredKinds: new Set(['Pod', 'PodExecOptions']) })).toEqual([]);
  expect(unjudgedRequests(DOORS, {})).toEqual([]);
  expect(unjudgedRequests(OTHER, { registeredKinds: new Set(['Pod']) })).toEqual([]);
});
