// The CRD that ships is what is made of the schema, and says to an API server what the schema says to us.

import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { renderDefinitions } from '../../../scripts/crds.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { ISOLATION_POLICY_SCHEMA } from '../../../src/resources/isolation-policy/schema.ts';
import { at } from './at.ts';

test('the file holds the definition and nothing else', () => {
  expect(parse(renderDefinitions().get('charts/sandgate/crds/isolationpolicies.yaml') ?? '')).toEqual(
    definitionOf(ISOLATION_POLICY),
  );
});

const SPEC = at(
  definitionOf(ISOLATION_POLICY),
  'spec',
  'versions',
  0,
  'schema',
  'openAPIV3Schema',
  'properties',
  'spec',
);

interface Found {
  readonly path: string;
  readonly schema: JsonObject;
}

/** Every schema that describes a value, by its path. */
function* describedIn(schema: unknown, path: string): Generator<Found> {
  if (!isJsonObject(schema)) return;
  yield { path, schema };
  const members = ownField(schema, 'properties');
  if (isJsonObject(members)) {
    for (const [key, member] of Object.entries(members)) yield* describedIn(member, `${path}.${key}`);
  }
  for (const key of ['items', 'additionalProperties']) yield* describedIn(ownField(schema, key), `${path}.*`);
}

const MADE = [...describedIn(SPEC, 'spec')];
const SOURCE = new Map(
  [...describedIn(at(ISOLATION_POLICY_SCHEMA, 'properties', 'spec'), 'spec')].map(({ path, schema }) => [path, schema]),
);

test('every key of the schema is there, and no other', () => {
  const described = MADE.map(({ path }) => path);
  // What is inside of `harden` and of the ways to connect has no description of its own: a structural schema cannot have one where it
  // has no type.
  const inside = [...SOURCE.keys()].filter((path) => /^spec\.(?:harden|connect\.\w+)\./.test(path));
  expect([...described, ...inside].toSorted()).toEqual([...SOURCE.keys()].toSorted());
});

test.each(MADE)('$path is described in the same words', ({ path, schema }) => {
  const description = SOURCE.get(path)?.description;
  expect(`${String(schema.description)} `.startsWith(`${String(description)} `)).toBe(true);
});

/** What the API server refuses in a CRD. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/ */
const FORBIDDEN =
  '$schema $ref const if then else propertyNames contains uniqueItems patternProperties dependentRequired definitions ' +
  'dependencies deprecated id readOnly writeOnly errorMessage';

test.each(MADE)('$path is structural', ({ schema }) => {
  const text = JSON.stringify(schema);
  for (const keyword of FORBIDDEN.split(' ')) expect(Object.keys(schema)).not.toContain(keyword);
  expect(schema.additionalProperties).not.toBe(false);
  expect(text).not.toContain('(?');
  const untyped = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-int-or-string'];
  if (!untyped.some((keyword) => schema[keyword] === true)) expect(schema.type).toEqual(expect.any(String));
  expect(Object.hasOwn(schema, 'default'), 'objects come back as they were sent').toBe(false);
});

test('whatever the schema asks for between keys is asked for by a rule, in its words', () => {
  const rules = MADE.flatMap(({ path, schema }) =>
    [schema['x-kubernetes-validations'] ?? []]
      .flat()
      .map((rule) => `${path}: ${JSON.stringify(ownField(rule, 'message'))}`),
  );
  expect(rules.map((line) => line.replace(/expected allowPrivilegeEscalation, .*\)/, 'expected …)'))).toEqual([
    'spec.match.namespaceSelector.matchExpressions.*: "expected at least one value for In and NotIn, found none"',
    'spec.match.namespaceSelector.matchExpressions.*: "expected no values for Exists and DoesNotExist"',
    'spec.match.objectSelector.matchExpressions.*: "expected at least one value for In and NotIn, found none"',
    'spec.match.objectSelector.matchExpressions.*: "expected no values for Exists and DoesNotExist"',
    'spec.validationActions: "expected Deny or Warn, found both (what is refused needs no warning)"',
    'spec.checks: "unknown key (expected …)"',
    'spec.checks.*.validationActions: "expected Deny or Warn, found both (what is refused needs no warning)"',
    'spec.podSecurity: "expected either level or fromNamespaceLabels"',
    'spec.podSecurity: "version is given without level"',
    'spec.identity.images.*: "expected tags or digest, found both"',
  ]);
});
