// What was last found equal to a part of a class is looked at first. Whatever a process has seen before, from whomever, it
// answers as one that has seen nothing; and of what it has seen it keeps no more than that.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { containerDifference, volumeDifference } from '../../src/grants/difference.ts';
import type { PodSpec } from '../../src/kubernetes/pod.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, subjectOf } from '../support/gate.ts';
import { randomCases } from '../support/random-cases.ts';

/** A change of a container or volume, and whether the API server would call the result the same. */
interface Edit {
  readonly same: boolean;
  readonly to: (part: JsonObject) => JsonObject;
}
const field = (same: boolean, key: string, value: unknown): Edit => ({
  same,
  to: (part) => ({ ...part, [key]: value }),
});

const DAEMON: JsonObject = {
  name: 'daemon',
  image: 'example.com/daemon:1',
  args: ['daemon', '--host=unix:///run/s'],
  env: [
    { name: 'A', value: '' },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
  ],
  resources: { limits: { memory: '2Gi' }, requests: { cpu: '250m' } },
  securityContext: { runAsUser: 1000, allowPrivilegeEscalation: true, procMount: 'Unmasked' },
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
};
const TOKEN_MOUNT = {
  name: 'kube-api-access-x',
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

function mounted(mount: JsonObject): (part: JsonObject) => JsonObject {
  return (part) => ({ ...part, volumeMounts: [...listOf(part.volumeMounts), mount] });
}

const CONTAINER_EDITS: readonly Edit[] = [
  { same: true, to: (part) => Object.fromEntries(Object.entries(part).toReversed()) },
  field(true, 'imagePullPolicy', 'Always'),
  field(true, 'terminationMessagePath', '/dev/termination-log'),
  field(true, 'stdin', false),
  field(true, 'command', []),
  field(true, '__proto__', null),
  field(true, 'resources', {
    limits: { memory: '2048Mi', cpu: '4' },
    requests: { cpu: '0.25', memory: '2147483648', 'ephemeral-storage': '1Gi' },
  }),
  field(false, 'resources', { limits: { memory: '2Gi' }, requests: { cpu: '251m' } }),
  field(false, 'resources', { limits: { memory: '2Gi', 'example.com/gpu': '1' }, requests: { cpu: '250m' } }),
  field(false, 'image', 'example.com/evil:1'),
  field(false, 'image', 'example.com/daemon:1 '),
  field(false, 'args', ['--host=unix:///run/s', 'daemon']),
  field(false, 'args', 'daemon'),
  field(false, 'imagePullPolicy', 'Never'),
  field(false, 'command', ['']),
  field(false, 'stdin', true),
  field(false, 'securityContext', {
    runAsUser: 0,
    allowPrivilegeEscalation: true,
    procMount: 'Unmasked',
  }),
  field(false, 'securityContext', {
    runAsUser: '1000',
    allowPrivilegeEscalation: true,
    procMount: 'Unmasked',
  }),
  field(false, 'brandNew', { a: 0 }),
  { same: false, to: mounted({ name: 'loot', mountPath: '/loot' }) },
  { same: false, to: mounted({ ...TOKEN_MOUNT, readOnly: false }) },
];

const TOKEN_SOURCES = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
];
/** What a pod has under the name of a token's volume, and whether it is one. */
const TOKENS: readonly (readonly [boolean, PodSpec])[] = [
  [true, tokenVolume({ sources: TOKEN_SOURCES })],
  [true, tokenVolume({ sources: TOKEN_SOURCES, defaultMode: 420 })],
  [false, tokenVolume({ sources: TOKEN_SOURCES, defaultMode: 511 })],
  [false, tokenVolume({ sources: TOKEN_SOURCES.toReversed() })],
  [false, tokenVolume({ sources: [...TOKEN_SOURCES, { secret: { name: 'mine' } }] })],
  [false, { volumes: [{ name: TOKEN_MOUNT.name, hostPath: { path: '/' } }] }],
  [false, { volumes: [] }],
];

function tokenVolume(projected: JsonObject): PodSpec {
  return { volumes: [{ name: TOKEN_MOUNT.name, projected }] };
}

