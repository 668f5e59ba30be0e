// What controllers, nodes and operators do to objects that are already there: the gate must stay out of their way, and
// must not be talked into letting something in by the way. The rows are requests as an API server sends them.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
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

const safe = {
  runAsNonRoot: true,
  runAsUser: 1000,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const good = { containers: [{ name: 'app', image: 'a:1', securityContext: safe }] };
/** A pod from before the policy, which violates nearly all of it. */
const old = { hostPID: true, containers: [{ name: 'app', image: 'a:1', securityContext: { privileged: true } }] };

function pod(spec: JsonObject, metadata: JsonObject = {}, rest: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'agents', ...metadata }, spec, ...rest };
}

function object(apiVersion: string, kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'agents', ...metadata }, spec };
}

const box = (podTemplate: JsonObject, rest: JsonObject = {}, metadata: JsonObject = {}): JsonObject =>
  object('agents.x-k8s.io/v1beta1', 'Sandbox', { podTemplate, ...rest }, metadata);
const DYING = { deletionTimestamp: '2026-11-22T00:00:00Z' };
const NODE = { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };

type Row = [name: string, before: JsonObject, after: JsonObject, request?: Partial<Subject>];

function answers(before: JsonObject, after: JsonObject, request: Partial<Subject> = {}) {
  const update = { operation: 'UPDATE', oldObject: before, ...request };
  const mutation = mutate(subjectOf(after, update), gate);
  const filled = mutation.object ?? after;
  return { changed: filled !== after, decision: validate(subjectOf(filled, update), gate) };
}

describe('goes through, and nothing is changed by the way', () => {
  const rows: readonly Row[] = [
    ['kubectl label', pod(old), pod(old, { labels: { a: 'b' } })],
    ['kubectl annotate', pod(old), pod(old, { annotations: { 'example.com/a': 'b' } })],
    ['a label that brings another policy', pod(old), pod(old, { labels: { tier: 'agents' } })],
    ['a label taken off', pod(old, { labels: { tier: 'agents' } }), pod(old, { labels: {} })],
    ['a sandbox controller adopting a pod', pod(old), pod(old, { ownerReferences: [{ kind: 'Sandbox', name: 'x' }] })],
    ["a job's tracking finalizer", pod(old, { finalizers: ['batch.kubernetes.io/job-tracking'] }), pod(old)],
    ['the garbage collector', pod(old, { ...DYING, finalizers: ['foregroundDeletion'] }), pod(old, DYING)],
    [
      'a node writing status',
      pod(old),
      pod(old, {}, { status: { phase: 'Running' } }),
      { subresource: 'status', user: NODE },
    ],
    [
      'a scheduling gate lifted',
      pod({ ...old, schedulingGates: [{ name: 'g' }] }),
      pod({ ...old, schedulingGates: [] }),
    ],
    ['a toleration added', pod(old), pod({ ...old, tolerations: [{ key: 'a', operator: 'Exists' }] })],
    [
      'a new image for an init container of a pod from before',
      pod({ ...old, initContainers: [{ name: 'i', image: '1' }] }),
      pod({ ...old, initContainers: [{ name: 'i', image: '2' }] }),
    ],
    [
      'a new image beside a new finalizer',
      pod(old),
      pod({ ...old, containers: [{ ...old.containers[0], image: 'a:2' }] }, { finalizers: ['x'] }),
    ],
    ['a deadline', pod(old), pod({ ...old, activeDeadlineSeconds: 5 })],
    [
      'a resize of a pod from before',
      pod(old),
      pod({ ...old, containers: [{ ...old.containers[0], resources: { limits: { cpu: '1' } } }] }),
      { subresource: 'resize' },
    ],
    ['a write that changes nothing', pod(old), pod(old)],
    [
      'a sandbox suspended',
      box({ spec: old }, { operatingMode: 'Running' }),
      box({ spec: old }, { operatingMode: 'Suspended' }),
    ],
    ['a sandbox scaled to none', box({ spec: old }, { replicas: 1 }), box({ spec: old }, { replicas: 0 })],
    [
      'a sandbox given an owner',
      box({ spec: old }),
      box({ spec: old }, {}, { ownerReferences: [{ kind: 'SandboxClaim' }] }),
    ],
    ["a sandbox's status", box({ spec: old }), box({ spec: old }), { subresource: 'status' }],
    [
      'a dying sandbox loses its finalizer',
      box({ spec: old }, {}, { ...DYING, finalizers: ['a'] }),
      box({ spec: old }, {}, DYING),
    ],
    [
      'keys in another order',
      box({ metadata: { labels: { a: '1', b: '2' } }, spec: old }),
      box({ spec: old, metadata: { labels: { b: '2', a: '1' } } }),
    ],
    [
      'a Job suspended',
      object('batch/v1', 'Job', { suspend: false, template: { spec: old } }),
      object('batch/v1', 'Job', { suspend: true, template: { spec: old } }),
    ],
    [
      'a StatefulSet restarted by annotation',
      object('apps/v1', 'StatefulSet', { template: { spec: old } }),
      object('apps/v1', 'StatefulSet', { template: { metadata: { annotations: { at: 'now' } }, spec: old } }),
    ],
  ];
  test.each<Row>(rows)('an update goes through unchanged: %s', (_, before, after, request) => {
    const { changed, decision } = answers(before, after, request);
    expect(decision.findings.filter((finding) => finding.action === 'Deny')).toEqual([]);
    expect(decision.verdict).not.toBe('denied');
    expect(changed).toBe(false);
  });

  test.each([
    [
      'a scale, as kubectl and the HPA send it',
      { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 3 } },
      'scale',
    ],
    ['a binding, as the scheduler sends it', { apiVersion: 'v1', kind: 'Binding', target: { name: 'n1' } }, 'binding'],
    ['an eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } }, 'eviction'],
  ])('a subresource is skipped: %s', (_, body, subresource) => {
    for (const decide of [mutate, validate])
      expect(decide(subjectOf(body, { subresource }), gate).verdict).toBe('skipped');
  });
});

