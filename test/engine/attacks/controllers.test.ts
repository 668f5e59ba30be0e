// What a cluster's own controllers and tools send, and what must not be refused or changed because of how they write it.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
import { sameSpec } from '../../../src/engine/same-spec.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const gate = gateOf([
  policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted\nidentity: { runAsUser: 1000 }'),
  policyYaml(
    'marked',
    'match: { objectSelector: { matchLabels: { tier: agents } } }\nharden: [readOnlyRootFilesystem]',
  ),
]);

function workload(apiVersion: string, kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'agents', ...metadata }, spec };
}

function box(podTemplate: JsonObject, metadata: JsonObject = {}, kind = 'Sandbox'): JsonObject {
  const group = kind === 'Sandbox' ? 'agents.x-k8s.io' : 'extensions.agents.x-k8s.io';
  return workload(`${group}/v1beta1`, kind, { podTemplate }, metadata);
}

function deployment(template: JsonObject, rest: JsonObject = {}): JsonObject {
  return workload('apps/v1', 'Deployment', { ...rest, template });
}

/** The answers to an update: what it came out as, and the verdict on that. */
function updated(before: JsonObject, after: JsonObject, request: Partial<Subject> = {}, by = gate) {
  const update = { operation: 'UPDATE', oldObject: before, ...request };
  const object = mutate(subjectOf(after, update), by).object ?? after;
  return { object, ...validate(subjectOf(object, update), by) };
}

const app = { name: 'app', image: 'a:1' };
const agents = { labels: { tier: 'agents' } };
const others = { labels: { tier: 'others' } };

describe('a label and a container changed at once', () => {
  test.each([
    ['a label taken off a Sandbox', 'Sandbox', agents, {}],
    ['a label put on a Sandbox', 'Sandbox', {}, agents],
    ['a label changed on a Sandbox', 'Sandbox', agents, others],
    ['a label taken off a SandboxTemplate', 'SandboxTemplate', agents, {}],
  ])('%s: what the verdict asks for is filled in', (_, kind, from, to) => {
    const bare = box({ metadata: from, spec: { containers: [app] } }, {}, kind);
    const before = mutate(subjectOf(bare), gate).object ?? bare;
    const after = box({ metadata: to, spec: { containers: [app, { name: 'second', image: 'b:1' }] } }, {}, kind);
    const { verdict, findings } = updated(before, after);
    expect([verdict, findings]).toEqual(['allowed', []]);
  });

  test('the policy that goes has its last word, and not one more', () => {
    const bare = box({ metadata: agents, spec: { containers: [app] } });
    const before = mutate(subjectOf(bare), gate).object ?? bare;
    const writable = { ...app, securityContext: { readOnlyRootFilesystem: false } };
    const relabelled = updated(before, box({ metadata: others, spec: { containers: [app] } })).object ?? {};
    expect(JSON.stringify(relabelled)).toContain('"readOnlyRootFilesystem":true');
    const next = updated(relabelled, box({ metadata: others, spec: { containers: [writable, app] } })).object;
    expect(JSON.stringify(next).match(/"readOnlyRootFilesystem":\w+/g)).toEqual(['"readOnlyRootFilesystem":false']);
  });
});

/** A Sandbox from before the policy, as a person wrote it. */
const written = {
  hostNetwork: false,
  hostPID: true,
  volumes: [{ name: 'work' }],
  containers: [
    { ...app, env: [], stdin: false, resources: { limits: { cpu: 0.5, memory: '1024Mi' } } },
    { name: 'side', image: 'b:1', securityContext: null },
  ],
};
/** The same as a controller writes it back that has read it into Go's types. */
const writtenBack = {
  hostPID: true,
  volumes: [{ name: 'work', emptyDir: {} }],
  containers: [
    { ...app, resources: { limits: { cpu: '500m', memory: '1Gi' } } },
    { name: 'side', image: 'b:1', resources: {} },
  ],
};
const done = { finalizers: ['example.com/done'] };

