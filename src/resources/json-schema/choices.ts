// Keywords that hold a value against further schemas.
import { ownField } from '../../model/json.ts';
import type { SchemaError } from './error.ts';
import type { Keywords } from './keyword.ts';
import type { Visit } from './visit.ts';

function schemasIn(expected: unknown): readonly unknown[] {
  return Array.isArray(expected) ? expected : [];
}

/** One of several, or more; where none fits, everything that is wrong by any is reported, too. */
function anyOf(visit: Visit, expected: unknown): void {
  const found: SchemaError[] = [];
  for (const schema of schemasIn(expected)) {
    const errors = visit.errorsBy(schema);
    if (errors.length === 0) return;
    found.push(...errors);
  }
  visit.add(found);
  visit.report('anyOf');
}

/** One of several, and no other. */
function oneOf(visit: Visit, expected: unknown): void {
  const found: SchemaError[] = [];
  let fitting = 0;
  for (const schema of schemasIn(expected)) {
    if (fitting > 1) break;
    const errors = visit.errorsBy(schema, true);
    if (errors.length === 0) fitting++;
    found.push(...errors);
  }
  if (fitting === 1) return;
  visit.add(found);
  visit.report('oneOf', { fitting });
}

export const CHOICES: Keywords = {
  $ref: (visit, expected) => visit.meet(visit.definition(expected)),
  not: (visit, expected) => {
    if (visit.errorsBy(expected).length === 0) visit.report('not');
  },
  anyOf,
  oneOf,
  allOf: (visit, expected) => {
    for (const schema of schemasIn(expected)) visit.meet(schema);
  },
  if: (visit, expected) => {
    const branch = visit.errorsBy(expected).length === 0 ? 'then' : 'else';
    const schema = ownField(visit.schema, branch);
    if (schema !== undefined) visit.meet(schema);
  },
};
