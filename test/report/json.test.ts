// What `-o json` shows of the value at an offending field.
import { describe, expect, test } from 'vitest';
import type { FieldRef, Finding } from '../../src/model/finding.ts';
import { json } from '../../src/report/json.ts';
import { shownValue } from '../../src/report/shapes/finding-value.ts';
import type { Result } from '../../src/report/shapes/result.ts';
import { styleFor } from '../../src/report/terminal/style.ts';

const FINDING: Finding = {
  policy: 'p',
  rule: 'IsolationPolicy "p"',
  check: 'c',
  action: 'Deny',
  audited: false,
  reason: 'r',
  detail: 'd',
  fix: '',
  fields: [],
};

function printed(...fields: readonly FieldRef[]): string {
  const result: Result = {
    source: { file: 'a.yaml', document: 1, line: 1 },
    object: { apiVersion: 'v1', kind: 'Pod', namespace: '', name: 'a' },
    verdict: 'denied',
    deniedAt: 'object',
    findings: [{ ...FINDING, fields }],
    warnings: [],
    patch: [],
    placeOf: () => ({ file: 'a.yaml', line: 1, column: 1 }),
  };
  return json.judged?.([result], styleFor(false)) ?? '';
}

describe('a value', () => {
  test.each([
    ['text', 'SYS_ADMIN', 'SYS_ADMIN'],
    ['the empty text', '', ''],
    ['a number', 0, 0],
    ['a boolean', false, false],
    ['a short list', ['NET_RAW', 1, true], ['NET_RAW', 1, true]],
    ['an empty list', [], []],
    ['text of 256 characters', 'x'.repeat(256), 'x'.repeat(256)],
    ['longer text', 'x'.repeat(257), `${'x'.repeat(255)}…`],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['an object', { path: '/' }, undefined],
    ['a list of objects', [{ name: 'a' }], undefined],
    ['a list of nothing', [null], undefined],
    ['a long list', Array.from({ length: 100 }, () => 'NET_RAW'), undefined],
    ['a list of a long text', ['x'.repeat(256)], undefined],
  ])('that is %s', (_, value, shown) => {
    expect(shownValue({ path: 'spec.x', value })).toEqual(shown);
  });

  test.each([
    'spec.containers[0].env[3].value',
    'spec.containers[0].env[3]',
    'spec.containers[0].env',
    'spec.template.spec.initContainers[0].envFrom[0].prefix',
    'env[0]',
  ])('of an environment variable is not shown: %s', (path) => {
    expect(shownValue({ path, value: 'secret' })).toBeUndefined();
    expect(printed({ path, value: 'secret' })).not.toContain('secret');
  });

  test.each(['spec.environment', 'spec.containers[0].envelope', 'metadata.labels[my.envoy]'])(
    'of a field that only begins like one is: %s',
    (path) => expect(shownValue({ path, value: 'x' })).toBe('x'),
  );
});

describe('the rows', () => {
  test('have a value after the container, where there is one', () => {
    const { results } = parsed(
      printed({ path: 'spec.a', container: 'app', value: 1 }, { path: 'spec.b', value: undefined }, { path: 'spec.c' }),
    );
    const common = { policy: 'p', check: 'c', action: 'Deny', reason: 'r', detail: 'd' };
    expect(results[0]?.findings).toStrictEqual([
      { ...common, path: 'spec.a', container: 'app', value: 1 },
      { ...common, path: 'spec.b' },
      { ...common, path: 'spec.c' },
    ]);
    expect(Object.keys(results[0]?.findings[0] ?? {})).toEqual([...Object.keys(common), 'path', 'container', 'value']);
  });

  test('hold no character that a terminal acts upon, and lose none', () => {
    const value = 'a\u001b[2J\u0007\u007f\u009b31m\u2028\u2029\u202e\u2066\u061c\ud800z';
    const text = printed({ path: 'spec.x', value });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(parsed(text).results[0]?.findings[0]).toMatchObject({ value });
  });
});

interface Printed {
  readonly results: readonly { readonly findings: readonly object[] }[];
}

function parsed(text: string): Printed {
  const value: unknown = JSON.parse(text);
  if (!isPrinted(value)) throw new TypeError(text);
  return value;
}

function isPrinted(value: unknown): value is Printed {
  return typeof value === 'object' && value !== null && 'results' in value && Array.isArray(value.results);
}
