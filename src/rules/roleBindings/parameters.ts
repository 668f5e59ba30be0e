// The parameters of the rule `roleBindings`: which roles the service accounts of a namespace may be bound to.
import type { SchemaFor } from '../../model/schema.ts';
import type { ParameterProblem } from '../rule.ts';

/** What is absent decides nothing, and an empty list of roles that are allowed allows none. */
export interface RoleBindingsParameters {
  readonly allowedRoles?: readonly string[];
  readonly forbiddenRoles?: readonly string[];
  readonly serviceAccounts?: readonly string[];
}

const ROLE = {
  type: 'string',
  minLength: 1,
  maxLength: 512,
  pattern: '^(Role|ClusterRole|\\*)/.+$',
  description: 'KIND/NAME, such as ClusterRole/view or Role/*; * stands for any characters.',
} as const;

export const parameters: SchemaFor<RoleBindingsParameters> = {
  type: 'object',
  description: 'Which roles service accounts of the namespaces may be bound to; needs the webhook for role bindings.',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    allowedRoles: {
      type: 'array',
      description: 'The roles that they may be bound to, and no others; none where it is empty.',
      maxItems: 200,
      items: ROLE,
    },
    forbiddenRoles: {
      type: 'array',
      description: 'Roles that they may not be bound to, also where allowedRoles names them.',
      minItems: 1,
      maxItems: 200,
      items: ROLE,
    },
    serviceAccounts: {
      type: 'array',
      description:
        'The names of those that it is about; all where it is left out. Groups that have them are always judged.',
      minItems: 1,
      maxItems: 200,
      items: {
        type: 'string',
        minLength: 1,
        maxLength: 253,
        description: 'A name; * stands for any characters.',
      },
    },
  },
};

/** Service accounts of which nothing is said. */
export function roleBindingsProblems({
  allowedRoles,
  forbiddenRoles,
}: RoleBindingsParameters): readonly ParameterProblem[] {
  if (allowedRoles !== undefined || forbiddenRoles !== undefined) return [];
  return [{ keys: [], message: 'says nothing of roles (expected allowedRoles or forbiddenRoles)', severity: 'error' }];
}
