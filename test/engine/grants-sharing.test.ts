// What a class shares with the workload beyond its own parts: the workload's mounts, devices, fields that another webhook writes;
// and which containers are given it.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { grantingPolicy } from '../support/docker-class.ts';
import { gateOf, subjectOf } from '../support/gate.ts';

/** A class with a daemon, made of what differs between tests. */
function daemonClass(
  name: string,
  more: string,
  grant = `volumeMounts: [{ name: ${name}-run, mountPath: /run/${name} }]`,
): string {
  return `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: ${name} }
spec:
  authorization: Policy
  implementations:
    - name: only
      template:
        spec:
          containers:
            - name: ${name}-daemon
              image: ${name}:1
              args: [serve]
              volumeMounts: [{ name: ${name}-run, mountPath: /run/${name} }, { name: ${name}-run, mountPath: /data/${name} }]
          volumes: [{ name: ${name}-run, emptyDir: {} }]
      grant: { ${grant} }
${more}
`;
}

const SHARING =
  '      shareMounts: { from: granted, volumes: all, containers: [docker-daemon], except: [/home/daemon] }';

function gateWith(...classes: string[]): Gate {
  const names = classes.map((text) => /metadata: \{ name: (\w+) \}/.exec(text)?.[1] ?? '');
  return gateOf([...classes, grantingPolicy('agents', `[${names.map((name) => `{ name: ${name} }`).join(', ')}]`)], {
    agents: {},
  });
}

const GATE = gateWith(daemonClass('docker', SHARING), daemonClass('other', ''));

function podWith(volumeMounts: readonly JsonObject[], volumes: readonly JsonObject[], asks = 'docker'): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': asks } },
    spec: { containers: [{ name: 'app', image: 'x', volumeMounts }], volumes },
  };
}

const WORK = { name: 'work', persistentVolumeClaim: { claimName: 'work-7' } };
const SCRATCH = { name: 'scratch', emptyDir: {} };

function filled(object: JsonObject, gate = GATE): JsonObject {
  return mutate(subjectOf(object), gate).object ?? object;
}

function refusals(object: JsonObject, gate = GATE): string[] {
  const { findings } = validate(subjectOf(object), gate);
  return findings.filter(({ action }) => action === 'Deny').map(({ reason, detail }) => `${reason} (${detail})`);
}

function containerIn(object: JsonObject, name: string): JsonObject {
  const spec = ownField(object, 'spec');
  for (const list of ['containers', 'initContainers']) {
    const members = ownField(spec, list);
    const found: unknown = Array.isArray(members) ? members.find((one) => ownField(one, 'name') === name) : undefined;
    if (isJsonObject(found)) return found;
  }
  return {};
}

