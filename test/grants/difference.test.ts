// Equal after API defaulting: held against pods that a real API server sent, and against every way to be nearly equal.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containerDifference, volumeDifference } from '../../src/grants/difference.ts';
import type { PodSpec } from '../../src/kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { randomCases } from '../support/random-cases.ts';
import { objectOf, recordedReview } from '../support/reviews.ts';

function specOf(review: string): JsonObject {
  const spec = ownField(objectOf(recordedReview(review)), 'spec');
  if (!isJsonObject(spec)) throw new Error(`no spec in ${review}`);
  return spec;
}

function listIn(spec: JsonObject, list: string): readonly JsonObject[] {
  const members = ownField(spec, list);
  return Array.isArray(members) ? members.filter(isJsonObject) : [];
}

function memberOf(spec: JsonObject, list: string, name: string): JsonObject {
  const found = listIn(spec, list).find((member) => member.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

const ROOTLESS = specOf('pod-docker-rootless-sidecar-validate');
const KATA = specOf('pod-docker-kata-block-validate');

/** As an administrator would write it, before the API server has seen it. */
const DAEMON: JsonObject = {
  name: 'docker-daemon',
  image: 'docker.io/library/docker:27-dind-rootless',
  args: ['dockerd', '--host=unix:///run/user/1000/docker.sock'],
  restartPolicy: 'Always',
  ports: [{ containerPort: 2375 }],
  env: [
    { name: 'DOCKER_TLS_CERTDIR', value: '' },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  resources: { limits: { memory: '2048Mi' }, requests: { cpu: '0.25', memory: '512Mi' } },
  startupProbe: {
    exec: { command: ['docker', '-H', 'unix:///run/user/1000/docker.sock', 'info'] },
    periodSeconds: 5,
    failureThreshold: 24,
  },
  volumeMounts: [
    { name: 'docker-data', mountPath: '/home/rootless/.local/share' },
    { name: 'docker-run', mountPath: '/run/user/1000', readOnly: false },
    { name: 'docker-tun', mountPath: '/dev/net/tun' },
    { name: 'docker-subid', mountPath: '/etc/subuid', subPath: 'subuid', readOnly: true },
    { name: 'docker-subid', mountPath: '/etc/subgid', subPath: 'subgid', readOnly: true },
  ],
  securityContext: {
    runAsUser: 1000,
    allowPrivilegeEscalation: true,
    procMount: 'Unmasked',
    seccompProfile: { type: 'Unconfined' },
    appArmorProfile: { type: 'Unconfined' },
  },
};
const STORED = memberOf(ROOTLESS, 'initContainers', 'docker-daemon');

describe('what a real API server stored', () => {
  test('the rootless daemon is what was written', () => {
    expect(containerDifference(DAEMON, STORED, ROOTLESS)).toBeUndefined();
  });

  test('each recorded container equals itself without its token', () => {
    for (const spec of [ROOTLESS, KATA, specOf('pod-docker-privileged-validate')]) {
      for (const list of ['initContainers', 'containers']) {
        for (const stored of listIn(spec, list)) {
          const mounts = listIn(stored, 'volumeMounts').filter((mount) => !String(mount.name).startsWith('kube-api'));
          expect(containerDifference({ ...stored, volumeMounts: mounts }, stored, spec)).toBeUndefined();
        }
      }
    }
  });

  // Not recorded by us: as pods of such clusters have it that people published.
  test('OpenShift adds the CA of its services to the token, and nobody else anything', () => {
    const volume = memberOf(ROOTLESS, 'volumes', 'kube-api-access-dt75s');
    const projected = isJsonObject(volume.projected) ? volume.projected : {};
    const podWith = (name: string): PodSpec => {
      const items = [{ key: 'service-ca.crt', path: 'service-ca.crt' }];
      const sources = [...listIn(projected, 'sources'), { configMap: { name, items } }];
      return { volumes: [{ name: 'kube-api-access-dt75s', projected: { ...projected, sources } }] };
    };
    expect(containerDifference(DAEMON, STORED, podWith('openshift-service-ca.crt'))).toBeUndefined();
    expect(containerDifference(DAEMON, STORED, podWith('mine'))).toMatchObject({ path: 'volumeMounts[5]' });
  });

  test("volumes with the API server's defaults are equal", () => {
    const tun = { name: 'docker-tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } };
    expect(volumeDifference(tun, memberOf(ROOTLESS, 'volumes', 'docker-tun'))).toBeUndefined();
    const data = { name: 'docker-data', emptyDir: { sizeLimit: '20480Mi' } };
    expect(volumeDifference(data, memberOf(ROOTLESS, 'volumes', 'docker-data'))).toBeUndefined();
    const subid = { name: 'docker-subid', emptyDir: {} };
    expect(volumeDifference(subid, memberOf(ROOTLESS, 'volumes', 'docker-subid'))).toBeUndefined();
    const claim = { accessModes: ['ReadWriteOnce'], volumeMode: 'Block', resources: { requests: { storage: '10Gi' } } };
    const block = { name: 'docker-data', ephemeral: { volumeClaimTemplate: { spec: claim } } };
    expect(volumeDifference(block, memberOf(KATA, 'volumes', 'docker-data'))).toBeUndefined();
  });
});

describe('nearly equal', () => {
  const stored = STORED;
  const at = (field: string): readonly JsonObject[] => listIn(stored, field);
  test.each<[string, JsonObject, string]>([
    ['another image', { image: 'evil' }, 'image'],
    ['a look-alike tag', { image: 'docker.io/library/docker:27-dind-rootless ' }, 'image'],
    ['one more variable', { env: [...at('env'), { name: 'DOCKERD_ROOTLESS', value: '1' }] }, 'env[2]'],
    ['variables in another order', { env: at('env').toReversed() }, 'env[0].name'],
    ['envFrom', { envFrom: [{ secretRef: { name: 's' } }] }, 'envFrom'],
    ['other arguments', { args: ['dockerd', '--host=tcp://0.0.0.0:2375'] }, 'args[1]'],
    ['arguments in another order', { args: ['--host=unix:///run/user/1000/docker.sock', 'dockerd'] }, 'args[0]'],
    ['an empty argument', { args: ['dockerd', '--host=unix:///run/user/1000/docker.sock', ''] }, 'args[2]'],
    ['a command', { command: ['sh'] }, 'command'],
    ['a working directory', { workingDir: '/' }, 'workingDir'],
    ['a lifecycle hook', { lifecycle: { postStart: { exec: { command: ['sh'] } } } }, 'lifecycle'],
    ['another probe', { livenessProbe: { exec: { command: ['sh'] } } }, 'livenessProbe'],
    [
      'privileged',
      { securityContext: { ...asObject(stored.securityContext), privileged: true } },
      'securityContext.privileged',
    ],
    ['root', { securityContext: { ...asObject(stored.securityContext), runAsUser: 0 } }, 'securityContext.runAsUser'],
    ['a mount', { volumeMounts: [...at('volumeMounts'), { name: 'x', mountPath: '/x' }] }, 'volumeMounts[6]'],
    ['a device', { volumeDevices: [{ name: 'x', devicePath: '/x' }] }, 'volumeDevices'],
    ['no limit', { resources: { requests: { cpu: '250m', memory: '512Mi' } } }, 'resources.limits'],
    [
      'a higher limit',
      { resources: { limits: { memory: '3Gi' }, requests: { cpu: '250m', memory: '512Mi' } } },
      'resources.limits.memory',
    ],
    ['never pulled', { imagePullPolicy: 'Never' }, 'imagePullPolicy'],
    ['a terminal', { stdin: true }, 'stdin'],
    ['a field nobody knows yet', { brandNew: { a: 1 } }, 'brandNew'],
    ['no sidecar any more', { restartPolicy: null }, 'restartPolicy'],
  ])('a container differs by %s', (_, change, path) => {
    expect(containerDifference(DAEMON, { ...stored, ...change }, ROOTLESS)).toMatchObject({ path });
  });

  test('both values are named', () => {
    const found = containerDifference(DAEMON, { ...stored, image: 'evil' }, ROOTLESS);
    expect(found).toEqual({ path: 'image', expected: 'docker.io/library/docker:27-dind-rootless', actual: 'evil' });
  });

  test('whatever equalled the class before', () => {
    const fresh = structuredClone(DAEMON);
    expect(containerDifference(DAEMON, STORED, ROOTLESS)).toBeUndefined();
    expect(containerDifference(DAEMON, { ...stored, tty: true }, ROOTLESS)).toEqual(
      containerDifference(fresh, { ...stored, tty: true }, ROOTLESS),
    );
    expect(containerDifference(DAEMON, { ...stored, tty: true }, ROOTLESS)).toMatchObject({ path: 'tty' });
    expect(containerDifference(DAEMON, STORED, ROOTLESS)).toBeUndefined();
    // Equal, and so large that it is not worth remembering.
    const empty = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`empty-${index}`, '']));
    expect(containerDifference(DAEMON, { ...STORED, ...empty }, ROOTLESS)).toBeUndefined();
    expect(containerDifference(DAEMON, { ...STORED, ...empty, tty: true }, ROOTLESS)).toMatchObject({ path: 'tty' });
  });

  test('the place of a mount, with the mount of the token before or after it', () => {
    const mounts = listIn(stored, 'volumeMounts');
    const token = mounts.findIndex((mount) => String(mount.name).startsWith('kube-api-access'));
    const others = mounts.filter((_, index) => index !== token);
    const more = { name: 'docker-data', mountPath: '/more' };
    const place = (volumeMounts: readonly JsonObject[]): string | undefined =>
      containerDifference(DAEMON, { ...stored, volumeMounts }, ROOTLESS)?.path;
    const last = mounts.length;
    expect(token).toBeGreaterThan(0);
    expect(place([...mounts, more])).toBe(`volumeMounts[${last}]`);
    expect(place([...others, more])).toBe(`volumeMounts[${last - 1}]`);
    expect(place([mounts[token] ?? {}, ...others, more])).toBe(`volumeMounts[${last}]`);
    expect(place([{ ...others[0], mountPath: '/x' }, ...mounts.slice(1)])).toBe('volumeMounts[0].mountPath');
  });

  test('a mount that poses as the token', () => {
    const volume = memberOf(ROOTLESS, 'volumes', 'kube-api-access-dt75s');
    const pods: readonly PodSpec[] = [
      { volumes: [{ name: 'kube-api-access-dt75s', hostPath: { path: '/' } }] },
      { volumes: [{ name: 'kube-api-access-dt75s', configMap: { name: 'mine' } }] },
      {
        volumes: [
          { ...volume, name: 'kube-api-access-dt75s' },
          { name: 'kube-api-access-dt75s', emptyDir: {} },
        ],
      },
      { volumes: [] },
      {},
    ];
    for (const pod of pods) {
      expect(containerDifference(DAEMON, stored, pod)).toMatchObject({ path: 'volumeMounts[5]' });
    }
    const mounts = at('volumeMounts');
    const writable = mounts.map((mount) => (mount.readOnly === true ? { ...mount, readOnly: null } : mount));
    expect(containerDifference(DAEMON, { ...stored, volumeMounts: writable }, ROOTLESS)).toBeDefined();
  });

  test.each<[string, JsonObject]>([
    ['another path', { hostPath: { path: '/dev/net', type: 'CharDevice' } }],
    ['another type', { hostPath: { path: '/dev/net/tun', type: '' } }],
    ['two sources', { hostPath: { path: '/dev/net/tun', type: 'CharDevice' }, emptyDir: {} }],
    ['none', {}],
  ])('a volume with %s', (_, source) => {
    const tun = { name: 'docker-tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } };
    expect(volumeDifference(tun, { name: 'docker-tun', ...source })).toBeDefined();
  });

  test('an empty host path is no emptyDir', () => {
    expect(volumeDifference({ name: 'a', emptyDir: {} }, { name: 'a', hostPath: { path: '' } })).toBeDefined();
    expect(volumeDifference({ name: 'a', emptyDir: {} }, { name: 'a' })).toBeUndefined();
  });
});

describe('listed additions', () => {
  test('resources where the class gives none, as a LimitRange adds them', () => {
    const { resources: _, ...without } = DAEMON;
    expect(containerDifference(without, STORED, ROOTLESS)).toBeUndefined();
    const claims = { ...STORED, resources: { claims: [{ name: 'gpu' }] } };
    expect(containerDifference(without, claims, ROOTLESS)).toMatchObject({ path: 'resources' });
  });
  test('a resource that the class says nothing of, but never a device', () => {
    const more = {
      limits: { memory: '2Gi', 'ephemeral-storage': '10Gi' },
      requests: { cpu: '250m', memory: '512Mi', 'ephemeral-storage': '1Gi' },
    };
    expect(containerDifference(DAEMON, { ...STORED, resources: more }, ROOTLESS)).toBeUndefined();
    const device = {
      limits: { memory: '2Gi', 'example.com/kvm': '1' },
      requests: { cpu: '250m', memory: '512Mi', 'example.com/kvm': '1' },
    };
    const { resources: _, ...without } = DAEMON;
    for (const written of [DAEMON, without]) {
      expect(containerDifference(written, { ...STORED, resources: device }, ROOTLESS)).toBeDefined();
    }
  });
  test('imagePullPolicy Always, as AlwaysPullImages sets it', () => {
    expect(containerDifference(DAEMON, { ...STORED, imagePullPolicy: 'Always' }, ROOTLESS)).toBeUndefined();
  });
});

describe('any JSON', () => {
  test('is compared without throwing, and equals itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        containerDifference(a, b, {});
        volumeDifference(a, b);
        expect(containerDifference(a, a, {})).toBeUndefined();
        expect(volumeDifference(a, a)).toBeUndefined();
      }),
      { numRuns: randomCases(3000) },
    );
  });
  test('nested 10,000 deep differs, and does not overflow', () => {
    let deep: JsonObject = {};
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    expect(containerDifference(DAEMON, { ...STORED, lifecycle: deep }, ROOTLESS)).toBeDefined();
    expect(containerDifference(DAEMON, { ...STORED, args: [deep] }, ROOTLESS)).toBeDefined();
  });
});

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
