// Expressions over variables of the caller's own: as policies have them, say. What conditions of classes can and cannot do,
// condition.test.ts holds; the same holds here.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEnvironment, type Evaluation } from '../../src/cel/environment.ts';
import { kubernetesTypes } from '../../src/cel/kubernetes-types.ts';
import { namespaceValue, podValue } from '../../src/cel/kubernetes-values.ts';
import { fieldsOf } from '../../src/kubernetes/field-type.ts';
import { POD_FIELDS } from '../../src/kubernetes/pod-fields.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { randomCases } from '../support/random-cases.ts';

const environment = createEnvironment({
  variables: {
    object: 'Pod',
    oldObject: 'Pod',
    request: 'Request',
    namespaceObject: 'Namespace',
    variables: 'Variables',
    limit: 'double',
  },
  types: {
    ...kubernetesTypes(),
    UserInfo: { username: 'string', groups: 'list<string>', extra: 'map<string, list<string>>' },
    Request: { operation: 'string', userInfo: 'UserInfo' },
    Variables: { images: 'list<string>' },
  },
});

const VALUES = {
  object: podValue({
    metadata: { labels: { app: 'tools', constructor: 'yes' }, managedFields: [{ manager: 'kubectl', fieldsV1: {} }] },
    spec: {
      initContainers: [{ name: 'init', image: 'a' }],
      containers: [
        {
          name: 'app',
          image: 'b',
          resources: { limits: { cpu: 2, memory: '1Gi' } },
          livenessProbe: { httpGet: { port: 8080 } },
        },
      ],
      ephemeralContainers: [{ name: 'debug', image: 'c', targetContainerName: 'app' }],
      volumes: [{ name: 'v', csi: { driver: 'd', volumeAttributes: { a: 'b' } } }],
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone' }],
    },
  }),
  oldObject: podValue({}),
  request: { operation: 'CREATE', userInfo: { username: 'jane', groups: ['sre'], extra: { scopes: ['read'] } } },
  namespaceObject: namespaceValue('agents-1', { tier: 'agents' }),
  variables: { images: ['a', 'b', 'c'] },
  limit: 2,
};

function evaluate(text: string, values: Readonly<Record<string, unknown>> = VALUES): Evaluation {
  const compiled = environment.compile(text);
  if (!compiled.ok) throw new Error(`${compiled.line}:${compiled.column}: ${compiled.message}`);
  return compiled.expression.evaluate(values);
}

function refusal(text: string, result?: string): string {
  const compiled = environment.compile(text, result);
  return compiled.ok ? 'accepted' : `${compiled.line}:${compiled.column}: ${compiled.message}`;
}

const TRUE = [
  "object.metadata.labels['constructor'] == 'yes'",
  'object.spec.topologySpreadConstraints.all(t, t.maxSkew == 1.0)',
  "object.spec.volumes.exists(v, v.?csi.?driver.orValue('') == 'd')",
  "object.spec.volumes.exists(v, v.csi.volumeAttributes['a'] == 'b')",
  // Every list of containers, by itself and joined.
  "object.spec.initContainers.all(c, c.image == 'a')",
  "object.spec.ephemeralContainers.all(c, c.targetContainerName == 'app')",
  '(object.spec.initContainers + object.spec.containers + object.spec.ephemeralContainers).size() == 3',
  "(object.spec.containers + object.spec.?ephemeralContainers.orValue([])).exists(c, c.name == 'debug')",
  // A quantity is text, also where a file gives a number; a port is what was written.
  "object.spec.containers.all(c, c.resources.limits['cpu'] == '2')",
  "object.spec.containers.all(c, string(c.resources.limits['cpu']) == '2')",
  "object.spec.containers.all(c, c.resources.limits['memory'] == '1Gi')",
  'object.spec.containers.all(c, c.livenessProbe.httpGet.port == 8080)',
  // Variables that are no pods.
  "request.operation == 'CREATE' && !has(oldObject.spec.hostUsers)",
  "'sre' in request.userInfo.groups",
  "request.userInfo.extra['scopes'].exists(s, s == 'read')",
  "namespaceObject.metadata.labels[?'tier'].orValue('') == 'agents'",
  "variables.images.exists(i, i == 'c')",
  'limit == 2.0',
];

test.each(TRUE)('the expression is true: %s', (text) => {
  expect(evaluate(text)).toEqual({ ok: true, value: true });
});

