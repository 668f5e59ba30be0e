// Which pods lead to which Docker daemon, and what a tenant does not get of it.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { gateOf } from '../../support/gate.ts';
import {
  asObject,
  classText,
  containerOf,
  denials,
  filled,
  gateGranting,
  listOf,
  podAsking,
  refusals,
  restrictedPolicy,
  shippedGate,
} from './shipped.ts';

const GATE = shippedGate(['docker'], [restrictedPolicy('agents', '[{ name: docker }]')]);

/** Enough of a pod to tell the implementations apart. */
function shapeOf(pod: JsonObject): JsonObject {
  const spec = asObject(pod.spec);
  const daemon = containerOf(pod, 'docker-daemon');
  const { privileged, capabilities } = asObject(daemon.securityContext);
  const added = asObject(capabilities).add;
  return {
    runtimeClassName: spec.runtimeClassName,
    hostUsers: spec.hostUsers,
    privileged,
    capabilities: Array.isArray(added) ? added.length : 0,
    data: Object.keys(listOf(pod, 'volumes').find(({ name }) => name === 'docker-data') ?? {})[1],
  };
}

const GUEST = { hostUsers: undefined, privileged: false, capabilities: 18 };
const ROOTLESS = {
  runtimeClassName: undefined,
  hostUsers: false,
  privileged: false,
  capabilities: 2,
  data: 'emptyDir',
};
const SHAPES: Readonly<Record<string, JsonObject>> = {
  'kata-qemu': { ...GUEST, runtimeClassName: 'kata-qemu', data: 'ephemeral' },
  'kata-fc': { ...GUEST, runtimeClassName: 'kata-fc', data: 'ephemeral' },
  'kata-qemu-emptydir': { ...GUEST, runtimeClassName: 'kata-qemu', data: 'emptyDir' },
  'kata-fc-emptydir': { ...GUEST, runtimeClassName: 'kata-fc', data: 'emptyDir' },
  sysbox: { runtimeClassName: 'sysbox-runc', hostUsers: false, privileged: false, capabilities: 0, data: 'emptyDir' },
  rootless: ROOTLESS,
  'rootless-tun-host-path': ROOTLESS,
  privileged: { ...GUEST, privileged: true, capabilities: 1, runtimeClassName: undefined, data: 'emptyDir' },
};

describe('the implementation', () => {
  test.each(Object.entries(SHAPES))('%s, where the policy names it', (implementation, shape) => {
    const gate = gateGranting('docker', implementation);
    expect(shapeOf(filled(podAsking('docker'), gate))).toEqual(shape);
    expect(refusals(podAsking('docker'), gate)).toEqual([]);
  });

  test('rootless, for a pod that says nothing', () => {
    expect(shapeOf(filled(podAsking('docker'), GATE))).toEqual(SHAPES.rootless);
    expect(refusals(podAsking('docker'), GATE)).toEqual([]);
  });

  test.each(['runc', 'crun'])('rootless, under %s', (runtimeClassName) => {
    const pod = podAsking('docker', { runtimeClassName });
    expect(shapeOf(filled(pod, GATE))).toEqual({ ...SHAPES.rootless, runtimeClassName });
    expect(refusals(pod, GATE)).toEqual([]);
  });

  test.each(['kata-qemu', 'kata-fc', 'sysbox-runc'])(
    'that of %s, where the policy makes it the default',
    (runtimeClass) => {
      const gate = shippedGate(
        ['docker'],
        [restrictedPolicy('p', '[{ name: docker }]', `  runtime: { default: ${runtimeClass} }`)],
      );
      expect(shapeOf(filled(podAsking('docker'), gate))).toEqual(SHAPES[runtimeClass.replace('-runc', '')]);
      expect(refusals(podAsking('docker'), gate)).toEqual([]);
    },
  );

  test.each(['kata-qemu', 'kata-fc', 'sysbox-runc'])('that of %s, where the pod names it', (runtimeClassName) => {
    const pod = podAsking('docker', { runtimeClassName });
    expect(shapeOf(filled(pod, GATE))).toEqual(SHAPES[runtimeClassName.replace('-runc', '')]);
    expect(refusals(pod, GATE)).toEqual([]);
  });

  test.each(['gvisor', 'runsc'])('none, under %s, and it is said what to use instead', (runtimeClassName) => {
    const pod = filled(podAsking('docker', { runtimeClassName }), GATE);
    const [found] = denials(pod, GATE);
    expect(found).toMatchObject({ reason: 'capability_not_available: docker' });
    expect(found?.fix).toContain('use a Kata RuntimeClass');
    expect(pod.spec).not.toHaveProperty('initContainers');
  });

  test.each(['kata-clh', 'nvidia', 'kata-qemu-tdx'])('none, under %s: nobody has tried it', (runtimeClassName) => {
    expect(refusals(podAsking('docker', { runtimeClassName }), GATE)).toEqual([
      'capability_not_available: docker (no implementation of class "docker" matches this pod)',
    ]);
  });

  test('no other implementation is chosen because the pod looks like it', () => {
    const gate = gateGranting('docker', 'privileged');
    const rootless = filled(podAsking('docker'), GATE);
    expect(denials(rootless, gate).map(({ reason }) => reason)).toContain(
      'capability_container_name_conflict: docker-daemon',
    );
  });
});