/** The pod with fields of one of its containers replaced. */
function withContainer(object: JsonObject, name: string, change: (container: JsonObject) => JsonObject): JsonObject {
  const spec = isJsonObject(object.spec) ? object.spec : {};
  const containers: readonly unknown[] = Array.isArray(spec.containers) ? spec.containers : [];
  const changed = containers.map((one) => (isJsonObject(one) && one.name === name ? { ...one, ...change(one) } : one));
  return { ...object, spec: { ...spec, containers: changed } };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What the daemon mounts that is not its own. */
function shared(object: JsonObject): unknown[] {
  const { volumeMounts } = containerIn(object, 'docker-daemon');
  const mounts: readonly unknown[] = Array.isArray(volumeMounts) ? volumeMounts : [];
  return mounts.filter((mount) => ownField(mount, 'name') !== 'docker-run');
}

describe('the mounts of the workload', () => {
  test('are shared at the same paths, read-only where they are, with their subPath', () => {
    const after = filled(
      podWith(
        [
          { name: 'work', mountPath: '/workspace' },
          {
            name: 'work',
            mountPath: '/workspace/.git',
            subPath: 'git',
            readOnly: true,
            recursiveReadOnly: 'IfPossible',
          },
          { name: 'scratch', mountPath: '/tmp', readOnly: false, mountPropagation: 'HostToContainer' },
        ],
        [WORK, SCRATCH],
      ),
    );
    expect(shared(after)).toEqual([
      { name: 'work', mountPath: '/workspace' },
      { name: 'work', mountPath: '/workspace/.git', subPath: 'git', readOnly: true, recursiveReadOnly: 'IfPossible' },
      { name: 'scratch', mountPath: '/tmp' },
    ]);
    expect(refusals(after)).toEqual([]);
    expect(filled(after)).toBe(after);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['a folder of the node', { mountPath: '/workspace' }, { hostPath: { path: '/srv' } }],
    ['a path made of variables', { mountPath: '/workspace', subPathExpr: '$(HOME)' }, { emptyDir: {} }],
    [
      'the token of the service account',
      { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
      { emptyDir: {} },
    ],
    ['the programs of the container', { mountPath: '/usr/local/bin' }, { emptyDir: {} }],
    ['a folder above programs', { mountPath: '/usr' }, { emptyDir: {} }],
    ['a folder above what runs', { mountPath: '/var' }, { emptyDir: {} }],
    ['the settings of the container', { mountPath: '/etc/docker' }, { emptyDir: {} }],
    ['all of the container', { mountPath: '/' }, { emptyDir: {} }],
    ['a path that goes up', { mountPath: '/workspace/../usr/bin' }, { emptyDir: {} }],
    ['a path with an empty part', { mountPath: '//usr/bin' }, { emptyDir: {} }],
    ['a path with a dot', { mountPath: '/./usr/bin' }, { emptyDir: {} }],
    ['a path without a root', { mountPath: 'usr/bin' }, { emptyDir: {} }],
    ['a path that a NUL ends', { mountPath: '/usr\0/x' }, { emptyDir: {} }],
    ['a path below a mount of the class', { mountPath: '/data/docker/images' }, { emptyDir: {} }],
    ['a path above a mount of the class', { mountPath: '/data' }, { emptyDir: {} }],
    ['a path that the class excepts', { mountPath: '/home/daemon/.config/' }, { emptyDir: {} }],
    ['a path above one that the class excepts', { mountPath: '/home' }, { emptyDir: {} }],
  ])('are not shared: %s', (_, mount, volume) => {
    const after = filled(podWith([{ name: 'v', ...mount }], [{ name: 'v', ...volume }]));
    expect(shared(after)).toEqual([]);
  });

  test('do not bring a volume of another class along', () => {
    const after = filled(podWith([{ name: 'work', mountPath: '/workspace' }], [WORK], 'docker,other'));
    expect(shared(after)).toEqual([{ name: 'work', mountPath: '/workspace' }]);
    expect(refusals(after)).toEqual([]);
  });

  test('of a volume that the pod does not have yet are shared when it has it', () => {
    const before = filled(podWith([{ name: 'work', mountPath: '/workspace' }], []));
    expect(shared(before)).toEqual([]);
    const after = filled({
      ...before,
      spec: {
        ...(isJsonObject(before.spec) ? before.spec : {}),
        volumes: [WORK, { name: 'docker-run', emptyDir: {} }],
      },
    });
    expect(shared(after)).toEqual([{ name: 'work', mountPath: '/workspace' }]);
    expect(refusals(after)).toEqual([]);
  });

  test('that another webhook adds later refuse nobody, and are shared when the webhook is asked again', () => {
    const once = filled(podWith([], [WORK]));
    const later = withContainer(once, 'app', ({ volumeMounts }) => ({
      volumeMounts: [...listOf(volumeMounts), { name: 'work', mountPath: '/workspace' }],
    }));
    expect(refusals(later)).toEqual([]);
    expect(shared(filled(later))).toEqual([{ name: 'work', mountPath: '/workspace' }]);
  });

  test.each<[string, JsonObject]>([
    ['writable where the workload may only read', { name: 'work', mountPath: '/workspace' }],
    ['at another path', { name: 'work', mountPath: '/usr/bin' }],
    ['another part of the volume', { name: 'work', mountPath: '/workspace', readOnly: true, subPath: 'x' }],
    ['a volume that the workload does not mount', { name: 'scratch', mountPath: '/tmp' }],
  ])('give the daemon nothing more: %s', (_, mount) => {
    const once = filled(podWith([{ name: 'work', mountPath: '/workspace', readOnly: true }], [WORK, SCRATCH]));
    const changed = withContainer(once, 'docker-daemon', ({ volumeMounts }) => ({
      volumeMounts: [...listOf(volumeMounts).slice(0, 2), mount],
    }));
    expect(refusals(filled(changed))).toEqual([
      expect.stringContaining('capability_container_name_conflict: docker-daemon'),
    ]);
  });

  test('are those of claims alone where the class says so', () => {
    const gate = gateWith(daemonClass('docker', '      shareMounts: { containers: [docker-daemon], volumes: claims }'));
    const mounts = [
      { name: 'work', mountPath: '/workspace' },
      { name: 'scratch', mountPath: '/tmp' },
    ];
    expect(shared(filled(podWith(mounts, [WORK, SCRATCH]), gate))).toEqual([{ name: 'work', mountPath: '/workspace' }]);
  });
});

describe('fields that a class leaves free', () => {
  const gate = gateWith(daemonClass('docker', '      free: ["spec.containers[name=docker-daemon].args"]'));
  const once = filled(podWith([], []), gate);

  test('may be as another webhook wrote them', () => {
    const changed = withContainer(once, 'docker-daemon', () => ({ args: ['-p', '15001'] }));
    expect(refusals(changed, gate)).toEqual([]);
    expect(filled(changed, gate)).toBe(changed);
    expect(
      refusals(
        withContainer(once, 'docker-daemon', () => ({ args: undefined })),
        gate,
      ),
    ).toEqual([]);
  });

  test.each<JsonObject>([{ image: 'evil' }, { args: ['x'], command: ['sh'] }])('are no others: %j', (fields) => {
    const changed = withContainer(once, 'docker-daemon', () => fields);
    expect(refusals(filled(changed, gate), gate)).toEqual([
      expect.stringContaining('capability_container_name_conflict: docker-daemon'),
    ]);
  });

  test.each([
    'spec.containers[name=docker-daemon].image',
    'spec.containers[name=docker-daemon].command',
    'spec.containers[name=docker-daemon].securityContext',
    'spec.containers[name=docker-daemon].volumeMounts',
    'spec.containers[name=docker-daemon].livenessProbe',
    'spec.containers[name=other].args',
    'spec.initContainers[name=docker-daemon].args',
    'spec.containers[0].args',
    '',
  ])('cannot be "%s"', (path) => {
    expect(() => gateWith(daemonClass('docker', `      free: ["${path}"]`))).toThrow(/free|container of the template/);
  });
});

describe('extended resources that a class grants', () => {
  const gate = gateWith(daemonClass('fuse', '', 'resources: { limits: { example.com/fuse: 1 } }'));

  test('are limits of the container that is given the class', () => {
    const after = filled(podWith([], [], 'fuse'), gate);
    expect(containerIn(after, 'app').resources).toEqual({ limits: { 'example.com/fuse': '1' } });
    expect(filled(after, gate)).toBe(after);
    const stored = withContainer(after, 'app', () => ({
      resources: { limits: { 'example.com/fuse': '1' }, requests: { 'example.com/fuse': '1' } },
    }));
    expect(refusals(stored, gate)).toEqual([]);
  });

  test('are a conflict where the workload asks for another number', () => {
    const pod = withContainer(podWith([], [], 'fuse'), 'app', () => ({
      resources: { limits: { 'example.com/fuse': 2 } },
    }));
    expect(refusals(filled(pod, gate), gate)).toEqual([expect.stringContaining('capability_field_conflict')]);
  });

  test.each(['cpu', 'memory', 'hugepages-2Mi', 'kubernetes.io/x', 'node.kubernetes.io/x', 'requests.example.com/x'])(
    'cannot be "%s"',
    (name) => {
      expect(() => gateWith(daemonClass('fuse', '', `resources: { limits: { ${name}: 1 } }`))).toThrow(/resource/);
    },
  );
});

describe('the containers that are given a class', () => {
  const env = 'env: [{ name: TOOL, value: x }]';

  test('are init containers and sidecars too where it is for all', () => {
    const gate = gateWith(daemonClass('docker', '', `containers: all, ${env}`));
    const pod = podWith([], []);
    const initContainers = [
      { name: 'setup', image: 'y' },
      { name: 'sidecar', image: 'z', restartPolicy: 'Always' },
    ];
    const after = filled({ ...pod, spec: { ...(isJsonObject(pod.spec) ? pod.spec : {}), initContainers } }, gate);
    for (const name of ['app', 'setup', 'sidecar']) {
      expect(containerIn(after, name).env, name).toEqual([{ name: 'TOOL', value: 'x' }]);
    }
    expect(refusals(after, gate)).toEqual([]);
  });

  test('do not include a proxy that a mesh has put first, and a warning says so', () => {
    const gate = gateWith(daemonClass('docker', ''));
    const pod = podWith([], []);
    const containers = [
      { name: 'istio-proxy', image: 'p' },
      { name: 'app', image: 'x' },
      { name: 'second', image: 'y' },
    ];
    const { object = {}, warnings } = mutate(subjectOf({ ...pod, spec: { containers } }), gate);
    expect(containerIn(object, 'app').volumeMounts).toEqual([{ name: 'docker-run', mountPath: '/run/docker' }]);
    expect(containerIn(object, 'istio-proxy').volumeMounts).toBeUndefined();
    expect(warnings).toContainEqual(
      'class "docker" is given to container "app", and not to "istio-proxy", which other webhooks put first (name another in annotation sandgate.dev/docker-containers)',
    );
    expect(mutate(subjectOf(object), gate).warnings).toEqual([]);
    expect(refusals(object, gate)).toEqual([]);
  });

  test('is the proxy where the pod has no other', () => {
    const gate = gateWith(daemonClass('docker', ''));
    const pod = podWith([], []);
    const after = filled({ ...pod, spec: { containers: [{ name: 'envoy', image: 'p' }] } }, gate);
    expect(containerIn(after, 'envoy').volumeMounts).toEqual([{ name: 'docker-run', mountPath: '/run/docker' }]);
  });
});
