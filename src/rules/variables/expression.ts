// Expressions in the parameters of a policy.
import { type ExpressionProblem, placeIn } from '../../cel/environment.ts';
import type { ParameterProblem } from '../rule.ts';

/** An expression as a schema has it. What is in it is looked at by the evaluator. */
export const EXPRESSION = {
  type: 'string',
  pattern: '\\S',
  maxLength: 10_000,
  errorMessage: 'expected an expression in CEL',
} as const;

/** What is wrong with the expression at some keys of the parameters. */
export function expressionProblem(keys: readonly string[], text: string, problem: ExpressionProblem): ParameterProblem {
  const message = `${placeIn(text, problem)}: ${problem.message}`;
  return { keys, message, unknown: problem.unknown, severity: 'error' };
}
