// Our evaluator, held against the table of expressions with Kubernetes' answers. That these are its answers, the cluster tests
// ask an API server.
import { describe, expect, test } from 'vitest';
import { admissionEnvironment, admissionValues } from '../../src/cel/admission.ts';
import { TABLE } from './table/index.ts';
import { POD } from './table/row.ts';

const environment = admissionEnvironment({});
const values = admissionValues({
  object: POD,
  oldObject: undefined,
  request: {
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: 'pods',
    subresource: '',
    operation: 'CREATE',
    name: 'table',
    namespace: 'default',
    user: { username: 'admin', groups: ['system:masters'] },
    dryRun: true,
  },
  namespaceLabels: { 'kubernetes.io/metadata.name': 'default' },
});

/** `true`, `not true`, or what went wrong and when. */
function answer(expression: string): string {
  const compiled = environment.compile(expression, 'bool');
  if (!compiled.ok) return `refused: ${compiled.message}`;
  const evaluation = compiled.expression.evaluate(values);
  return evaluation.ok ? (evaluation.value === true ? 'true' : 'not true') : `fails: ${evaluation.error}`;
}

describe.each(Object.entries(TABLE))('of the library %s', (_, { holds, fails, refused, refusedHere = [] }) => {
  test.each(holds)('this is true: %s', (expression) => {
    expect(answer(expression)).toBe('true');
  });

  test.each(fails)('this cannot be evaluated: %s', (expression) => {
    expect(answer(expression)).toMatch(/^fails: \S/);
  });

  test.each([...refused, ...refusedHere])('this is refused when it is loaded: %s', (expression) => {
    expect(answer(expression)).toMatch(/^refused: \S/);
  });
});
