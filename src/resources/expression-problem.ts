// What is wrong with an expression, with the word that was probably meant.
import { type ExpressionProblem, placeIn } from '../cel/environment.ts';
import { nearestWord } from './did-you-mean.ts';
import { listWords } from './problem-words.ts';

/** `column 10 of the expression: PodSpec has no field runtimeClasName (did you mean "runtimeClassName"?)`. */
export function expressionText(text: string, problem: ExpressionProblem): string {
  return withGuess(`${placeIn(text, problem)}: ${problem.message}`, problem.unknown);
}

/** A message with the known word that is nearest to an unknown one, or with those that are known. */
export function withGuess(message: string, unknown: ExpressionProblem['unknown']): string {
  if (unknown === undefined) return message;
  const nearest = nearestWord(unknown.word, unknown.known);
  return nearest === undefined
    ? `${message} (expected ${listWords(unknown.known)})`
    : `${message} (did you mean "${nearest}"?)`;
}
