// Ways out in several steps: something is planted where nobody looks, and excused, matched or exempted later on.
import { describe, expect, test } from 'vitest';
import { refusalMessage } from '../../../src/admission/message.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const gate = gateOf(policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted'));

const safe = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const app = { name: 'app', image: 'a:1', securityContext: safe };
const evil = { name: 'evil', image: 'e:1', securityContext: { privileged: true } };
const good = { containers: [app] };

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w', namespace: 'agents', ...metadata }, spec };
}

function box(podTemplate: unknown, metadata: JsonObject = {}, kind = 'Sandbox'): JsonObject {
  const group = kind === 'Sandbox' ? 'agents.x-k8s.io' : 'extensions.agents.x-k8s.io';
  return { apiVersion: `${group}/v1beta1`, kind, metadata: { name: 'b', ...metadata }, spec: { podTemplate } };
}

function verdict(object: JsonObject, request: Partial<Subject>): string {
  const filled = mutate(subjectOf(object, request), gate).object ?? object;
  return validate(subjectOf(filled, request), gate).verdict;
}

const update = (oldObject: JsonObject, rest: Partial<Subject> = {}) => ({ operation: 'UPDATE', oldObject, ...rest });
const UNCONFINED = { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' };
const ephemeral = { subresource: 'ephemeralcontainers' };

describe('an annotation that came by a Binding, which nobody judges', () => {
  const planted = pod(good, { annotations: UNCONFINED });
  test.each<[string, JsonObject, Partial<Subject>, string]>([
    [
      'another image is denied',
      pod({ containers: [{ ...app, image: 'a:2' }] }, { annotations: UNCONFINED }),
      {},
      'denied',
    ],
    [
      'a debugger is denied, however safe',
      pod({ ...good, ephemeralContainers: [{ ...app, name: 'd' }] }, { annotations: UNCONFINED }),
      ephemeral,
      'denied',
    ],
    [
      'the same annotation for another container is denied',
      pod(good, { annotations: { 'container.apparmor.security.beta.kubernetes.io/side': 'unconfined' } }),
      {},
      'denied',
    ],
    ['taking a finalizer off is allowed', pod(good, { annotations: UNCONFINED, finalizers: [] }), {}, 'allowed'],
    ['taking it off is allowed', pod(good), {}, 'allowed'],
  ])('after it came, %s', (_, after, request, expected) => {
    expect(verdict(after, update(planted, request))).toBe(expected);
  });
});

describe('what the stored object violates excuses nothing else', () => {
  const old = { containers: [app, evil] };
  test.each<[string, JsonObject, JsonObject, Partial<Subject>]>([
    [
      'an image of the container beside it that comes with a capability',
      pod(old),
      pod({
        containers: [
          { ...app, image: 'a:2', securityContext: { ...safe, capabilities: { add: ['KILL'], drop: ['ALL'] } } },
          evil,
        ],
      }),
      {},
    ],
    ['a debugger of its kind', pod(old), pod({ ...old, ephemeralContainers: [{ ...evil, name: 'd' }] }), ephemeral],
    [
      'a debugger in place of an init container of its name',
      pod({ ...old, initContainers: [{ ...evil, name: 'i' }] }),
      pod({ ...old, ephemeralContainers: [{ ...evil, name: 'i' }] }),
      ephemeral,
    ],
    [
      'its security context in the container beside it',
      box({ spec: old }),
      box({
        spec: {
          containers: [
            { ...app, securityContext: evil.securityContext },
            { ...evil, securityContext: safe },
          ],
        },
      }),
      {},
    ],
    [
      'the names of both containers exchanged',
      box({ spec: old }),
      box({
        spec: {
          containers: [
            { ...app, name: 'evil' },
            { ...evil, name: 'app' },
          ],
        },
      }),
      {},
    ],
    [
      'another command in its container',
      box({ spec: old }),
      box({ spec: { containers: [app, { ...evil, command: ['sh'] }] } }),
      {},
    ],
    [
      'a second container of its name',
      box({ spec: old }),
      box({ spec: { containers: [app, evil, { ...evil, image: 'e:2' }] } }),
      {},
    ],
    [
      'an image and a privilege more in one edit',
      box({ spec: old }),
      box({
        spec: {
          containers: [app, { ...evil, image: 'e:2', securityContext: { privileged: true, procMount: 'Unmasked' } }],
        },
      }),
      {},
    ],
    [
      'a volume of the node beside it',
      box({ spec: old }),
      box({ spec: { ...old, volumes: [{ name: 'n', hostPath: { path: '/' } }] } }),
      {},
    ],
    [
      'its container under another name',
      box({ spec: old }),
      box({ spec: { containers: [app, { ...evil, name: 'x' }] } }),
      {},
    ],
    ['a template where there was none', box(null), box({ spec: old }), {}],
    ['a template where there was something else', box('none'), box({ spec: old }), {}],
    [
      'a kind that is not filled in by its old self',
      box({ spec: {} }, {}, 'SandboxTemplate'),
      box({ spec: old }, {}, 'SandboxTemplate'),
      {},
    ],
  ])('an old violation does not excuse %s', (_, before, after, request) => {
    expect(verdict(after, update(before, request))).toBe('denied');
  });
});

describe('what the stored object violates is let through beside an edit that adds nothing wrong', () => {
  const old = { containers: [app, evil] };
  test.each<[string, JsonObject, JsonObject, Partial<Subject>]>([
    ['another image beside it', pod(old), pod({ containers: [{ ...app, image: 'a:2' }, evil] }), {}],
    ['another image in it', pod(old), pod({ containers: [app, { ...evil, image: 'e:2' }] }), {}],
    ['a safe debugger', pod(old), pod({ ...old, ephemeralContainers: [{ ...app, name: 'd' }] }), ephemeral],
    [
      'a safe debugger beside one that violates',
      pod({ ...good, ephemeralContainers: [evil] }),
      pod({ ...good, ephemeralContainers: [evil, { ...app, name: 'd' }] }),
      ephemeral,
    ],
    ['its container in another place', box({ spec: old }), box({ spec: { containers: [evil, app] } }), {}],
    ['a container less', box({ spec: old }), box({ spec: { containers: [evil] } }), {}],
    [
      'a safe container more',
      box({ spec: old }),
      box({ spec: { containers: [{ ...app, name: 'x' }, app, evil] } }),
      {},
    ],
  ])('an old violation is warned about: %s', (_, before, after, request) => {
    expect(verdict(after, update(before, request))).toBe('allowed');
    const { findings } = validate(subjectOf(after, update(before, request)), gate);
    expect(findings.map(({ action, audited }) => ({ action, audited }))).toContainEqual({
      action: 'Warn',
      audited: true,
    });
  });

  test('the refusal of what an edit adds names nothing else, and says that it is new', () => {
    const after = pod({ ...old, ephemeralContainers: [{ ...evil, name: 'debug' }] });
    const subject = subjectOf(after, update(pod(old), ephemeral));
    const denied = validate(subject, gate).findings.filter(({ action }) => action === 'Deny');
    const message = refusalMessage(subject, denied);
    expect(message).toContain('privileged (container "debug" must not set securityContext.privileged=true)');
    expect(message).toContain('. New in this update: container "debug" (older violations only warn)');
    expect(message).not.toContain('"evil"');
  });

  test('a policy that follows the labels of its namespace refuses what Pod Security Admission refuses', () => {
    const follows = gateOf(policyYaml('labels', 'podSecurity: { fromNamespaceLabels: true }'), {
      agents: { 'pod-security.kubernetes.io/enforce': 'baseline' },
    });
    const subject = subjectOf(pod({ containers: [{ ...app, image: 'a:2' }, evil] }), update(pod(old)));
    expect(validate(subject, follows).verdict).toBe('denied');
  });
});

describe('an end that is none', () => {
  test.each<[string, unknown]>([
    ['an empty mark', ''],
    ['null', null],
    ['a mark that is no text', 1],
    ['a mark in an object', { time: 'now' }],
  ])('%s on the stored Sandbox', (_, deletionTimestamp) => {
    const before = box({ spec: good }, { deletionTimestamp });
    expect(verdict(box({ spec: { containers: [evil] } }), update(before))).toBe('denied');
  });
  test('a dying pod takes no container by way of a subresource nobody knows', () => {
    const dying = { deletionTimestamp: '2026-11-22T00:00:00Z' };
    const after = pod({ containers: [app, evil] }, dying);
    expect(verdict(after, update(pod(good, dying), { subresource: 'next' }))).toBe('denied');
  });
});

describe('an exemption of the standard covers what it is for, and no more', () => {
  const apart = { hostUsers: false, containers: [app] };
  const windows = { os: { name: 'windows' }, containers: [{ name: 'app', image: 'a:1' }] };
  test.each<[string, JsonObject]>([
    [
      'user namespace and the whole of /proc',
      { ...apart, containers: [{ ...app, securityContext: { ...safe, procMount: 'Unmasked' } }] },
    ],
    ['user namespace and a file system of the node', { ...apart, volumes: [{ name: 'n', hostPath: { path: '/' } }] }],
    [
      'user namespace and a capability',
      {
        ...apart,
        containers: [{ ...app, securityContext: { ...safe, capabilities: { add: ['SYS_ADMIN'], drop: ['ALL'] } } }],
      },
    ],
    ['a user namespace that is null, and root', { ...apart, hostUsers: null, securityContext: { runAsUser: 0 } }],
    ['a user of minus nothing', { containers: [{ ...app, securityContext: { ...safe, runAsUser: -0 } }] }],
    ['Windows and a file system of the node', { ...windows, volumes: [{ name: 'n', hostPath: { path: 'C:' } }] }],
    ['Windows and a port of the node', { ...windows, containers: [{ name: 'app', ports: [{ hostPort: 1 }] }] }],
    [
      'Windows, in a debugger on the node itself',
      { ...windows, ephemeralContainers: [{ name: 'd', securityContext: { windowsOptions: { hostProcess: true } } }] },
    ],
  ])('the exemption does not cover %s', (_, spec) => {
    expect(verdict(pod(spec), {})).toBe('denied');
  });
});
