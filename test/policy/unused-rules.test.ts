// A policy pays for the rules that it uses, and for no other: what a review goes through has nothing of those in it.
import { expect, test } from 'vitest';
import { RULES } from '../../src/rules/index.ts';
import { accepted, boundRule } from '../rules/bound.ts';

test('a policy without rules has no check, no fill-in and no need', () => {
  expect(boundRule('podSecurity', undefined)).toMatchObject({
    checks: [],
    connections: [],
    fillIns: [],
    objectFillIns: [],
    capabilities: [],
    podSecurity: undefined,
    users: undefined,
    exceptions: undefined,
    addedLabels: undefined,
    runtimeClass: undefined,
    needsNamespaceLabels: false,
    needsFacts: { runtimeClasses: false, nodes: false, namespaceAnnotation: undefined },
    needs: { oldObject: false, namespaceLabels: false },
  });
});

test.each(RULES.map((rule) => [rule.key, rule] as const))(
  'a policy that uses %s alone has checks and fill-ins of it alone',
  (key, rule) => {
    const own = new Set([...rule.checks, ...rule.fillIns, ...rule.objectFillIns].map(({ id }) => id));
    const examples = [
      ...rule.examples,
      ...rule.checks.flatMap(({ examples: { pass, fail } }) => [...pass, ...fail]),
      ...rule.fillIns.flatMap((fillIn) => fillIn.examples),
    ];
    const policies = examples.flatMap(({ parameters }) => accepted(key, parameters)?.policy ?? []);
    expect(policies).not.toHaveLength(0);
    for (const { checks, connections, fillIns, objectFillIns } of policies) {
      const bound = [...checks, ...connections, ...fillIns, ...objectFillIns];
      expect(bound.map(({ id }) => id).filter((id) => !own.has(id))).toEqual([]);
    }
  },
);