describe('its place', () => {
  test('before the init containers of the workload, which may use it where they are named', () => {
    const pod = filled(
      podAsking(
        'docker',
        { initContainers: [{ name: 'pull', image: 'b:1' }] },
        { annotations: { 'sandgate.dev/docker-containers': 'pull' } },
      ),
      GATE,
    );
    expect(listOf(pod, 'initContainers').map(({ name }) => name)).toEqual([
      'docker-subid-init',
      'docker-daemon',
      'pull',
    ]);
    expect(containerOf(pod, 'pull')).toHaveProperty('env');
    expect(containerOf(pod, 'app')).not.toHaveProperty('env');
    expect(denials(pod, GATE)).toEqual([]);
  });

  test('the daemon stands before the init containers, for one container', () => {
    const pod = podAsking(
      'docker',
      {
        containers: [
          { name: 'app', image: 'a:1' },
          { name: 'two', image: 'b:1' },
        ],
      },
      { annotations: { 'sandgate.dev/docker-containers': 'app,two' } },
    );
    expect(refusals(pod, GATE)).toEqual([
      'capability_field_conflict: metadata.annotations[sandgate.dev/docker-containers] ' +
        '(annotation sandgate.dev/docker-containers names 2 containers, but the class is granted to only one)',
    ]);
  });
});

const MINE = 'must not use volume';
const APP = { name: 'app', image: 'a:1' };

function twoWith(fields: JsonObject): JsonObject {
  return { containers: [APP, { name: 'thief', image: 'b:1', ...fields }] };
}

