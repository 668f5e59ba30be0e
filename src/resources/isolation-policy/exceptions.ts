// What makes no sense in the `checks` of a policy, its exceptions above all, and in what it lets namespaces except, although the
// schema accepts it.
import { isJsonObject } from '../../model/json.ts';
import { WITHOUT_EXCEPTIONS } from '../../policy/exceptable.ts';
import { entryProblems } from '../../policy/exception-entry.ts';
import { at, eachAt, fieldsAt, isThere, keyProblem, type Located, valueProblem } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';
import { isExceptionEntry } from './validate.ts';

/** What the rules find in one document. */
export interface RuleFaults {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
}

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
  errors.push(...idleLimits({ keys: [], value }));
  return { errors, warnings };
}

/** Limits to exceptions of which there are none. */
function idleLimits(document: Located): readonly DocumentProblem[] {
  const exceptions = at(document, 'spec', 'exceptions');
  if (at(exceptions, 'allow').value !== false) return [];
  return ['maxDays', 'forbiddenChecks']
    .map((key) => at(exceptions, key))
    .filter(isThere)
    .map((limit) => keyProblem(limit, 'has no effect: allow is false'));
}

function judgeEntry(entry: Located, errors: DocumentProblem[], warnings: DocumentProblem[]): void {
  if (!isExceptionEntry(entry.value)) return;
  for (const { keys, message } of entryProblems(entry.value)) errors.push(valueProblem(at(entry, ...keys), message));
  if (entry.value.containers && !entry.value.images) {
    const message = 'every author of a pod can give a container this name: add images';
    warnings.push(valueProblem(at(entry, 'containers'), message));
  }
}
