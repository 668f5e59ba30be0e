// A policy of a cluster that judges connections, where no webhook is registered for them.
import { expect, test } from 'vitest';
import { unjudgedConnections } from '../../src/resources/isolation-policy/kinds.ts';
import { boundRule } from '../rules/bound.ts';

const DOORS = boundRule('connect', { exec: 'Deny', attach: 'Deny', ephemeralContainers: 'Deny' });
const OTHER = boundRule('podSecurity', { level: 'baseline' });

test('a policy that judges connections which nobody sends is told so', () => {
  expect(unjudgedConnections(DOORS, { registeredKinds: new Set(['Pod']) })).toEqual([
    {
      keys: ['spec', 'connect'],
      what: 'value',
      message:
        'no webhook is registered for connections, so nobody is refused (set webhooks.connect.enabled to true in the values of the chart)',
    },
  ]);
});

test('nothing is said where connections come, where nobody knows, and of a policy that does not judge them', () => {
  expect(unjudgedConnections(DOORS, { registeredKinds: new Set(['Pod', 'PodExecOptions']) })).toEqual([]);
  expect(unjudgedConnections(DOORS, {})).toEqual([]);
  expect(unjudgedConnections(OTHER, { registeredKinds: new Set(['Pod']) })).toEqual([]);
});
