// The CustomResourceDefinition of IsolationPolicies.

import { type Column, customResource } from '../../../scripts/crd/custom-resource.ts';
import { structuralSchema } from '../../../scripts/crd/structural.ts';
import { type JsonObject, ownField } from '../../model/json.ts';
import { POLICY_KIND } from './policy-kind.ts';
import { ISOLATION_POLICY_SCHEMA } from './schema.ts';

/** What decides which policy goes first and how strict it is. */
const COLUMNS: readonly Column[] = [
  { name: 'Priority', type: 'integer', jsonPath: '.spec.priority', description: 'Higher fills in first.' },
  { name: 'Level', type: 'string', jsonPath: '.spec.podSecurity.level', description: 'The level pods must meet.' },
  {
    name: 'Actions',
    type: 'string',
    jsonPath: '.spec.validationActions',
    description: 'What is done about violations.',
    priority: 1,
  },
  {
    name: 'Runtime',
    type: 'string',
    jsonPath: '.spec.runtime.default',
    description: 'The RuntimeClass filled in.',
    priority: 1,
  },
];

/** The whole definition, as it is sent to an API server. */
export function policyDefinition(): JsonObject {
  return customResource({
    ...POLICY_KIND,
    noun: 'policy',
    shortNames: ['isopol', 'ipol'],
    description: ISOLATION_POLICY_SCHEMA.description,
    spec: structuralSchema(ownField(ISOLATION_POLICY_SCHEMA.properties, 'spec')),
    columns: COLUMNS,
  });
}
