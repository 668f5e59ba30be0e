// What is filled in, and what counts as missed, where several policies or labels have a say.
import { expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const bare = { containers: [{ name: 'a', image: 'nginx' }] };
const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' }, spec: bare };

test.each([
  [
    'a user that another policy gives',
    'identity: { fsGroup: 1 }',
    'identity: { runAsUser: 1000, runAsNonRoot: false }',
  ],
  ['a group that another policy gives', 'identity: { fsGroupChangePolicy: Always }', 'identity: { fsGroup: 1000 }'],
])('a policy that waits for %s gets its turn', (_, first, second) => {
  const gate = gateOf([policyYaml('a', first), policyYaml('b', second)]);
  const once = mutate(subjectOf(pod), gate).object ?? pod;
  expect(mutate(subjectOf(once), gate).object).toBe(once);
  expect(validate(subjectOf(once), gate).findings).toEqual([]);
});

test.each(['warn', 'audit'])('a missed fill-in is a denial, also where the namespace has a label for %s', (mode) => {
  const labels = { [`pod-security.kubernetes.io/${mode}`]: 'restricted' };
  const gate = gateOf(policyYaml('p', 'podSecurity: { fromNamespaceLabels: true }\nharden: restricted'), {
    agents: labels,
  });
  expect(validate(subjectOf(pod), gate).verdict).toBe('denied');
});
