// What is wrong with `match.conditions` although the schema accepts it.
import { isJsonObject, stringField } from '../../model/json.ts';
import { compileConditions } from '../../policy/conditions.ts';
import { expressionText } from '../expression-problem.ts';
import { eachAt, type Located } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';
import { repeats } from '../repeats.ts';

/** Looks at every condition of a document of which the schema may have complained. */
export function conditionFaults(value: unknown): readonly DocumentProblem[] {
  const conditions: readonly Located[] = eachAt({ keys: [], value }, 'spec', 'match', 'conditions');
  const problems: DocumentProblem[] = [...repeats(conditions, 'name', 'a condition')];
  for (const { keys, value: condition } of conditions) {
    const expression = isJsonObject(condition) ? stringField(condition, 'expression') : undefined;
    // The schema reports what is missing or empty.
    if (expression === undefined || expression.trim() === '') continue;
    for (const { problem } of compileConditions([{ name: '', expression }]).problems) {
      const message = expressionText(expression, problem);
      problems.push({ keys: [...keys, 'expression'], what: 'value', message });
    }
  }
  return problems;
}