function debug(securityContext: JsonObject): JsonObject {
  return { name: 'debugger', image: 'busybox', securityContext };
}

function withDebug(...debuggers: readonly JsonObject[]): JsonObject {
  return pod({ ...good, ephemeralContainers: debuggers });
}

describe('is refused', () => {
  const ephemeral = { subresource: 'ephemeralcontainers' };
  const rows: readonly Row[] = [
    ['kubectl debug --profile=sysadmin', pod(good), withDebug(debug({ privileged: true })), ephemeral],
    [
      'kubectl debug --profile=general',
      pod(good),
      withDebug(debug({ capabilities: { add: ['SYS_PTRACE'] } })),
      ephemeral,
    ],
    [
      'kubectl debug --profile=netadmin',
      pod(good),
      withDebug(debug({ capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } })),
      ephemeral,
    ],
    ['a debugger that says it is root', pod(good), withDebug(debug({ runAsUser: 0, runAsNonRoot: false })), ephemeral],
    [
      'a debugger in a dying pod',
      pod(good, DYING),
      pod({ ...good, ephemeralContainers: [debug({ privileged: true })] }, DYING),
      ephemeral,
    ],
    [
      'a debugger called like a container',
      pod(good),
      withDebug({ ...debug({ privileged: true }), name: 'app' }),
      ephemeral,
    ],
    [
      'a debugger without a name',
      pod(good),
      withDebug({ image: 'busybox', securityContext: { privileged: true } }),
      ephemeral,
    ],
    [
      'one debugger in place of another',
      withDebug({ ...debug(safe), name: 'one' }),
      withDebug({ ...debug({ privileged: true }), name: 'two' }),
      ephemeral,
    ],
    [
      'containers of a pod from before that exchange their security contexts',
      pod({
        containers: [
          { name: 'a', image: '1', securityContext: { privileged: true } },
          { name: 'b', image: '2' },
        ],
      }),
      pod({
        containers: [
          { name: 'a', image: '2' },
          { name: 'b', image: '1', securityContext: { privileged: true } },
        ],
      }),
    ],
    ['a resize that smuggles', pod(good), pod({ ...good, hostPID: true }), { subresource: 'resize' }],
    ["a sandbox's template made worse", box({ spec: good }), box({ spec: old })],
    ['a template under a key that was not there', box({}), box({ spec: old })],
    [
      'an AppArmor annotation in a template',
      box({ spec: good }),
      box({
        metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } },
        spec: good,
      }),
    ],
    ['a mark of deletion that only the new sandbox has', box({ spec: good }), box({ spec: old }, {}, DYING)],
  ];
  test.each<Row>(rows)('an update is refused: %s', (_, before, after, request) => {
    expect(answers(before, after, request).decision.verdict).toBe('denied');
  });
});

test.each([
  ['kubectl debug --profile=legacy', {}],
  ['kubectl debug --profile=restricted', { runAsNonRoot: true, capabilities: { drop: ['ALL'] } }],
])('%s works: what it leaves open is filled in', (_, securityContext) => {
  const debugged = pod({ ...good, ephemeralContainers: [{ name: 'd', image: 'busybox', securityContext }] });
  const { changed, decision } = answers(pod(good), debugged, { subresource: 'ephemeralcontainers' });
  expect([changed, decision.verdict, decision.findings]).toEqual([true, 'allowed', []]);
});
