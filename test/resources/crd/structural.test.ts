// From JSON Schema to structural schemas and CEL: one row for each form, and that the rules mean what the schema means.

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { celOf } from '../../../scripts/crd/cel.ts';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { structuralSchema } from '../../../scripts/crd/structural.ts';
import { createEnvironment, type Expression } from '../../../src/cel/environment.ts';
import { type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { CHECK_IDS, ISOLATION_POLICY_SCHEMA } from '../../../src/resources/isolation-policy/schema.ts';
import { at, objectAt } from './at.ts';

const FORMS: readonly { readonly name: string; readonly schema: JsonObject; readonly made: JsonObject }[] = [
  {
    name: 'limits and choices stay',
    schema: { type: 'string', minLength: 1, maxLength: 3, enum: ['a'], description: 'Some.', errorMessage: 'no' },
    made: { type: 'string', minLength: 1, maxLength: 3, enum: ['a'], description: 'Some.' },
  },
  {
    name: 'const is a choice of one',
    schema: { type: 'boolean', const: true },
    made: { type: 'boolean', enum: [true] },
  },
  {
    name: 'a default is told',
    schema: { type: 'string', description: 'Some.', default: 'latest' },
    made: { type: 'string', description: 'Some. Default: latest.' },
  },
  {
    name: 'what Go cannot match is left to the webhook',
    schema: { type: 'string', pattern: '^(?=[^/]{1,253}/|[^/]+$)([a-z]/)?b$' },
    made: { type: 'string', pattern: '^([a-z]/)?b$' },
  },
  {
    name: 'closed objects are closed anyway, open maps stay open',
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { a: { type: 'object', additionalProperties: { type: 'string' }, propertyNames: { pattern: 'x' } } },
    },
    made: { type: 'object', properties: { a: { type: 'object', additionalProperties: { type: 'string' } } } },
  },
  {
    name: 'a list without repetition is a set',
    schema: { type: 'array', description: 'All.', uniqueItems: true, items: { type: 'string', enum: ['a', 'b'] } },
    made: {
      type: 'array',
      description: 'All. Each one of a, b.',
      'x-kubernetes-list-type': 'set',
      maxItems: 2,
      items: { type: 'string', enum: ['a', 'b'] },
    },
  },
  {
    name: 'a quantity is an integer or a string',
    schema: { type: ['integer', 'string'], minimum: 0, description: 'Some.', pattern: '^(?=[0-9])[0-9]*Gi$' },
    made: {
      minimum: 0,
      description: 'Some.',
      pattern: '^[0-9]*Gi$',
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
    },
  },
  {
    name: 'one key for another',
    schema: { type: 'object', dependentRequired: { version: ['level'] } },
    made: {
      type: 'object',
      'x-kubernetes-validations': [
        { rule: '!has(self.version) || has(self.level)', message: 'version is given without level' },
      ],
    },
  },
];

test.each(FORMS)('a structural schema is made: $name', ({ schema, made }) => {
  expect(structuralSchema(schema)).toEqual(made);
});

test.each([
  ['a keyword nobody has thought about', { type: 'string', format: 'email' }, 'not known what becomes of "format"'],
  ['a pattern with a lookahead inside', { type: 'string', pattern: 'a(?!b)' }, 'Go cannot read the pattern a(?!b)'],
  ['a condition without a message', { type: 'object', not: { required: ['a'] } }, 'no errorMessage'],
  [
    'unique items that could be anything',
    { type: 'array', uniqueItems: true, items: { type: 'string' } },
    'no choices',
  ],
  ['another union', { type: ['string', 'boolean'], minimum: 1 }, 'not known what becomes of'],
  ['no schema', true, 'no schema: true'],
])('no structural schema is made of %s', (_, schema, says) => {
  expect(() => structuralSchema(schema)).toThrow(says);
});

test.each([
  ['a keyword', { pattern: 'x' }, 'not known how to say "pattern" in CEL'],
  ['an empty condition', {}, 'an empty condition'],
  ['a field that CEL would read otherwise', { required: ['in'] }, 'not known how to name the field "in"'],
  ['a field with a dash', { required: ['a-b'] }, 'not known how to name the field "a-b"'],
  ['a text with a quote', { const: "it's" }, 'not known how to write'],
])('not said in CEL: %s', (_, condition, says) => {
  expect(() => celOf(condition, 'self')).toThrow(says);
});

