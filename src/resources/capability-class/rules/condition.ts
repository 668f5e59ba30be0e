// `when` is compiled here for the first time: what is wrong with the expression is found when the class is loaded.
import { compileCondition } from '../../../cel/condition.ts';
import { nearestWord } from '../../did-you-mean.ts';
import { at, valueProblem } from '../../located.ts';
import { listWords } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** `when` does not compile. */
export function conditionProblems({ whole }: Parts): readonly DocumentProblem[] {
  const when = at(whole, 'when');
  // The schema reports what is not a string, or is empty.
  if (typeof when.value !== 'string' || when.value === '') return [];
  const compiled = compileCondition(when.value);
  if (compiled.ok) return [];
  const { message, unknown, line, column } = compiled;
  const place = when.value.trimEnd().includes('\n') ? `line ${line}, column ${column}` : `column ${column}`;
  return [
    valueProblem(when, `${place} of the expression: ${message}${unknown ? expected(unknown.word, unknown.known) : ''}`),
  ];
}

function expected(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? ` (expected ${listWords(known)})` : ` (did you mean "${nearest}"?)`;
}
