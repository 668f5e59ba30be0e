// What becomes of a document: defaults, what is split off, and that nobody can change it afterwards.
import { expect, test } from 'vitest';
import type { CapabilityClass } from '../../../src/grants/class.ts';
import { acceptClass } from '../../../src/resources/capability-class/accept.ts';

const DOCUMENT = {
  apiVersion: 'sandgate.dev/v1alpha1',
  kind: 'CapabilityClass',
  metadata: { name: 'docker', labels: { team: 'a' } },
  spec: {
    implementations: [
      {
        name: 'rootless',
        when: 'has(pod.spec.hostUsers)',
        template: {
          metadata: { annotations: { 'example.com/a': 'b' }, labels: { c: 'd' } },
          spec: {
            hostUsers: false,
            runtimeClassName: 'gvisor',
            initContainers: [{ name: 'first', image: 'a:1' }],
            containers: [{ name: 'second', image: 'b:1' }],
            volumes: [{ name: 'v', emptyDir: {} }],
            tolerations: [{ operator: 'Exists' }],
          },
        },
        grant: {
          containers: 'all',
          env: [{ name: 'A', value: 'x' }],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
          securityContext: {
            capabilities: { add: ['NET_ADMIN', 'KILL', 'NET_ADMIN'] },
            seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' },
          },
          resources: { limits: { 'example.com/fuse': 1 } },
        },
        shareMounts: { containers: ['first'], except: ['/home'] },
        free: ['spec.containers[name=second].args', 'spec.containers[name=second].env'],
      },
      { name: 'bare', grant: {} },
      { name: 'none', template: {} },
    ],
  },
};

function accepted(document: unknown): CapabilityClass {
  const { errors, value: capabilityClass } = acceptClass(document, 'a.yaml:1');
  if (!capabilityClass) throw new Error(JSON.stringify(errors));
  return capabilityClass;
}

test('everything an implementation can have', () => {
  const { name, origin, authorization, implementations } = accepted(DOCUMENT);
  expect({ name, origin, authorization }).toEqual({ name: 'docker', origin: 'a.yaml:1', authorization: 'RBAC' });
  const [rootless] = implementations;
  expect(rootless?.when?.expression).toBe('has(pod.spec.hostUsers)');
  expect(rootless?.when?.evaluate({ pod: { spec: { hostUsers: true } }, namespace: { name: '', labels: {} } })).toBe(
    true,
  );
  expect(rootless?.template).toEqual({
    annotations: { 'example.com/a': 'b' },
    labels: { c: 'd' },
    initContainers: [{ name: 'first', image: 'a:1' }],
    containers: [{ name: 'second', image: 'b:1' }],
    volumes: [{ name: 'v', emptyDir: {} }],
    containerNames: new Set(['first', 'second']),
    volumeNames: new Set(['v']),
    podFields: { hostUsers: false, runtimeClassName: 'gvisor', tolerations: [{ operator: 'Exists' }] },
  });
  expect(rootless?.grant).toEqual({
    containers: 'all',
    env: [{ name: 'A', value: 'x' }],
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
    volumeDevices: [],
    addCapabilities: ['NET_ADMIN', 'KILL'],
    securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } },
    limits: { 'example.com/fuse': 1 },
  });
  expect(rootless?.sharedMounts).toEqual({ volumes: 'all', containers: new Set(['first']), except: ['/home'] });
  expect(rootless?.free).toEqual(new Map([['second', new Set(['args', 'env'])]]));
});

test('what a class leaves out has defaults', () => {
  const empty = {
    template: {
      annotations: {},
      labels: {},
      initContainers: [],
      containers: [],
      volumes: [],
      containerNames: new Set(),
      volumeNames: new Set(),
      podFields: {},
    },
    grant: {
      containers: 'first',
      env: [],
      volumeMounts: [],
      volumeDevices: [],
      addCapabilities: [],
      securityContext: {},
      limits: {},
    },
    sharedMounts: undefined,
    free: new Map(),
  };
  const [, bare, none] = accepted(DOCUMENT).implementations;
  expect(bare).toEqual({ name: 'bare', when: undefined, reject: undefined, ...empty });
  expect(none).toEqual({ name: 'none', when: undefined, reject: undefined, ...empty });
  const spec = { authorization: 'Policy', implementations: [{ name: 'a', reject: 'use landjail' }] };
  expect(accepted({ ...DOCUMENT, spec })).toMatchObject({
    authorization: 'Policy',
    implementations: [{ name: 'a', reject: 'use landjail', ...empty }],
  });
});

test('nothing in it can be changed, and it shares nothing with the document', () => {
  const before = JSON.stringify(DOCUMENT);
  const compiled = accepted(DOCUMENT);
  expect(thawed(compiled, 'class')).toEqual([]);
  expect(JSON.stringify(DOCUMENT)).toBe(before);
  expect(Object.isFrozen(DOCUMENT.spec.implementations[0]?.template?.spec)).toBe(false);
});

/** The paths of objects that are not frozen. */
function thawed(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, member]) => thawed(member, `${path}.${key}`));
  return Object.isFrozen(value) ? below : [path, ...below];
}