const ajv = new Ajv2020({ strict: false });
const cel = createEnvironment({ variables: { self: 'dyn' }, types: {} });

function compiled(rule: string): Expression {
  const result = cel.compile(rule, 'bool');
  if (!result.ok) throw new Error(`${rule}: ${result.message}`);
  return result.expression;
}

const SPEC = ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec', 'properties'] as const;

/** Whether our schema takes a value at a place of the spec, and whether the rules of the CRD do. */
function judgesAt(...keys: readonly string[]): (value: unknown) => { schema: boolean; rules: boolean } {
  const accepts = ajv.compile(objectAt(ISOLATION_POLICY_SCHEMA, 'properties', 'spec', 'properties', ...keys));
  const rules = [ownField(at(definitionOf(ISOLATION_POLICY), ...SPEC, ...keys), 'x-kubernetes-validations')].flat();
  const programs = rules.map((rule) => compiled(stringField(rule, 'rule') ?? ''));
  expect(programs.length).toBeGreaterThan(0);
  return (value) => ({ schema: accepts(value), rules: programs.every((program) => holds(program, value)) });
}

function holds(rule: Expression, self: unknown): boolean {
  const evaluation = rule.evaluate({ self });
  return evaluation.ok && evaluation.value === true;
}

/** Values whose members are all right by themselves: what is left are the conditions between them. */
const PLACES: readonly { readonly keys: readonly string[]; readonly values: fc.Arbitrary<unknown> }[] = [
  {
    keys: ['match', 'objectSelector', 'properties', 'matchExpressions', 'items'],
    values: fc.record(
      {
        key: fc.constant('a'),
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
        values: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
      },
      { requiredKeys: ['key', 'operator'] },
    ),
  },
  {
    keys: ['validationActions'],
    values: fc.uniqueArray(fc.constantFrom('Deny', 'Warn', 'Audit'), { minLength: 1 }),
  },
  {
    keys: ['podSecurity'],
    values: fc.record(
      {
        level: fc.constantFrom('baseline', 'restricted'),
        version: fc.constantFrom('latest', 'v1.35'),
        fromNamespaceLabels: fc.constant(true),
      },
      { requiredKeys: [] },
    ),
  },
  {
    keys: ['identity', 'properties', 'images', 'items'],
    values: fc.record(
      {
        image: fc.constant('nginx'),
        runAsUser: fc.constant(1),
        tags: fc.constant('1'),
        digest: fc.constant(`sha256:${'0'.repeat(64)}`),
      },
      { requiredKeys: ['image', 'runAsUser'] },
    ),
  },
  {
    keys: ['checks'],
    values: fc
      .uniqueArray(fc.constantFrom(...CHECK_IDS, 'hostPort', 'hostports', ''), { maxLength: 3 })
      .map((keys) => Object.fromEntries(keys.map((key) => [key, { validationActions: ['Warn'] }]))),
  },
];

describe('the rules of the CRD and our schema say the same of', () => {
  test.each(PLACES)('the CRD agrees with our schema at $keys', ({ keys, values }) => {
    const [first = '', ...rest] = keys;
    const path = rest[0] === 'properties' || rest.length === 0 ? rest : ['properties', ...rest];
    const judge = judgesAt(first, ...path);
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(values, (value) => {
        const { schema, rules } = judge(value);
        seen.add(schema);
        expect(rules, JSON.stringify(value)).toBe(schema);
      }),
    );
    expect(seen.size, 'both answers were given').toBe(2);
  });
});

test('every rule is read by a CEL parser, and says what is expected', () => {
  const pending: unknown[] = [definitionOf(ISOLATION_POLICY)];
  let count = 0;
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const members: readonly unknown[] = Object.values(value ?? {});
    if (typeof value === 'object') pending.push(...members);
    const rule = stringField(value, 'rule');
    if (rule === undefined) continue;
    count++;
    expect(() => compiled(rule)).not.toThrow();
    expect(stringField(value, 'message')).toMatch(/expected|given/);
  }
  expect(count).toBeGreaterThan(5);
});