describe('a Sandbox from before the policy, written back whole by its controller', () => {
  test.each<[string, JsonObject]>([
    ['with a finalizer', box({ spec: writtenBack }, done)],
    ['with empty metadata in its template', box({ metadata: {}, spec: writtenBack }, done)],
    ['taken over from a pool, with a label', box({ metadata: { labels: { claim: 'c' } }, spec: writtenBack })],
    ['under the label of another policy', box({ metadata: agents, spec: writtenBack })],
  ])('%s: goes through with a warning, as it is', (_, after) => {
    const { object, verdict, findings } = updated(box({ spec: written }), after);
    expect([verdict, object === after]).toEqual(['allowed', true]);
    expect(findings.map((finding) => [finding.action, finding.check])).toContainEqual(['Warn', 'hostNamespaces']);
  });

  test.each<[string, JsonObject]>([
    ['a node selector', { ...writtenBack, nodeSelector: { a: 'b' } }],
    ['a volume of the node', { ...writtenBack, volumes: [{ name: 'work', hostPath: {} }] }],
  ])('with %s beside it is an edit, and refused', (_, spec) => {
    expect(updated(box({ spec: written }), box({ spec }, done)).verdict).toBe('denied');
  });

  test.each<[string, JsonObject]>([
    ['another image', { ...writtenBack, containers: [{ ...app, image: 'a:2', resources: {} }] }],
    ['one container less', { ...writtenBack, containers: writtenBack.containers.slice(1) }],
    ['more memory', { ...written, containers: [{ ...app, resources: { limits: { memory: '2Gi' } } }] }],
  ])('with %s beside it is an edit that adds nothing wrong, and warned about', (_, spec) => {
    const { verdict, findings } = updated(box({ spec: written }), box({ spec }, done));
    expect([verdict, findings.filter(({ action }) => action !== 'Warn')]).toEqual(['allowed', []]);
    expect(findings.map(({ check }) => check)).toContain('hostNamespaces');
  });

  test('is no way to take out what was filled in', () => {
    const before = mutate(subjectOf(box({ spec: { containers: [app] } })), gate).object ?? {};
    const { object, verdict } = updated(before, box({ spec: { containers: [{ ...app, resources: {} }] } }));
    expect(verdict).toBe('allowed');
    expect(JSON.stringify(object)).toContain('"drop":["ALL"]');
  });
});

const no = { securityContext: { allowPrivilegeEscalation: false } };
test.each<[string, unknown, unknown, boolean]>([
  ['no lists and empty ones', { containers: [], volumes: null }, {}, true],
  ['a false that says something', { hostUsers: false }, {}, false],
  ['a false of a container that says something', { containers: [no] }, { containers: [{}] }, false],
  ['a source that is empty, and another', { volumes: [{ hostPath: {} }] }, { volumes: [{ emptyDir: {} }] }, false],
  ['an order', { containers: [app, { name: 'b' }] }, { containers: [{ name: 'b' }, app] }, false],
  ['what is no container', { containers: [null] }, { containers: [{}] }, false],
  ['what is no list', { containers: 'none' }, { containers: [] }, false],
  ['what is no spec', 'none', {}, false],
  ['a key of the prototype', JSON.parse('{"__proto__":{"hostPID":true}}'), {}, false],
])('the same spec or not: %s', (_, a, b, same) => {
  expect([sameSpec(a, b), sameSpec(b, a)]).toEqual([same, same]);
});

/** Stored before the policy. */
const old = { containers: [{ ...app, securityContext: { privileged: true } }] };

describe('where controllers are refused, too, not only their pods', () => {
  const strict = { ...gate, enforcement: () => 'Enforce' as const };
  test.each<[string, JsonObject, JsonObject, string]>([
    ['scaled down', deployment({ spec: old }, { replicas: 3 }), deployment({ spec: old }, { replicas: 0 }), 'allowed'],
    [
      'restarted by kubectl',
      deployment({ spec: old }),
      deployment({ metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } }, spec: old }),
      'allowed',
    ],
    ['paused', deployment({ spec: old }), deployment({ spec: old }, { paused: true }), 'allowed'],
    ['with a pod label more', deployment({ spec: old }), deployment({ metadata: agents, spec: old }), 'allowed'],
    ['mended', deployment({ spec: old }), deployment({ spec: { containers: [app] } }), 'allowed'],
    [
      'with one container more',
      deployment({ spec: old }),
      deployment({ spec: { containers: [...old.containers, { name: 'b' }] } }),
      'allowed',
    ],
    [
      'with one container more that is privileged, too',
      deployment({ spec: old }),
      deployment({ spec: { containers: [...old.containers, { ...old.containers[0], name: 'b' }] } }),
      'denied',
    ],
  ])('a Deployment from before the policy, %s', (_, before, after, verdict) => {
    expect(updated(before, after, {}, strict).verdict).toBe(verdict);
  });
});
