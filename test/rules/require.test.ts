// Fields that must be set, through the whole engine: every kind, updates, classes, and what harden fills in before.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { HARDEN_FIELDS } from '../../src/rules/harden/parameters.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';

const ALL = HARDEN_FIELDS.join(', ');
const GATE = gateOfSpec(`require: [${ALL}]`);
const FILLING = gateOfSpec(`require: [${ALL}]\nharden: [${ALL}]`);
const SECURITY = {
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};
const CONTAINER = { name: 'a', image: 'app', securityContext: SECURITY };
const FINE = {
  hostUsers: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [CONTAINER],
};

function pod(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
}

function withSecurity(security: object): JsonObject {
  return { ...FINE, containers: [{ ...CONTAINER, securityContext: { ...SECURITY, ...security } }] };
}

const ATTEMPTS: readonly (readonly [string, JsonObject])[] = [
  ['a writable root filesystem', withSecurity({ readOnlyRootFilesystem: false })],
  ['a root filesystem that is null', withSecurity({ readOnlyRootFilesystem: null })],
  [
    'a writable init container',
    { ...FINE, initContainers: [{ name: 'i', securityContext: { ...SECURITY, readOnlyRootFilesystem: false } }] },
  ],
  ['the user namespace of the node', { ...FINE, hostUsers: true }],
  ['privilege escalation', withSecurity({ allowPrivilegeEscalation: true })],
  ['some capabilities dropped', withSecurity({ capabilities: { drop: ['NET_RAW'] } })],
  ['capabilities dropped in lower case', withSecurity({ capabilities: { drop: ['all'] } })],
  ['no seccomp profile', withSecurity({ seccompProfile: { type: 'Unconfined' } })],
  ['root in a user namespace', withSecurity({ runAsNonRoot: false })],
  ['a user namespace beside the network of the node', { ...FINE, hostUsers: null, hostNetwork: true }],
];

describe.each(ATTEMPTS)('the attempt with %s', (_, spec) => {
  test('is refused in every kind, also where what is missing is filled in', () => {
    for (const [kind, object] of inEveryKind(pod(spec))) {
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
      if (!('hostUsers' in spec && spec.hostUsers === null) && !hasNull(spec)) {
        expect(decide(offline(FILLING), object).verdict, kind).toBe('denied');
      }
    }
  });

  test('is refused as an update', () => {
    const fine = new Map(inEveryKind(pod(FINE)));
    for (const [kind, object] of inEveryKind(pod(spec))) {
      if (kind === 'Pod') continue;
      expect(decideUpdate(offline(GATE), fine.get(kind) ?? {}, object).verdict, kind).toBe('denied');
    }
  });
});

/** True where null is filled in, as what is absent is. */
function hasNull(spec: JsonObject): boolean {
  return JSON.stringify(spec.containers).includes('null');
}

test('a pod that has all of them is let in, in every kind', () => {
  for (const [kind, object] of inEveryKind(pod(FINE))) expect(decide(offline(GATE), object).said, kind).toEqual([]);
});

test('a pod that has none is refused by each, and let in where they are filled in', () => {
  const bare = pod({ containers: [{ name: 'a', image: 'app' }] });
  expect(decide(GATE, bare).said.map((text) => text.split(':')[0])).toEqual([
    'Deny requiredSeccompProfile',
    'Deny requiredAllowPrivilegeEscalation',
    'Deny requiredCapabilities',
    'Deny requiredRunAsNonRoot',
    'Deny requiredReadOnlyRootFilesystem',
    'Deny requiredHostUsers',
  ]);
  expect(decide(FILLING, bare).said).toEqual([]);
});

test('an ephemeral container is refused beside a running pod, and the pod is not judged again', () => {
  const debug = pod({ ...FINE, hostUsers: true, ephemeralContainers: [{ name: 'debug', image: 'app' }] });
  const { paths } = decide(gateOfSpec('require: [readOnlyRootFilesystem]'), debug, {
    operation: 'UPDATE',
    subresource: 'ephemeralcontainers',
    oldObject: pod({ ...FINE, hostUsers: true }),
  });
  expect(paths).toEqual([
    'requiredReadOnlyRootFilesystem spec.ephemeralContainers[0].securityContext.readOnlyRootFilesystem',
  ]);
});

test('pods for Windows need none but runAsNonRoot', () => {
  const windows = pod({ os: { name: 'windows' }, containers: [{ name: 'a', image: 'app' }] });
  expect(decide(GATE, windows).said.map((text) => text.split(':')[0])).toEqual(['Deny requiredRunAsNonRoot']);
});

test('the containers of a granted class are not judged, and its user namespace counts', () => {
  const gate = gateOfSpec(`require: [${ALL}]\ncapabilities: [{ name: docker, assign: Always }]`, DOCKER_CLASS);
  const { hostUsers: _, ...rest } = FINE;
  expect(decide(gate, pod(rest)).said).toEqual([]);
});

test('a class that gives a container a writable root filesystem does so for that container alone', () => {
  const gate = gateOfSpec(
    'require: [readOnlyRootFilesystem]\ncapabilities: [{ name: write, assign: Always }]',
    `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: write }
spec:
  authorization: Policy
  implementations: [{ name: write, grant: { containers: first, securityContext: { readOnlyRootFilesystem: false } } }]
`,
  );
  const { paths } = decide(
    gate,
    pod({
      containers: [
        { name: 'a', image: 'app' },
        { name: 'b', image: 'app' },
      ],
    }),
  );
  expect(paths).toEqual(['requiredReadOnlyRootFilesystem spec.containers[1].securityContext.readOnlyRootFilesystem']);
});
