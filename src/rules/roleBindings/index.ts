// The rule `roleBindings`: which roles the service accounts of a namespace may be bound to.
import { defineRule } from '../rule.ts';
import { boundRoles } from './boundRoles.ts';
import { parameters, roleBindingsProblems } from './parameters.ts';

export const roleBindings = defineRule({
  key: 'roleBindings',
  parameters,
  problems: roleBindingsProblems,
  checks: [boundRoles],
});
