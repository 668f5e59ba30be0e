// Holds documents against the policy schema.
import type { IdentitySpec } from '../../images/identity.ts';
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import type { IsolationPolicy, LabelSelector } from '../../rules/spec.ts';
import { createAjv, whenNeeded } from '../ajv.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { ISOLATION_POLICY_SCHEMA } from './schema.ts';
import { identity } from './schema-identity.ts';

const ajv = createAjv();

/** True for a policy without faults. Tells TypeScript so, too. */
export const isIsolationPolicy = ajv.compile<IsolationPolicy>(ISOLATION_POLICY_SCHEMA);

/** What the schema finds wrong with a document: every fault, in the order of the schema. */
export function schemaFaults(value: unknown): readonly DocumentProblem[] {
  return isIsolationPolicy(value) ? [] : problemsOf(isIsolationPolicy.errors ?? []);
}

/** True for an `identity` section without faults, whatever is wrong around it. */
export const isIdentitySpec = whenNeeded(() => ajv.compile<IdentitySpec>(identity));

/** True for a label selector without faults, whatever is wrong around it. */
export const isLabelSelector = whenNeeded(() => ajv.compile<LabelSelector>(labelSelector('')));
