// Which implementation of a class a pod gets: the one that the operator or a policy names, else the first whose condition
// holds.
import type { CapabilityClass, Implementation } from '../../grants/class.ts';
import { mergeFields, withoutFields } from '../../grants/fields.ts';
import { quoteShort } from '../../grants/quote.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { Failure } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { CAPABILITIES_ANNOTATION } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CapabilityRef } from '../../rules/capabilities/parameters.ts';
import { Claims, NO_NOTES, setsFieldsOfSpec, WHOLE_TEMPLATE } from '../../rules/fill-in.ts';
import type { Gate } from '../gate.ts';
import { withFacts } from '../scope.ts';
import type { GrantContext } from './grants.ts';

/** An implementation, or why there is none. */
export type ImplementationChoice =
  | { readonly implementation: Implementation }
  | {
      readonly failure: Failure;
      readonly fix: string;
      /** True where no condition of the class holds, so that the class has nothing to do with this pod. */
      readonly notApplicable?: boolean;
    };

/**
 * Chooses by the operator's setting, then by the policy's, then by the conditions of the class.
 * @param ref what the first policy that lists the class says of it
 * @param policies all that match, since they may fill in fields that conditions ask about, such as the RuntimeClass
 */
export function chooseImplementation(
  capability: CapabilityClass,
  ref: CapabilityRef,
  template: PodTemplate,
  policies: readonly Policy[],
  context: GrantContext,
): ImplementationChoice {
  const { name, implementations } = capability;
  const wanted = context.gate.implementations?.get(name) ?? ref.implementation;
  if (wanted !== undefined) {
    const implementation = implementations.find((candidate) => candidate.name === wanted);
    if (!implementation) return unknownImplementation(name, wanted, implementations);
    // An environment for which the class is rejected stays rejected, whichever implementation is named.
    const barring = implementations.filter((candidate) => candidate.reject !== undefined && candidate.when);
    const asGranted = withFieldsOf(implementation, template);
    return firstThatHolds(barring, name, asGranted, policies, context) ?? unlessRejected(implementation, name);
  }
  return firstThatHolds(implementations, name, template, policies, context) ?? noImplementation(name);
}

/** The choice by the first implementation whose condition holds or fails; undefined where no condition holds. */
function firstThatHolds(
  implementations: readonly Implementation[],
  name: string,
  template: PodTemplate,
  policies: readonly Policy[],
  context: GrantContext,
): ImplementationChoice | undefined {
  for (const implementation of implementations) {
    const holds = implementation.when?.evaluate({
      pod: podFor(implementation, template, policies, context.gate),
      namespace: { name: context.subject.namespace, labels: context.namespaceLabels },
    });
    if (holds === undefined || holds === true) return unlessRejected(implementation, name);
    if (holds !== false) return failedCondition(implementation, name, holds.error);
  }
  return undefined;
}

/**
 * The template with the fields of the pod that an implementation sets where the template has none. What a grant sets is
 * injected before anything is filled in, so a RuntimeClass of the class goes before a policy's default.
 */
function withFieldsOf({ template: added }: Implementation, template: PodTemplate): PodTemplate {
  const { value } = mergeFields(template.spec, added.podFields);
  return value === undefined || value === template.spec ? template : { ...template, spec: value };
}

/**
 * The pod that a condition is evaluated on: without the fields of this implementation, so that the result is the same before
 * and after it was injected, and with the fields of the spec that policies will fill in, such as the RuntimeClass. A
 * RuntimeClass that the pod names itself stays, also where the implementation sets the same one.
 */
function podFor(
  { template: added }: Implementation,
  template: PodTemplate,
  policies: readonly Policy[],
  gate: Gate,
): JsonObject {
  const scope = withFacts(WHOLE_TEMPLATE, gate);
  const { runtimeClassName: _, ...fields } = added.podFields;
  let pod: PodTemplate = { ...template, spec: withoutFields({ ...template.spec }, fields) };
  const claims = new Claims();
  for (const policy of policies) {
    const notes = { ...NO_NOTES, claim: (field: string) => claims.claim(policy.name, field) };
    for (const fillIn of policy.fillIns) {
      if (setsFieldsOfSpec(fillIn)) pod = fillIn.fill(pod, scope, notes);
    }
  }
  return { metadata: pod.metadata ?? {}, spec: pod.spec ?? {} };
}

const FIELDS = [{ path: `metadata.annotations[${CAPABILITIES_ANNOTATION}]` }];

function unlessRejected(implementation: Implementation, name: string): ImplementationChoice {
  const { reject } = implementation;
  if (reject === undefined) return { implementation };
  const reason = `capability_not_available: ${name}`;
  const detail = `class ${quoteShort(name)} is not available here (${implementation.name})`;
  return { failure: { reason, detail, fields: FIELDS }, fix: reject };
}

function unknownImplementation(name: string, wanted: string, all: readonly Implementation[]): ImplementationChoice {
  const reason = `unknown_${name.replaceAll('-', '_')}_implementation: ${wanted}`;
  const detail = `class ${quoteShort(name)} has ${all.map((one) => one.name).join(', ')}`;
  return {
    failure: { reason, detail, fields: FIELDS },
    fix: 'ask an administrator to name an implementation that exists',
  };
}

function failedCondition(implementation: Implementation, name: string, error: string): ImplementationChoice {
  const reason = `capability_condition_failed: ${name}`;
  const detail = `implementation ${quoteShort(implementation.name)}: ${implementation.when?.expression ?? ''}: ${error}`;
  return {
    failure: { reason, detail, fields: FIELDS },
    fix: 'ask an administrator to fix the condition of the class',
  };
}

function noImplementation(name: string): ImplementationChoice {
  const reason = `capability_not_available: ${name}`;
  const detail = `no implementation of class ${quoteShort(name)} matches this pod`;
  return {
    failure: { reason, detail, fields: FIELDS },
    fix: 'ask an administrator which nodes and namespaces have it',
    notApplicable: true,
  };
}
