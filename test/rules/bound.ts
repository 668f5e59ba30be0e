// A rule with parameters, as a policy that was loaded has it: accepted by the schema, compiled and bound.

import type { PolicySet } from '../../src/policy/policy.ts';
import { createPolicySet, type Selectable } from '../../src/policy/select.ts';
import { acceptClass } from '../../src/resources/capability-class/accept.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import type { BoundCheck } from '../../src/rules/check.ts';

/**
 * A policy that uses one rule; undefined where its parameters are not accepted.
 * @param beside what else its spec says
 */
export function accepted(key: string, parameters: unknown, beside: object = {}): Selectable | undefined {
  const document = {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: 'example' },
    spec: parameters === undefined ? beside : { ...beside, [key]: parameters },
  };
  return acceptPolicy(document, 'example').value;
}

/** The same, of parameters that have to be accepted. */
export function boundRule(key: string, parameters: unknown, beside?: object): Selectable['policy'] {
  const selectable = accepted(key, parameters, beside);
  if (!selectable) throw new Error(`${key}: ${JSON.stringify(parameters)} is not accepted`);
  return selectable.policy;
}

/** Its check with this id, of objects, of connections or of role bindings. */
export function boundCheck(id: string, key: string, parameters: unknown, beside?: object): BoundCheck | undefined {
  const { checks, connections, bindings } = boundRule(key, parameters, beside);
  return [...checks, ...connections, ...bindings].find((bound) => bound.id === id);
}

/** The policy in force, with these CapabilityClass documents beside it. */
export function policySet(selectable: Selectable, classes: readonly object[] = []): PolicySet {
  const compiled = classes.map((document) => {
    const { value: compiledClass, errors } = acceptClass(document, 'example');
    if (!compiledClass) throw new Error(`not a class: ${JSON.stringify(errors)}`);
    return [compiledClass.name, compiledClass] as const;
  });
  return createPolicySet([selectable], new Map(compiled));
}
