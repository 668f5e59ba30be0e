// Problems as text, the same for files, for the status of an object and for a refusal.
import { joinWithin, oneLine } from '../model/one-line.ts';
import { pointerOf } from './pointer.ts';
import type { DocumentProblem } from './problems.ts';

/** `/spec/hardn: unknown key (did you mean "harden"?)`; of the document as a whole the message alone. */
export function problemText({ keys, message }: DocumentProblem): string {
  const pointer = pointerOf(keys);
  return pointer === '' ? message : `${pointer}: ${message}`;
}

/** All of them on one line of at most `limit` UTF-16 units, and where that is too short, how many more there are. */
export function problemsText(problems: readonly DocumentProblem[], limit: number): string {
  return joinWithin(
    problems.map((problem) => oneLine(problemText(problem))),
    '; ',
    limit,
  );
}
