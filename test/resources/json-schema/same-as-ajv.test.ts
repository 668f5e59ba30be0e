// Our own reading of JSON Schema finds what ajv finds, in the same order: in documents that are nearly right by each schema.
import type { ErrorObject, SchemaObject } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POLICY_TEST_SCHEMA } from '../../../src/cli/suites/schema.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { EXCEPTION_ENTRY } from '../../../src/policy/exception-entry.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import type { SchemaError } from '../../../src/resources/json-schema/error.ts';
import { schemaErrors } from '../../../src/resources/json-schema/visit.ts';
import { pointerOf } from '../../../src/resources/pointer.ts';
import { randomCases } from '../../support/random-cases.ts';
import { createAjv } from './ajv.ts';

const SCHEMAS: readonly (readonly [name: string, schema: SchemaObject])[] = [
  ...OWN_KINDS.map(({ kind, schema }) => [kind, schema] as const),
  ['PolicyTest', POLICY_TEST_SCHEMA],
  ['an exception', EXCEPTION_ENTRY],
];

/** Of a place, what is wrong there, and with which key. */
type Line = readonly [place: string, keyword: string, detail: unknown];

function ours({ keys, keyword, key, with: other, fitting, repeated, isKey, value }: SchemaError): Line {
  return [pointerOf(keys), keyword, isKey ? value : ((key && other ? [other, key] : key) ?? fitting ?? repeated)];
}

/** ajv also reports that a condition or the name of a key is the reason for another error. */
const MARKS = ['if', 'propertyNames'];

function theirs({ instancePath, keyword, params, propertyName }: ErrorObject): Line {
  const { missingProperty, additionalProperty, property, i, j } = params;
  const passing: unknown = params.passingSchemas;
  const fitting = keyword !== 'oneOf' ? undefined : Array.isArray(passing) ? 2 : 0;
  const repeated = keyword === 'uniqueItems' ? Math.max(Number(i), Number(j)) : undefined;
  const key: unknown = property === undefined ? (missingProperty ?? additionalProperty) : [property, missingProperty];
  return [instancePath, keyword, propertyName ?? key ?? fitting ?? repeated];
}

/** The places in the order in which errors reach them. Which of two keywords of one place comes first means nothing. */
function byPlace(lines: readonly Line[]): readonly (readonly [place: string, lines: readonly string[]])[] {
  const places = Map.groupBy(lines, ([place]) => place);
  return [...places].map(([place, found]) => [place, found.map((line) => JSON.stringify(line)).toSorted()]);
}

/** A list as it is, and anything else as a list of it. */
function unknowns(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Anything: what a schema asks for nowhere, and what some schema asks for. */
const ANY = fc.constantFrom<unknown>(null, true, '', 'a', 'A b', '/x', 0, -1, 1.5, 1e21, [], {}, [['a'], 'a', 'a'], {
  a: 1,
});

/** A value that mostly is what a schema asks for. */
function near(schema: unknown, definitions: unknown, depth: number): fc.Arbitrary<unknown> {
  const reference = ownField(schema, '$ref');
  if (typeof reference === 'string') {
    return near(ownField(definitions, reference.replace('#/$defs/', '')), definitions, depth);
  }
  return fc.oneof({ weight: 8, arbitrary: right(schema, definitions, depth) }, { weight: 1, arbitrary: ANY });
}

function right(schema: unknown, definitions: unknown, depth: number): fc.Arbitrary<unknown> {
  if (!isJsonObject(schema)) return ANY;
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...unknowns(schema.enum));
  const [type] = unknowns(schema.type);
  if (type === 'string') return text(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') {
    return fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1, Number(schema.minimum ?? 0) - 1, 5);
  }
  if (depth === 0) return ANY;
  if (type === 'array') return fc.array(near(schema.items, definitions, depth - 1), { maxLength: 3 });
  return type === 'object' ? object(schema, definitions, depth) : ANY;
}

function text({ pattern, maxLength }: JsonObject): fc.Arbitrary<string> {
  const long = 'x'.repeat(Math.min(Number(maxLength ?? 0), 400) + 1);
  // Patterns with what fast-check cannot make: some words, of which most fit something.
  const words = fc.constantFrom(
    'a',
    'app',
    'ghcr.io/acme/agent',
    'example.com/a',
    '10.0.0.0/8',
    '1Gi',
    '/data',
    'true',
    '😀',
    long,
  );
  return typeof pattern === 'string' && !/\(\?[=!<]/.test(pattern)
    ? fc.oneof(words, fc.stringMatching(new RegExp(pattern, 'u')))
    : words;
}

type Entries = readonly (readonly [key: string, value: unknown])[];

function sometimes(share: number, entries: fc.Arbitrary<Entries>): fc.Arbitrary<Entries> {
  const weight = Math.round(share * 100);
  return fc.oneof({ weight, arbitrary: entries }, { weight: 100 - weight, arbitrary: fc.constant<Entries>([]) });
}

/** With every required key most of the time, some of the others, and now and then one that nobody knows. */
function object(schema: JsonObject, definitions: unknown, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries(isJsonObject(schema.properties) ? schema.properties : {});
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const known = properties.map(([key, member]) => {
    const entry = near(member, definitions, depth - 1).map((value): Entries => [[key, value]]);
    return sometimes(required.includes(key) ? 0.95 : 0.15 + 0.6 / properties.length, entry);
  });
  const additional = isJsonObject(schema.additionalProperties) ? schema.additionalProperties : undefined;
  const names = fc.constantFrom('a', 'Zz', 'example.com/a', 'privileged', 'constructor', '__proto__', '');
  const other = fc.tuple(names, additional ? near(additional, definitions, depth - 1) : ANY);
  const others = sometimes(additional ? 0.8 : 0.1, fc.array(other, { maxLength: 2 }));
  return fc.tuple(...known, others).map((entries) => Object.fromEntries(entries.flat()));
}

describe.each(SCHEMAS)('by the schema of %s', (_, schema) => {
  const accepts = createAjv().compile(schema);

  test('the same is wrong, in the same order', () => {
    fc.assert(
      fc.property(near(schema, schema.$defs, 8), (document) => {
        const isValid = accepts(document);
        const expected = (accepts.errors ?? []).filter(({ keyword }) => !MARKS.includes(keyword)).map(theirs);
        expect(byPlace(schemaErrors(schema, document).map(ours))).toEqual(isValid ? [] : byPlace(expected));
      }),
      { numRuns: randomCases(3000) },
    );
  });

  test('anything at all is right or wrong to both', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        expect(schemaErrors(schema, document).length === 0).toBe(accepts(document));
      }),
      { numRuns: randomCases(500) },
    );
  });
});

test('a keyword that is not supported is a fault, and not passed over', () => {
  expect(() => schemaErrors({ type: 'number', multipleOf: 2 }, 3)).toThrow(
    'the keyword multipleOf of JSON Schema is not supported',
  );
});
