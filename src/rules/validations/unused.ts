// Variables of a policy that nothing asks for.
import { variablesOf } from '../variables/compile.ts';
import type { VariablesParameters } from '../variables/parameters.ts';
import { compileValidations } from './compile.ts';
import type { ValidationsParameters } from './parameters.ts';

/** The places in the list of the variables that no validation asks for, by itself or through another variable. */
export function unusedVariables({
  variables = [],
  validations = [],
}: {
  readonly variables?: VariablesParameters;
  readonly validations?: ValidationsParameters;
}): readonly number[] {
  if (variables.length === 0) return [];
  const compiled = compileValidations(validations, { variables });
  const used = new Set<string>();
  for (const { expression, messageExpression } of compiled.validations) {
    for (const one of messageExpression ? [expression, messageExpression] : [expression]) {
      for (const name of variablesOf(one, compiled.variables)) used.add(name);
    }
  }
  return variables.flatMap(({ name }, index) => (used.has(name) ? [] : [index]));
}