describe('what a tenant does not get of it', () => {
  test.each<[string, JsonObject, string]>([
    [
      'the socket in another container',
      twoWith({ volumeMounts: [{ name: 'docker-socket', mountPath: '/s', readOnly: true }] }),
      MINE,
    ],
    ['the data', twoWith({ volumeMounts: [{ name: 'docker-data', mountPath: '/d' }] }), MINE],
    [
      'the data as a device',
      twoWith({ volumeDevices: [{ name: 'docker-data', devicePath: '/dev/d' }] }),
      'Kubernetes does not accept',
    ],
    [
      'the ids, in an init container',
      { initContainers: [{ name: 'thief', image: 'b:1', volumeMounts: [{ name: 'docker-subid', mountPath: '/i' }] }] },
      MINE,
    ],
    [
      'the socket to write to, in its own container',
      { containers: [{ ...APP, volumeMounts: [{ name: 'docker-socket', mountPath: '/run/docker-socket' }] }] },
      'capability_mount_conflict: /run/docker-socket (readOnly is nothing, class "docker" has true)',
    ],
    [
      'the socket a second time, to write to',
      { containers: [{ ...APP, volumeMounts: [{ name: 'docker-socket', mountPath: '/mine' }] }] },
      MINE,
    ],
    [
      'its processes',
      { shareProcessNamespace: true },
      'shareProcessNamespace lets every container reach the processes',
    ],
    [
      'the ids of the node',
      { hostUsers: true },
      'capability_field_conflict: spec.hostUsers (it is true, class "docker" has false)',
    ],
    [
      'a daemon of its own making',
      { initContainers: [{ name: 'docker-daemon', image: 'evil:1', restartPolicy: 'Always' }] },
      'capability_container_name_conflict: docker-daemon (image is "evil:1"',
    ],
    [
      'what the daemon has, for itself',
      { containers: [{ ...APP, securityContext: { procMount: 'Unmasked' } }] },
      'procMount',
    ],
    ['its own host path beside it', { volumes: [{ name: 'tun', hostPath: { path: '/dev/net/tun' } }] }, 'volume "tun"'],
  ])('a tenant is refused %s', (_, spec, words) => {
    expect(refusals(podAsking('docker', spec), GATE).join('\n')).toContain(words);
  });

  test.each<[string, JsonObject, string]>([
    [
      'the tun device by a subPath',
      twoWith({ volumeMounts: [{ name: 'docker-tun', mountPath: '/t', subPath: 'x' }] }),
      MINE,
    ],
    [
      'another path of the node under the name of the device',
      { volumes: [{ name: 'docker-tun', hostPath: { path: '/', type: 'CharDevice' } }] },
      'capability_volume_name_conflict: docker-tun (hostPath.path is "/", class "docker" has "/var/lib/sandgate/tun")',
    ],
    ['the same path beside it', { volumes: [{ name: 'tun', hostPath: { path: '/var/lib/sandgate/tun' } }] }, '"tun"'],
  ])('where the class has a path of the node, a tenant is refused %s', (_, spec, words) => {
    const gate = gateGranting('docker', 'rootless-tun-host-path');
    expect(refusals(podAsking('docker', spec), gate).join('\n')).toContain(words);
  });

  test.each<[string, JsonObject]>([
    [
      'that mounts the socket',
      { volumeMounts: [{ name: 'docker-socket', mountPath: '/run/docker-socket', readOnly: true }] },
    ],
    ['that mounts the data', { volumeMounts: [{ name: 'docker-data', mountPath: '/data' }] }],
    ['that enters the daemon', { targetContainerName: 'docker-daemon' }],
  ])('an ephemeral container %s', (_, fields) => {
    const pod = filled(podAsking('docker'), GATE);
    const ephemeralContainers = [{ name: 'debug', image: 'b:1', ...fields }];
    const found = denials({ ...pod, spec: { ...asObject(pod.spec), ephemeralContainers } }, GATE);
    expect(found.map(({ check }) => check)).toContain('capabilityGrants');
  });

  test('limits that another webhook took away are missed', () => {
    const pod = filled(podAsking('docker'), GATE);
    const initContainers = listOf(pod, 'initContainers').map((container) => ({ ...container, resources: {} }));
    expect(
      denials({ ...pod, spec: { ...asObject(pod.spec), initContainers } }, GATE).map(({ reason }) => reason),
    ).toEqual(
      expect.arrayContaining([
        'capability_container_name_conflict: docker-daemon',
        'capability_container_name_conflict: docker-subid-init',
      ]),
    );
  });
});

test('what was injected under an older version of the class is not the class', () => {
  const older = filled(podAsking('docker'), GATE);
  const text = classText('docker').replaceAll(
    '29.7.2-dind-rootless@sha256:ec3201de',
    '29.7.3-dind-rootless@sha256:00000000',
  );
  const gate = gateOf([text, restrictedPolicy('agents', '[{ name: docker }]')], { agents: {} });
  const newer = { ...gate, surroundings: { ...gate.surroundings, mayUse: () => 'allowed' as const } };
  expect(refusals(podAsking('docker'), newer)).toEqual([]);
  expect(listOf(filled(older, newer), 'initContainers')).toEqual(listOf(older, 'initContainers'));
  expect(denials(older, newer).map(({ reason }) => reason)).toContain(
    'capability_container_name_conflict: docker-daemon',
  );
});
