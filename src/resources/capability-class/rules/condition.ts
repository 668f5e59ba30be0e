// `when` is compiled here for the first time: what is wrong with the expression is found when the class is loaded.
import { compileCondition } from '../../../cel/condition.ts';
import { expressionText } from '../../expression-problem.ts';
import { at, valueProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** `when` does not compile. */
export function conditionProblems({ whole }: Parts): readonly DocumentProblem[] {
  const when = at(whole, 'when');
  // The schema reports what is not a string, or is empty.
  if (typeof when.value !== 'string' || when.value === '') return [];
  const compiled = compileCondition(when.value);
  if (compiled.ok) return [];
  return [valueProblem(when, expressionText(when.value, compiled))];
}