test.each([
  ['pod.spec.hostUsers', '1:1: unknown variable pod'],
  ['object.spec.\n  nope', '2:3: PodSpec has no field nope'],
  ['has(oldObject.spec.nope)', '1:20: PodSpec has no field nope'],
  ['request.userInfo.name', '1:18: UserInfo has no field name'],
  ['variables.image', '1:11: Variables has no field image'],
  ["object['spec'].hostUsers", '1:7: no such overload: Pod[string]'],
  ["object.spec.containers.all(c, c.resources.limits['cpu'] == 2)", '1:57: no such overload: string == int'],
  ["object.spec.containers.all(c, c.resources.limits['cpu']['a'] == 1)", '1:56: no such overload: string[string]'],
  [
    'authorizer.group("").resource("pods").check("get").allowed()',
    '1:1: authorizer is not available (match.conditions can ask request.userInfo)',
  ],
  ['params.replicas == 1', '1:1: params is not available (write the values into the policy)'],
])('the expression is refused: %s', (text, says) => {
  expect(refusal(text)).toBe(says);
});

describe('the type of the result', () => {
  test.each([
    ["object.metadata.labels['app']", 'string'],
    ['variables.images', 'list<string>'],
    ['object.spec.containers.filter(c, c.image == "b")', 'list<Container>'],
    ['limit * 2.0', 'double'],
  ])('of %s is %s', (text, type) => {
    const compiled = environment.compile(text);
    expect(compiled.ok && compiled.expression.type).toBe(type);
    expect(environment.compile(text, type).ok).toBe(true);
  });

  test('can be asked for', () => {
    expect(refusal('request.operation', 'bool')).toBe('1:9: expected true or false as the result, found string');
    expect(refusal('limit', 'string')).toBe('1:1: expected string as the result, found double');
  });
});

test('what has no value is an error, never an exception', () => {
  const { oldObject: _, ...without } = VALUES;
  expect(evaluate('has(oldObject.spec.hostUsers)', without)).toEqual({
    ok: false,
    error: 'oldObject is not known here',
  });
  expect(evaluate("'sre' in request.userInfo.groups", { ...VALUES, request: { userInfo: {} } })).toEqual({
    ok: false,
    error: 'no such key: groups (ask has(…) before, or .?field.orValue(…))',
  });
  expect(evaluate('limit > 1.0', { limit: 'two' })).toMatchObject({ ok: false });
});

test('any pod at all, also one that was not held against its types', () => {
  const expressions = TRUE.map((text) => environment.compile(text));
  const quantity = fc.oneof(fc.jsonValue(), fc.constantFrom({ constructor: 'x' }, { constructor: null }, [[]]));
  const container = fc.record({ resources: fc.record({ limits: fc.record({ cpu: quantity, memory: quantity }) }) });
  const pods = fc.oneof(fc.jsonValue(), fc.record({ spec: fc.record({ containers: fc.array(container) }) }));
  fc.assert(
    fc.property(pods, (pod) => {
      const values = { ...VALUES, object: podValue(isJsonObject(pod) ? pod : {}) };
      for (const compiled of expressions) if (compiled.ok) compiled.expression.evaluate(values);
    }),
    { numRuns: randomCases(300) },
  );
});

test('environments do not know of each other', () => {
  const other = createEnvironment({ variables: { object: 'string' }, types: {} });
  expect(other.compile("object == 'a'", 'bool').ok).toBe(true);
  expect(environment.compile("object == 'a'", 'bool').ok).toBe(false);
});

describe('types of the table of pod fields', () => {
  const types = kubernetesTypes();

  test('are all there, and every type that they name', () => {
    const known = new Set(['string', 'bool', 'int', 'quantityText', 'dyn', ...Object.keys(types)]);
    const parts = Object.values(types).flatMap((fields) =>
      Object.values(fields).map((type) => type.replace(/^(?:list<|map<string, )(.*)>$/, '$1')),
    );
    expect(parts.filter((type) => !known.has(type))).toEqual([]);
    const named = Object.keys(POD_FIELDS).filter((name) => name !== 'EphemeralContainer' && name !== 'PodTemplateSpec');
    expect(named.filter((name) => !Object.hasOwn(types, name))).toEqual([]);
    expect(types.Pod).toEqual({ apiVersion: 'string', kind: 'string', metadata: 'ObjectMeta', spec: 'PodSpec' });
  });

  test('ephemeral containers have every field of containers', () => {
    expect([...fieldsOf('EphemeralContainer')]).toEqual(expect.arrayContaining([...fieldsOf('Container')]));
  });
});
