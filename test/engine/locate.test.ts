// Which templates of the old object belong to which of the new one: paired by their places, whatever their numbers and types.
import { describe, expect, test } from 'vitest';
import { enforcementByRow } from '../../src/engine/gate.ts';
import { type Located, locate } from '../../src/engine/locate.ts';
import { specChanged, templateChanged } from '../../src/engine/scope.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { withOwnRows } from '../../src/workloads/index.ts';
import type { Workload } from '../../src/workloads/workload.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

/** A kind that is filled in and has several templates, as no built-in one. */
const PIPELINE: Workload = {
  group: 'example.dev',
  kind: 'Pipeline',
  versions: ['v1'],
  resource: 'pipelines',
  templates: ['/spec/steps/*/template', '/spec/last'],
  subresources: [],
  enforcement: 'Enforce',
  fillIn: true,
};

const BASE = gateOf(policyYaml('p', 'harden: restricted'));
const GATE = {
  ...BASE,
  policies: { ...BASE.policies, workloads: withOwnRows([PIPELINE]) },
  enforcement: enforcementByRow,
};
const [A, B, C] = ['a', 'b', 'c'].map((image) => ({ spec: { containers: [{ name: 'x', image }] } }));

function pipeline(all: unknown, last?: unknown): JsonObject {
  return { apiVersion: 'example.dev/v1', kind: 'Pipeline', metadata: { name: 'p' }, spec: { steps: all, last } };
}

function steps(...templates: unknown[]): JsonObject[] {
  return templates.map((template) => ({ template }));
}

function located(object: JsonObject, oldObject: JsonObject | undefined): Located {
  const found = locate(subjectOf(object, { operation: oldObject ? 'UPDATE' : 'CREATE', oldObject }), GATE);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

describe('the template that each one replaces', () => {
  test.each<[string, JsonObject | undefined, unknown[], boolean]>([
    ['is the one at the same place', pipeline(steps(A, B)), [A, B], false],
    ['is the one at the same place, though its spec is another', pipeline(steps(A, C)), [A, C], true],
    ['is absent without an old object', undefined, [undefined, undefined], true],
    ['is absent where the old object has none', { metadata: { name: 'p' } }, [undefined, undefined], true],
    ['is absent where the old object has fewer', pipeline(steps(A)), [A, undefined], true],
    ['is there where the old object has more', pipeline(steps(A, B), C), [A, B], true],
    ['is counted without those that are null', pipeline(steps(null, A, B)), [A, B], false],
    ['may stand under another pointer', pipeline(steps(A), B), [A, B], false],
    ['may be of a wrong type', pipeline('x', 7), ['x', 7], true],
  ])('the old template %s', (_, oldObject, expected, changed) => {
    const found = located(pipeline(steps(A, B)), oldObject);
    expect(found.templates.map(({ old }) => old?.value)).toEqual(expected);
    expect(templateChanged(found)).toBe(changed);
    expect(specChanged(found)).toBe(changed);
  });

  test('every old template is there, also one that nothing takes the place of', () => {
    const found = located(pipeline(steps(A)), pipeline(steps(A, B), C));
    expect(found.oldTemplates.map(({ value, tokens }) => [tokens.join('/'), value])).toEqual([
      ['spec/steps/0/template', A],
      ['spec/steps/1/template', B],
      ['spec/last', C],
    ]);
  });

  test('a pod replaces a pod', () => {
    const [before, after] = [
      { kind: 'Pod', spec: {} },
      { kind: 'Pod', metadata: {}, spec: {} },
    ];
    const found = located(after, before);
    expect(found.templates).toEqual([{ tokens: [], value: after, old: { tokens: [], value: before } }]);
    expect([templateChanged(found), specChanged(found)]).toEqual([true, false]);
  });
});
