// What is a pod template, and what is wrong with what is not one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FieldType, fieldsOf, isTypeName, type TypeName } from '../../src/kubernetes/field-type.ts';
import { isPodTemplate, shapeProblems } from '../../src/kubernetes/pod-shape.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { randomCases } from '../support/random-cases.ts';

interface Found {
  readonly path: string;
  readonly type: FieldType;
  /** A template with this value in the place of the field. */
  readonly template: (value: unknown) => JsonObject;
}

/** Every field of a template, at every place that it can stand at. */
function* fieldsBelow(name: TypeName, path: string, wrap: (owner: JsonObject) => JsonObject): Generator<Found> {
  for (const [field, type] of fieldsOf(name)) {
    const at = path === '' ? field : `${path}.${field}`;
    const template = (value: unknown): JsonObject => wrap({ [field]: value });
    yield { path: at, type, template };
    if (!isTypeName(type.name)) continue;
    const entry = type.form === 'list' ? `${at}[0]` : at;
    yield* fieldsBelow(type.name, entry, (value) => template(type.form === 'list' ? [value] : value));
  }
}

const FIELDS = [...fieldsBelow('PodTemplateSpec', '', (template) => template)];

const SAMPLES = ['', 'a', '1', 0, -3, 1.5, true, false, {}, { a: 1 }, [], ['a'], [1], { a: 'b' }, { a: null }, [null]];

/** What the API server reads into a field of this type, leaving aside which texts and numbers it then finds valid. */
function reads(value: unknown, { form, name }: FieldType): boolean {
  if (form === 'list') return Array.isArray(value) && value.every((entry) => readsEntry(entry, name));
  if (form === 'map') return isObject(value) && Object.values(value).every((entry) => readsEntry(entry, name));
  return readsEntry(value, name);
}

function readsEntry(value: unknown, name: FieldType['name']): boolean {
  if (isTypeName(name)) return isObject(value);
  const text = typeof value === 'string';
  const number = typeof value === 'number';
  const fits = {
    string: text,
    boolean: typeof value === 'boolean',
    integer: Number.isInteger(value),
    quantity: text || number || value === null,
    intOrString: text || Number.isInteger(value),
    any: true,
  };
  return fits[name];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

test('there are the fields of every kind of container', () => {
  const paths = new Set(FIELDS.map(({ path }) => path));
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    expect(paths).toContain(`spec.${list}[0].securityContext.capabilities.add`);
    expect(paths).toContain(`spec.${list}[0].livenessProbe.httpGet.port`);
  }
  expect(FIELDS.length).toBeGreaterThan(1000);
});

test('every field is held against its type, at every place', () => {
  const wrong: string[] = [];
  for (const { path, type, template } of FIELDS) {
    for (const value of SAMPLES) {
      const good = isPodTemplate(template(value)) === reads(value, type);
      const placed = shapeProblems(template(value)).every((fault) => fault.path.startsWith(path));
      if (!good || !placed) wrong.push(`${path}: ${JSON.stringify(value)}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('a field that is null is absent, and may be', () => {
  for (const { path, template } of FIELDS) expect(isPodTemplate(template(null)), path).toBe(true);
});

describe('a template is right exactly where nothing is wrong with it', () => {
  test('whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isPodTemplate(value)).toBe(shapeProblems(value).length === 0);
      }),
    );
  });

  test('any value in any field', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), fc.jsonValue(), ({ template }, value) => {
        expect(isPodTemplate(template(value))).toBe(shapeProblems(template(value)).length === 0);
      }),
      { numRuns: randomCases(2000) },
    );
  });
});

test.each([
  ['a template that is a list', [], [{ path: '', expected: 'an object' }]],
  ['no template', null, [{ path: '', expected: 'an object' }]],
  [
    'a text where a truth value belongs',
    { spec: { automountServiceAccountToken: 'yes' } },
    [{ path: 'spec.automountServiceAccountToken', expected: 'true or false' }],
  ],
  [
    'several, in the order in which they stand',
    {
      spec: { volumes: {}, containers: [{ env: [{ name: 'A', value: 1 }, null] }] },
      metadata: { labels: { 'a/b': 1 } },
    },
    [
      { path: 'spec.volumes', expected: 'a list' },
      { path: 'spec.containers[0].env[0].value', expected: 'a string' },
      { path: 'spec.containers[0].env[1]', expected: 'an object' },
      { path: 'metadata.labels[a/b]', expected: 'a string' },
    ],
  ],
  [
    'quantities and ports, which are numbers or texts',
    {
      spec: {
        containers: [
          {
            resources: { limits: { cpu: true } },
            livenessProbe: { httpGet: { port: 1.5 } },
            ports: [{ hostPort: '80' }],
          },
        ],
      },
    },
    [
      { path: 'spec.containers[0].resources.limits.cpu', expected: 'a string or a number' },
      { path: 'spec.containers[0].livenessProbe.httpGet.port', expected: 'an integer or a string' },
      { path: 'spec.containers[0].ports[0].hostPort', expected: 'an integer' },
    ],
  ],
  ['a map that is not one', { spec: { nodeSelector: 'a' } }, [{ path: 'spec.nodeSelector', expected: 'an object' }]],
])('what is wrong is named with its path and type: %s', (_, template, faults) => {
  expect(shapeProblems(template)).toEqual(faults);
});

test.each([
  ['quantities as numbers', { spec: { containers: [{ resources: { limits: { cpu: 0.5, memory: 1e9 } } }] } }],
  ['a quantity that Helm left empty', { spec: { containers: [{ resources: { limits: { cpu: null } } }] } }],
  ['ports by number and by name', { spec: { containers: [{ startupProbe: { tcpSocket: { port: 'http' } } }] } }],
  ['times', { metadata: { creationTimestamp: null, deletionTimestamp: '2026-01-01T00:00:00Z' } }],
  ['managed fields of any form', { metadata: { managedFields: [{ fieldsV1: { 'f:spec': {} } }, { fieldsV1: 7 }] } }],
  ['fields that Kubernetes does not know', { spec: { nope: 7, containers: [{ nope: [] }] }, status: 7 }],
  ['a source of volumes that is not known', { spec: { volumes: [{ name: 'a', constructor: 7 }] } }],
  ['keys that JavaScript gives a meaning', JSON.parse('{"__proto__": {"spec": 7}, "spec": {"toString": 7}}')],
])('a template is accepted with %s', (_, template) => {
  expect(isPodTemplate(template)).toBe(true);
  expect(shapeProblems(template)).toEqual([]);
});

test('of thousands of faults the first twenty are told', () => {
  const template = { spec: { containers: Array.from({ length: 10_000 }, () => ({ image: 7 })) } };
  expect(shapeProblems(template)).toHaveLength(20);
  expect(shapeProblems(template).at(-1)).toEqual({ path: 'spec.containers[19].image', expected: 'a string' });
});