const DISK: JsonObject = {
  name: 'disk',
  ephemeral: {
    volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } } },
  },
};
const claim = (spec: JsonObject) => ({
  volumeClaimTemplate: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20480Mi' } }, ...spec },
  },
});
const VOLUME_EDITS: readonly Edit[] = [
  { same: true, to: (part) => Object.fromEntries(Object.entries(part).toReversed()) },
  field(true, 'emptyDir', null),
  field(true, 'ephemeral', claim({ volumeMode: 'Filesystem' })),
  field(false, 'ephemeral', claim({ storageClassName: '' })),
  field(false, 'ephemeral', claim({ storageClassName: 'fast' })),
  field(false, 'ephemeral', claim({ selector: {} })),
  field(false, 'ephemeral', claim({ resources: { requests: { storage: '21Gi' } } })),
  field(false, 'emptyDir', {}),
  field(false, 'hostPath', { path: '' }),
];

/** Which edits; whether there is a token's mount, too, and of which volume. */
const step = (edits: readonly Edit[]) =>
  fc.record({
    edits: fc.array(fc.constantFrom(...edits), { maxLength: 3 }),
    token: fc.option(fc.constantFrom(...TOKENS), { nil: undefined }),
  });

describe('whatever was compared before', () => {
  test('containers compare as they would without the memo', () => {
    fc.assert(
      fc.property(fc.array(step(CONTAINER_EDITS), { minLength: 1, maxLength: 8 }), (steps) => {
        for (const { edits, token } of steps) {
          // Each edit of a field takes the place of an earlier one.
          const [edit] = edits;
          const edited = edit ? edit.to(DAEMON) : { ...DAEMON };
          const actual = asItArrives(token ? mounted(TOKEN_MOUNT)(edited) : edited);
          const pod = token?.[1] ?? {};
          const warm = containerDifference(DAEMON, actual, pod);
          expect(warm === undefined).toBe((edit?.same ?? true) && (token?.[0] ?? true));
          expect(warm).toEqual(containerDifference(structuredClone(DAEMON), actual, pod));
        }
      }),
      { numRuns: randomCases(1500) },
    );
  });

  test('several edits at once', () => {
    fc.assert(
      fc.property(fc.array(step(CONTAINER_EDITS), { minLength: 1, maxLength: 8 }), (steps) => {
        for (const { edits, token } of steps) {
          const actual = asItArrives(edits.reduce((part, edit) => edit.to(part), DAEMON));
          const pod = token?.[1] ?? {};
          expect(containerDifference(DAEMON, actual, pod)).toEqual(
            containerDifference(structuredClone(DAEMON), actual, pod),
          );
        }
      }),
      { numRuns: randomCases(1000) },
    );
  });

  test('volumes compare as they would without the memo', () => {
    fc.assert(
      fc.property(fc.array(step(VOLUME_EDITS), { minLength: 1, maxLength: 8 }), (steps) => {
        for (const { edits } of steps) {
          const [edit] = edits;
          const actual = asItArrives(edit ? edit.to(DISK) : DISK);
          const warm = volumeDifference(DISK, actual);
          expect(warm === undefined).toBe(edit?.same ?? true);
          expect(warm).toEqual(volumeDifference(structuredClone(DISK), actual));
        }
      }),
      { numRuns: randomCases(1000) },
    );
  });

  test('any JSON, and once more with a key less or another value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), fc.string(), (part, value, key) => {
        const parts = [part, { ...part, [key]: value }, { ...part, [key]: null }, { ...part, [key]: '' }, { ...part }];
        for (const expected of [part, structuredClone(part)]) {
          for (const actual of [...parts, ...parts.toReversed()]) {
            const fresh = volumeDifference(structuredClone(expected), actual);
            expect(volumeDifference(expected, actual)).toEqual(fresh);
          }
        }
      }),
      { numRuns: randomCases(1000) },
    );
  });
});

