// The validations of a policy, compiled once when it is loaded.
import { admissionEnvironment } from '../../cel/admission.ts';
import type { CelEnvironment, CompiledExpression, Expression, FieldKeys } from '../../cel/environment.ts';
import type { CheckNeeds, PlacedExpression, SpecAround } from '../check.ts';
import type { ParameterProblem } from '../rule.ts';
import { type CompiledVariables, compileVariables, variablesOf } from '../variables/compile.ts';
import { expressionProblem } from '../variables/expression.ts';
import type { ValidationParameters, ValidationsParameters } from './parameters.ts';
import { pathProblem } from './path.ts';

/** One demand, ready to be evaluated. */
export interface Validation {
  readonly name: string;
  readonly expression: Expression;
  readonly message: string | undefined;
  readonly messageExpression: Expression | undefined;
  readonly path: string;
  /** The parts of the pod that it looks at, itself or by its variables: as far as they are the same, so is its answer. */
  readonly reads: readonly FieldKeys[];
}

/** All of a policy's. */
export interface CompiledValidations {
  readonly validations: readonly Validation[];
  readonly variables: CompiledVariables;
  /** All of them, with those of the variables. */
  readonly expressions: readonly PlacedExpression[];
  readonly needs: CheckNeeds;
  readonly problems: readonly ParameterProblem[];
}

/** Where a finding points to that names no field. */
const WHOLE_SPEC = 'spec';

/** Compiles the validations of a policy with the variables beside them. */
export function compileValidations(parameters: ValidationsParameters, around: SpecAround): CompiledValidations {
  const variables = compileVariables(around.variables ?? []);
  const environment = admissionEnvironment(variables.types);
  const validations: Validation[] = [];
  const problems: ParameterProblem[] = [];
  const all = placedVariables(variables);
  for (const [index, one] of parameters.entries()) {
    const key = String(index);
    const wrong = one.path === undefined ? undefined : pathProblem(one.path);
    if (wrong) problems.push({ keys: [key, 'path'], ...wrong, severity: 'error' });
    const expression = environment.compile(one.expression, 'bool');
    if (!expression.ok) problems.push(expressionProblem([key, 'expression'], one.expression, expression));
    const message = compileMessage(environment, one);
    if (message && !message.ok) {
      problems.push(expressionProblem([key, 'messageExpression'], one.messageExpression ?? '', message));
    }
    if (!expression.ok) continue;
    const messageExpression = message?.ok ? message.expression : undefined;
    const name = `validation "${one.name}"`;
    all.push({ keys: ['validations', index, 'expression'], name, expression: expression.expression });
    if (messageExpression) {
      const keys = ['validations', index, 'messageExpression'];
      all.push({ keys, name: `the message of ${name}`, expression: messageExpression });
    }
    validations.push({
      name: one.name,
      expression: expression.expression,
      message: one.message?.trim(),
      messageExpression,
      path: one.path ?? WHOLE_SPEC,
      reads: readsOf(expression.expression, variables),
    });
  }
  const asks = (name: string): boolean => all.some(({ expression }) => expression.reads.has(name));
  const needs = { oldObject: asks('oldObject'), namespaceLabels: asks('namespaceObject') };
  return { validations, variables, expressions: all, needs, problems };
}

function placedVariables({ expressions }: CompiledVariables): PlacedExpression[] {
  return [...expressions].map(([name, expression], index) => {
    return { keys: ['variables', index, 'expression'], name: `variable "${name}"`, expression };
  });
}

function compileMessage(environment: CelEnvironment, one: ValidationParameters): CompiledExpression | undefined {
  return one.messageExpression === undefined ? undefined : environment.compile(one.messageExpression, 'string');
}

function readsOf(expression: Expression, variables: CompiledVariables): readonly FieldKeys[] {
  const names = variablesOf(expression, variables);
  const expressions = [...names].flatMap((name) => variables.expressions.get(name) ?? []);
  return [expression, ...expressions].flatMap(({ reads }) => reads.get('object') ?? []);
}
