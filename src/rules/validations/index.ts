// The rule `validations`: demands in CEL, for what no other rule says.
import { defineRule } from '../rule.ts';
import { compileValidations } from './compile.ts';
import { parameters } from './parameters.ts';
import { validations as check } from './validations.ts';

export const validations = defineRule({
  key: 'validations',
  parameters,
  uniqueBy: 'name',
  problems: (list, around) => compileValidations(list, around).problems,
  checks: [check],
});
