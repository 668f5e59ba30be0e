// Holds documents against the policy schema.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { IdentitySpec } from '../model/identity.ts';
import type { IsolationPolicy, LabelSelector } from '../model/policy.ts';
import { type Fault, faultsOf } from './faults.ts';
import { ISOLATION_POLICY_SCHEMA } from './schema.ts';
import { identity } from './schema-identity.ts';
import { labelSelector } from './schema-selector.ts';

const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  // A test holds our schema against the meta-schema; doing it at every start would take most of the time of starting.
  meta: false,
  validateSchema: false,
});
ajv.addKeyword({ keyword: 'errorMessage', schemaType: 'string' });

/** True for a policy without faults. Tells TypeScript so, too. */
export const isIsolationPolicy = ajv.compile<IsolationPolicy>(ISOLATION_POLICY_SCHEMA);

/** What the schema finds wrong with a document: every fault, in the order of the schema. */
export function schemaFaults(value: unknown): readonly Fault[] {
  return isIsolationPolicy(value) ? [] : faultsOf(isIsolationPolicy.errors ?? []);
}

/** True for an `identity` section without faults, whatever is wrong around it. */
export const isIdentitySpec = whenNeeded(() => ajv.compile<IdentitySpec>(identity));

/** True for a label selector without faults, whatever is wrong around it. */
export const isLabelSelector = whenNeeded(() => ajv.compile<LabelSelector>(labelSelector('')));

/** Compiled at the first use: most policies have no such section. */
function whenNeeded<T>(compile: () => ValidateFunction<T>): (value: unknown) => value is T {
  let accepts: ValidateFunction<T> | undefined;
  return (value): value is T => {
    accepts ??= compile();
    return accepts(value);
  };
}
