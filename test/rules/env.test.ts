// Environment variables through the whole engine: every kind, every list of containers, updates, classes.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { subjectOf } from '../support/gate.ts';
import { accepted } from './bound.ts';

const GATE = gateOfSpec(`
env:
  add: [{ name: TZ, value: UTC }]
  forbiddenLists: [DynamicLinker]
  secretRefs: Deny
  allowedFieldRefs: [metadata.name]
`);

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'];

function pod(env: readonly JsonObject[], list = 'containers', more: JsonObject = {}): JsonObject {
  const base = { containers: [{ name: 'a', image: 'app' }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { ...base, [list]: [{ name: list === 'containers' ? 'a' : 'b', image: 'app', env, ...more }] },
  };
}

const ATTEMPTS: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['LD_PRELOAD', { name: 'LD_PRELOAD', value: '/x.so' }, {}],
  ['an empty LD_AUDIT', { name: 'LD_AUDIT', value: '' }, {}],
  ['a variable of the linker without a value', { name: 'LD_LIBRARY_PATH' }, {}],
  ['a name from a prefix', { name: 'A' }, { envFrom: [{ prefix: 'LD_', configMapRef: { name: 'c' } }] }],
  ['a Secret', { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }, {}],
  ['all of a Secret', { name: 'A' }, { envFrom: [{ secretRef: { name: 's', optional: true } }] }],
  ['the address of the node', { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }, {}],
  ['the addresses of the node', { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIPs' } } }, {}],
];

describe.each(ATTEMPTS)('the attempt with %s', (_, variable, more) => {
  test.each(LISTS)('is refused in %s, of a pod and of every kind', (list) => {
    for (const [kind, object] of inEveryKind(pod([variable], list, more))) {
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
    }
  });

  test('is refused in an update that brings it, and not where it was before', () => {
    const [, before] = inEveryKind(pod([])).find(([kind]) => kind === 'Sandbox') ?? [];
    const [, after] = inEveryKind(pod([variable], 'containers', more)).find(([kind]) => kind === 'Sandbox') ?? [];
    if (!before || !after) throw new Error('no Sandbox');
    expect(decideUpdate(GATE, before, after).verdict).toBe('denied');
    expect(decideUpdate(GATE, after, { ...after, metadata: { name: 'x', labels: { a: 'b' } } }).verdict).toBe(
      'allowed',
    );
  });

  test('is refused in an ephemeral container that is added to a pod that runs', () => {
    const { verdict } = decide(GATE, pod([variable], 'ephemeralContainers', more), {
      operation: 'UPDATE',
      subresource: 'ephemeralcontainers',
      oldObject: pod([]),
    });
    expect(verdict).toBe('denied');
  });
});

test('ConfigMaps and plain values are let through, and TZ is given to every container', () => {
  const { verdict, filled } = decide(
    GATE,
    pod([{ name: 'A', value: 'b' }], 'initContainers', { envFrom: [{ configMapRef: { name: 'c' } }] }),
  );
  expect(verdict).toBe('allowed');
  expect(filled).toMatchObject({
    spec: {
      initContainers: [
        {
          env: [
            { name: 'A', value: 'b' },
            { name: 'TZ', value: 'UTC' },
          ],
        },
      ],
      containers: [{ env: [{ name: 'TZ', value: 'UTC' }] }],
    },
  });
});

test('a pod that the mutating webhook missed is refused', () => {
  expect(validate(subjectOf(pod([])), GATE).findings.map(({ check, detail }) => `${check}: ${detail}`)).toEqual([
    'filledIn: spec.containers[0].env[0].name="TZ", spec.containers[0].env[0].value="UTC"',
  ]);
});

test('what a class gives a container is not judged by a policy that grants the class, and its own containers stay as they are', () => {
  const spec = `
env: { add: [{ name: TZ, value: UTC }], forbidden: ["DOCKER_*"] }
capabilities: [{ name: docker, assign: Always }]`;
  const gate = gateOfSpec(spec, DOCKER_CLASS);
  const { said, filled } = decide(gate, pod([]));
  expect(said).toEqual([]);
  expect(JSON.stringify(filled)).toContain('DOCKER_HOST');
  expect(JSON.stringify(filled).split('"TZ"')).toHaveLength(2);
  expect(decide(gate, pod([{ name: 'DOCKER_CONFIG', value: '/x' }])).verdict).toBe('denied');
});

test.each([
  [{ add: [{ name: 'LD_PRELOAD', value: '' }], forbiddenLists: ['DynamicLinker'] }],
  [{ add: [{ name: 'A', value: '' }], forbidden: ['*'] }],
  [
    {
      add: [
        { name: 'A', value: '' },
        { name: 'A', value: 'b' },
      ],
    },
  ],
  [{ forbidden: ['A=B'] }],
  [{ forbiddenLists: ['LD_PRELOAD'] }],
  [{ secretRefs: 'Allow' }],
])('the parameters %j are refused', (parameters) => {
  expect(accepted('env', parameters)).toBeUndefined();
});