describe('one gate for all reviews, beside a new gate for each', () => {
  const texts = [
    DOCKER_CLASS.replace('authorization: Policy', 'authorization: RBAC'),
    grantingPolicy('agents', '[{ name: docker, implementation: rootless }]'),
  ];
  /** One gate for all reviews, and one that has seen nothing for each. */
  const warm = gate();

  function gate(): Gate {
    const loaded = gateOf(texts, { agents: {}, others: {} });
    const { surroundings } = loaded;
    const namespaceLabels = (name: string) => surroundings.namespaceLabels(name);
    return {
      ...loaded,
      surroundings: {
        namespaceLabels,
        mayUse: ({ user, namespace }) => (user.username === 'dora' && namespace === 'agents' ? 'allowed' : 'denied'),
      },
    };
  }

  const pod = fc.record({
    username: fc.constantFrom('dora', 'alice'),
    namespace: fc.constantFrom('agents', 'others'),
    asks: fc.boolean(),
    daemon: fc.option(
      fc.constantFrom<JsonObject>(
        { image: 'evil' },
        { privileged: true },
        { resources: null },
        { imagePullPolicy: 'Always' },
        { args: ['dockerd'] },
        { tty: false },
      ),
      { nil: undefined },
    ),
  });

  test('the engine gives the same answers, whatever user, pod and namespace', () => {
    fc.assert(
      fc.property(fc.array(pod, { minLength: 2, maxLength: 5 }), (pods) => {
        for (const { username, namespace, asks, daemon } of pods) {
          const user = { username, groups: [] };
          const bare = {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': 'docker' } },
            spec: { containers: [{ name: 'app', image: 'x' }] },
          };
          const injected = mutate(
            subjectOf(bare, { namespace: 'agents', user: { username: 'dora', groups: [] } }),
            warm,
          );
          const object = asItArrives(withDaemon(injected.object ?? bare, daemon, asks));
          const subject = subjectOf(object, { namespace, user });
          expect(validate(subject, warm)).toEqual(validate(subject, gate()));
        }
      }),
      { numRuns: randomCases(40) },
    );
  });
});

describe('what is kept', () => {
  const collect = garbageCollector();

  /** Nobody holds on to these any more: in the end they are gone. */
  async function gone(references: readonly WeakRef<object>[]): Promise<boolean> {
    for (let attempt = 0; attempt < 50; attempt++) {
      await nextTurn();
      collect();
      if (references.every((reference) => reference.deref() === undefined)) return true;
    }
    return false;
  }

  test('nothing of the pod around it, and no more than one', async () => {
    const part = structuredClone(DAEMON);
    expect(await gone(podsComparedWith(part))).toBe(true);
    // Still there, and still the same.
    expect(containerDifference(part, asItArrives(DAEMON), {})).toBeUndefined();
  });

  test('nothing of a class that is gone', async () => {
    expect(await gone(comparedWithAClassOfTheirOwn())).toBe(true);
  });
});

/** A copy that shares nothing with the class. */
function asItArrives(part: JsonObject): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(part));
  return isJsonObject(copy) ? copy : {};
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function withDaemon(object: JsonObject, daemon: JsonObject | undefined, asks: boolean): JsonObject {
  const spec = isJsonObject(object.spec) ? object.spec : {};
  const initContainers = listOf(spec.initContainers).map((container) =>
    container.name === 'docker-daemon' ? { ...container, ...daemon } : container,
  );
  const metadata = asks ? object.metadata : { name: 'a' };
  return { ...object, metadata, spec: { ...spec, initContainers } };
}

function podsComparedWith(part: JsonObject): WeakRef<object>[] {
  const references: WeakRef<object>[] = [];
  for (let index = 0; index < 20; index++) {
    const secret = { name: 'app', env: [{ name: 'PASSWORD', value: `secret-${index}` }] };
    const own = { ...DAEMON, [`empty-${index}`]: '' };
    // Of the last one a copy is kept: without the token.
    const daemon = asItArrives(index % 2 === 0 ? own : mounted(TOKEN_MOUNT)(own));
    const spec = { ...TOKENS[0]?.[1], containers: [secret, daemon] };
    expect(containerDifference(part, daemon, spec)).toBeUndefined();
    references.push(new WeakRef(secret), new WeakRef(spec), new WeakRef(daemon));
  }
  return references;
}

function comparedWithAClassOfTheirOwn(): WeakRef<object>[] {
  const part = structuredClone(DAEMON);
  const daemon = asItArrives(DAEMON);
  expect(containerDifference(part, daemon, {})).toBeUndefined();
  return [new WeakRef(part), new WeakRef(daemon)];
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (!isCollector(collect)) throw new Error('no way to collect garbage');
  return collect;
}

function isCollector(value: unknown): value is () => void {
  return typeof value === 'function';
}
