// What makes no sense in the `checks` of a policy, its exceptions above all, although the schema accepts it.
import { isJsonObject } from '../../model/json.ts';
import { FILLED_IN_CHECK, GRANTS_CHECK } from '../../model/names.ts';
import { entryProblems } from '../../policy/exception-entry.ts';
import { at, eachAt, fieldsAt, isThere, keyProblem, type Located, valueProblem } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';
import { isExceptionEntry } from './validate.ts';

/** What the rules find in one document. */
export interface RuleFaults {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
}

/** Checks that do not judge what a pod is, and why nothing can be excepted from them. */
const WITHOUT_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [GRANTS_CHECK, 'an exception cannot stand for the right to use a class'],
  [FILLED_IN_CHECK, 'what a policy fills in is not for an exception to leave out'],
]);

/** Looks at every entry of `checks` of a document of which the schema may have complained. */
export function exceptionFaults(value: unknown): RuleFaults {
  const errors: DocumentProblem[] = [];
  const warnings: DocumentProblem[] = [];
  for (const [check, one] of fieldsAt({ keys: [], value }, 'spec', 'checks')) {
    if (isJsonObject(one.value) && Object.keys(one.value).length === 0) {
      errors.push(valueProblem(one, 'says nothing (expected validationActions or except)'));
    }
    const except = at(one, 'except');
    const why = WITHOUT_EXCEPTIONS.get(check);
    if (isThere(except) && why !== undefined) errors.push(keyProblem(except, `not for ${check}: ${why}`));
    for (const entry of eachAt(one, 'except')) judgeEntry(entry, errors, warnings);
  }
  return { errors, warnings };
}

function judgeEntry(entry: Located, errors: DocumentProblem[], warnings: DocumentProblem[]): void {
  if (!isExceptionEntry(entry.value)) return;
  for (const { keys, message } of entryProblems(entry.value)) errors.push(valueProblem(at(entry, ...keys), message));
  if (entry.value.containers && !entry.value.images) {
    const message = 'every author of a pod can give a container this name: add images';
    warnings.push(valueProblem(at(entry, 'containers'), message));
  }
}
