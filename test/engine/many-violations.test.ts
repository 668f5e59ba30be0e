// An update of thousands of containers with violations takes time in proportion to them, and not to their square.
import { expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const gate = gateOf(policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted'));

/** How often the names of all containers are read while an update that changes their images is judged. */
function namesRead(containers: number): number {
  let reads = 0;
  const sandbox = (tag: string): JsonObject => ({
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 'many', namespace: 'agents' },
    spec: {
      podTemplate: {
        spec: {
          containers: Array.from({ length: containers }, (_, index) => ({
            get name() {
              reads++;
              return `c${index}`;
            },
            image: `ghcr.io/acme/agent:${tag}`,
          })),
        },
      },
    },
  });
  const { verdict } = validate(subjectOf(sandbox('2'), { operation: 'UPDATE', oldObject: sandbox('1') }), gate);
  expect(verdict).toBe('denied');
  return reads;
}

test('an update with ten times the containers reads their names ten times as often, not a hundred times', () => {
  expect(namesRead(500) / namesRead(50)).toBeLessThan(15);
});
