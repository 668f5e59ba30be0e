// How often grants are resolved: once for each template that is looked at, however many policies, checks and classes ask.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { resolveGrants } from '../../src/engine/grants/grants.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { mergeImplementation } from '../../src/grants/merge.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { DOCKER_CLASS, grantingPolicy, NSJAIL_CLASS } from '../support/docker-class.ts';
import { gateOf, subjectOf } from '../support/gate.ts';

vi.mock(import('../../src/engine/grants/grants.ts'), async (original) => {
  const module = await original();
  return { ...module, resolveGrants: vi.fn(module.resolveGrants) };
});

vi.mock(import('../../src/grants/merge.ts'), async (original) => {
  const module = await original();
  return { ...module, mergeImplementation: vi.fn(module.mergeImplementation) };
});

const resolving = vi.mocked(resolveGrants);
const merging = vi.mocked(mergeImplementation);
beforeEach(() => {
  vi.clearAllMocks();
});

const ROOTLESS = '[{ name: docker, implementation: rootless }, { name: nsjail }]';
const CLASSES = [DOCKER_CLASS.replace('authorization: Policy', 'authorization: RBAC'), NSJAIL_CLASS];
const mayUse = vi.fn(() => 'allowed' as const);
const loaded = gateOf([...CLASSES, grantingPolicy('agents', ROOTLESS), grantingPolicy('other', ROOTLESS)], {
  agents: {},
});
const GATE: Gate = { ...loaded, surroundings: { ...loaded.surroundings, mayUse } };

function template(classes: string, spec: JsonObject = {}): JsonObject {
  return {
    metadata: { annotations: { 'sandgate.dev/capabilities': classes } },
    spec: { containers: [{ name: 'app', image: 'x' }], ...spec },
  };
}

function pod(classes: string, spec: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', ...template(classes, spec) };
}

function sandbox(classes: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's' },
    spec: { podTemplate: template(classes, spec) },
  };
}

function deployment(classes: string): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { template: template(classes) },
  };
}

function filled(object: JsonObject): JsonObject {
  const { object: result } = mutate(subjectOf(object), GATE);
  vi.clearAllMocks();
  if (!isJsonObject(result)) throw new Error('nothing was filled in');
  return result;
}

/** How often grants were resolved, who was asked about, and how often a class was merged: for the one class that needs to ask. */
function counts(): { resolved: number; asked: number; merged: number } {
  const templates = resolving.mock.calls.map(([first]) => first);
  expect(new Set(templates).size).toBe(templates.length);
  return { resolved: templates.length, asked: mayUse.mock.calls.length, merged: merging.mock.calls.length };
}

describe('one class', () => {
  test.each([
    ['a pod', pod('docker')],
    ['a Sandbox', sandbox('docker')],
  ])('%s is resolved once to be filled in, and once to be judged', (_, object) => {
    mutate(subjectOf(object), GATE);
    expect(counts()).toEqual({ resolved: 1, asked: 1, merged: 1 });
    const complete = filled(object);
    expect(validate(subjectOf(complete), GATE).verdict).toBe('allowed');
    expect(counts()).toEqual({ resolved: 1, asked: 1, merged: 1 });
  });

  test('an update that is excused for what was there before resolves the old object once as well', () => {
    const before = filled(sandbox('docker', { hostNetwork: true }));
    const { podTemplate } = isJsonObject(before.spec) ? before.spec : {};
    const { metadata, spec } = isJsonObject(podTemplate) ? podTemplate : {};
    const relabelled = { metadata: { ...(isJsonObject(metadata) && metadata), labels: { team: 'b' } }, spec };
    const after = { ...before, spec: { podTemplate: relabelled } };
    const { verdict, findings } = validate(subjectOf(after, { operation: 'UPDATE', oldObject: before }), GATE);
    expect([verdict, new Set(findings.map(({ action }) => action))]).toEqual(['allowed', new Set(['Warn'])]);
    // Beside the two, each time the class that the policy lists beside it is tried, which might grant what is refused.
    expect(counts()).toEqual({ resolved: 2, asked: 2, merged: 6 });
  });

  test('an update that is allowed does not look into the old object', () => {
    const [before, after] = [filled(sandbox('docker')), filled(sandbox('docker', { hostname: 'h' }))];
    expect(validate(subjectOf(after, { operation: 'UPDATE', oldObject: before }), GATE).verdict).toBe('allowed');
    expect(counts()).toEqual({ resolved: 1, asked: 1, merged: 1 });
  });

  test('an update that leaves a Sandbox as it was, which is then judged like a kind that is not filled in, is resolved twice', () => {
    const before = filled(sandbox('docker'));
    const after = { ...before, metadata: { name: 's', labels: { team: 'b' } } };
    validate(subjectOf(after, { operation: 'UPDATE', oldObject: before }), GATE);
    expect(counts()).toEqual({ resolved: 2, asked: 2, merged: 2 });
  });

  test('a kind that is left as written is resolved as it is written, and as the pod that comes of it', () => {
    expect(validate(subjectOf(deployment('docker')), GATE).findings).toEqual([]);
    expect(counts()).toEqual({ resolved: 2, asked: 2, merged: 2 });
  });
});

describe('two classes', () => {
  test('are merged one into the other once, when the pod is filled in', () => {
    mutate(subjectOf(pod('docker,nsjail')), GATE);
    // Each compared with the pod as it was sent, which is a merge; the second into what the first has made of it.
    expect(counts()).toEqual({ resolved: 1, asked: 1, merged: 3 });
  });

  test('are only compared where nothing of them is missing', () => {
    const complete = filled(pod('docker,nsjail'));
    expect(validate(subjectOf(complete), GATE).verdict).toBe('allowed');
    expect(counts()).toEqual({ resolved: 1, asked: 1, merged: 2 });
  });
});

test('a template that asks for nothing costs nothing', () => {
  validate(subjectOf(filled(pod(''))), GATE);
  expect(counts()).toEqual({ resolved: 1, asked: 0, merged: 0 });
});
