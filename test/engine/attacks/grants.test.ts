// A tenant who may use Docker tries to get more than Docker: every attempt is refused, and the refusal names what was tried.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { DOCKER_CLASS, grantingPolicy, NSJAIL_CLASS } from '../../support/docker-class.ts';
import { gateOf, subjectOf } from '../../support/gate.ts';

const GATE = gateOf(
  [
    DOCKER_CLASS,
    NSJAIL_CLASS,
    grantingPolicy('agents', '[{ name: docker, implementation: rootless }, { name: nsjail }]'),
  ],
  { agents: {} },
);

const POD = injected({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': 'docker,nsjail' } },
  spec: {
    initContainers: [{ name: 'setup', image: 's' }],
    containers: [
      { name: 'app', image: 'x' },
      { name: 'side', image: 'y' },
    ],
  },
});

function injected(object: JsonObject): JsonObject {
  return mutate(subjectOf(object), GATE).object ?? object;
}

type Edit = (pod: Draft) => void;
/** A pod that may be written to. */
interface Draft {
  metadata: { annotations: Record<string, string> };
  spec: Record<string, unknown> & { initContainers: Fields[]; containers: Fields[]; volumes: Fields[] };
}
type Fields = Record<string, unknown> & { securityContext: Record<string, unknown> };

function isDraft(value: unknown): value is Draft {
  return isJsonObject(value) && isJsonObject(value.spec) && Array.isArray(value.spec.initContainers);
}

function edited(edit: Edit): JsonObject {
  const draft: unknown = JSON.parse(JSON.stringify(POD));
  if (!isDraft(draft)) throw new Error('not injected');
  edit(draft);
  return { ...draft };
}

function denials(object: JsonObject, more: Partial<Subject> = {}): string[] {
  const { findings } = validate(subjectOf(object, more), GATE);
  return findings.filter((finding) => finding.action === 'Deny').map((finding) => finding.reason);
}

function container(pod: Draft, name: string): Fields {
  const found = [...pod.spec.initContainers, ...pod.spec.containers].find((one) => one.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

function push(fields: Record<string, unknown>, key: string, value: unknown): void {
  const list: unknown = fields[key];
  const members: readonly unknown[] = Array.isArray(list) ? list : [];
  fields[key] = [...members, value];
}

test('untouched, it is let in', () => {
  expect(denials(POD)).toEqual([]);
});

const DAEMON = 'capability_container_name_conflict: docker-daemon';
const mount = (name: string, more: JsonObject = {}) => ({ name, mountPath: '/steal', ...more });

const ATTEMPTS: readonly (readonly [string, Edit, string])[] = [
  ['another image', (pod) => (container(pod, 'docker-daemon').image = 'evil'), DAEMON],
  ['one more variable', (pod) => push(container(pod, 'docker-daemon'), 'env', { name: 'A', value: 'b' }), DAEMON],
  [
    'other arguments',
    (pod) => (container(pod, 'docker-daemon').args = ['dockerd', '--host=tcp://0.0.0.0:2375']),
    DAEMON,
  ],
  [
    'arguments in another order',
    (pod) => (container(pod, 'docker-daemon').args = ['--host=unix:///run/user/1000/docker.sock', 'dockerd']),
    DAEMON,
  ],
  [
    'a mount for the daemon',
    (pod) => push(container(pod, 'docker-daemon'), 'volumeMounts', mount('docker-data')),
    DAEMON,
  ],
  [
    'a lifecycle hook',
    (pod) => (container(pod, 'docker-daemon').lifecycle = { postStart: { exec: { command: ['sh'] } } }),
    DAEMON,
  ],
  [
    'another probe',
    (pod) =>
      (container(pod, 'docker-daemon').startupProbe = {
        exec: { command: ['sh', '-c', 'x'] },
        periodSeconds: 5,
        failureThreshold: 24,
      }),
    DAEMON,
  ],
  ['its limits removed', (pod) => delete container(pod, 'docker-daemon').resources, DAEMON],
  ['privileged', (pod) => (container(pod, 'docker-daemon').securityContext.privileged = true), DAEMON],
  [
    'the init container, too',
    (pod) => (container(pod, 'docker-subid-init').command = ['sh']),
    'capability_container_name_conflict: docker-subid-init',
  ],
  [
    'a second container of that name',
    (pod) => pod.spec.containers.push({ ...container(pod, 'docker-daemon'), image: 'evil' }),
    DAEMON,
  ],
  [
    'a data volume from elsewhere',
    (pod) => (pod.spec.volumes[0] = { ...volume('docker-data'), hostPath: { path: '/' } }),
    'capability_volume_name_conflict: docker-data',
  ],
  [
    'the device by another path',
    (pod) => (pod.spec.volumes[3] = { ...volume('docker-tun'), hostPath: { path: '/dev' } }),
    'capability_volume_name_conflict: docker-tun',
  ],
  [
    'a volume twice',
    (pod) => pod.spec.volumes.push({ ...volume('docker-run'), hostPath: { path: '/' } }),
    'capability_volume_name_conflict: docker-run',
  ],
  [
    'a user container at the data',
    (pod) => push(container(pod, 'side'), 'volumeMounts', mount('docker-data')),
    'capability_volume_not_granted: docker-data',
  ],
  [
    'the device through subPath',
    (pod) => push(container(pod, 'app'), 'volumeMounts', mount('docker-tun', { subPath: 'x' })),
    'capability_volume_not_granted: docker-tun',
  ],
  [
    'the socket writable',
    (pod) => push(container(pod, 'app'), 'volumeMounts', mount('docker-run')),
    'capability_volume_not_granted: docker-run',
  ],
  [
    'the socket for another container',
    (pod) =>
      push(container(pod, 'side'), 'volumeMounts', { name: 'docker-run', mountPath: '/run/user/1000', readOnly: true }),
    'capability_volume_not_granted: docker-run',
  ],
  [
    'through an init container',
    (pod) => push(container(pod, 'setup'), 'volumeMounts', mount('docker-tun')),
    'capability_volume_not_granted: docker-tun',
  ],
  [
    'as a block device',
    (pod) => push(container(pod, 'app'), 'volumeDevices', { name: 'docker-data', devicePath: '/dev/x' }),
    'capability_volume_not_granted: docker-data',
  ],
  [
    'with propagation',
    (pod) =>
      push(container(pod, 'app'), 'volumeMounts', {
        name: 'docker-run',
        mountPath: '/a',
        readOnly: true,
        mountPropagation: 'Bidirectional',
      }),
    'capability_volume_not_granted: docker-run',
  ],
  ['a shared process namespace', (pod) => (pod.spec.shareProcessNamespace = true), 'capability_process_namespace'],
  ['the host as user namespace', (pod) => (pod.spec.hostUsers = true), 'capability_field_conflict: spec.hostUsers'],
  [
    'one capability more',
    (pod) => (container(pod, 'app').securityContext.capabilities = { add: ['NET_ADMIN', 'SYS_ADMIN'], drop: ['ALL'] }),
    'unrestricted capabilities',
  ],
  [
    'the same capability, spelled CAP_NET_ADMIN',
    (pod) =>
      (container(pod, 'app').securityContext.capabilities = { add: ['NET_ADMIN', 'CAP_NET_ADMIN'], drop: ['ALL'] }),
    'unrestricted capabilities',
  ],
  [
    'the same capability, spelled net_admin',
    (pod) => (container(pod, 'app').securityContext.capabilities = { add: ['NET_ADMIN', 'net_admin'], drop: ['ALL'] }),
    'unrestricted capabilities',
  ],
  [
    'the capability for another container',
    (pod) => (container(pod, 'side').securityContext.capabilities = { add: ['NET_ADMIN'], drop: ['ALL'] }),
    'unrestricted capabilities',
  ],
  [
    'privilege escalation for another container',
    (pod) => (container(pod, 'side').securityContext.allowPrivilegeEscalation = true),
    'allowPrivilegeEscalation != false',
  ],
  [
    'Unconfined beside what was granted',
    (pod) => (container(pod, 'app').securityContext.seccompProfile = { type: 'Unconfined' }),
    'seccompProfile',
  ],
  [
    'procMount beside what was granted',
    (pod) => (container(pod, 'app').securityContext.procMount = 'Unmasked'),
    'procMount',
  ],
  [
    'a host path beside what was granted',
    (pod) => pod.spec.volumes.push({ ...volume('mine'), hostPath: { path: '/dev/net/tun', type: 'CharDevice' } }),
    'restricted volume types',
  ],
  ['the annotation taken off', (pod) => delete pod.metadata.annotations['sandgate.dev/capabilities'], 'procMount'],
  [
    'a forged mark',
    (pod) => (pod.metadata.annotations = { 'sandgate.dev/status': 'injected', 'sandgate.dev/injected': 'docker' }),
    'procMount',
  ],
  [
    'another class asked for instead',
    (pod) => (pod.metadata.annotations['sandgate.dev/capabilities'] = 'nsjail'),
    'procMount',
  ],
  [
    'AppArmor turned off in the old way',
    (pod) => (pod.metadata.annotations['container.apparmor.security.beta.kubernetes.io/app'] = 'unconfined'),
    'forbidden AppArmor profile',
  ],
];

function volume(name: string): Fields {
  return { name, securityContext: {} };
}

describe('in a new pod', () => {
  test.each(ATTEMPTS.map(([name, edit, reason]) => ({ name, edit, reason })))(
    'a granted pod is refused with $name',
    ({ edit, reason }) => {
      const pod = edited(edit);
      expect(denials(withoutEmpty(pod)).join('\n')).toContain(reason);
      // Nor does the mutating webhook make it any better.
      expect(denials(injected(withoutEmpty(pod))).join('\n')).toContain(reason);
    },
  );
});

describe('in a pod that runs', () => {
  const update = { operation: 'UPDATE', oldObject: POD };

  test('the image of the daemon cannot be edited', () => {
    const pod = edited((draft) => (container(draft, 'docker-daemon').image = 'evil'));
    expect(denials(pod, update)).toContain(DAEMON);
  });

  test('the image of the own container can', () => {
    expect(
      denials(
        edited((draft) => (container(draft, 'app').image = 'z')),
        update,
      ),
    ).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    ['the socket', { volumeMounts: [mount('docker-run')] }, 'capability_volume_not_granted: docker-run'],
    ['the device', { volumeMounts: [mount('docker-tun')] }, 'capability_volume_not_granted: docker-tun'],
    ["the daemon's processes", { targetContainerName: 'docker-daemon' }, 'capability_process_namespace: docker-daemon'],
    ['the capability', { securityContext: { capabilities: { add: ['NET_ADMIN'] } } }, 'unrestricted capabilities'],
  ])('an ephemeral container does not get %s', (_, fields, reason) => {
    const safe = {
      runAsUser: 1000,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    const security = { ...safe, capabilities: { drop: ['ALL'] } };
    const ephemeral = { name: 'debug', image: 'd', securityContext: security, ...fields };
    const pod = edited((draft) => (draft.spec.ephemeralContainers = [ephemeral]));
    expect(denials(pod, { ...update, subresource: 'ephemeralcontainers' }).join('\n')).toContain(reason);
    const plain = edited(
      (draft) => (draft.spec.ephemeralContainers = [{ name: 'debug', image: 'd', securityContext: security }]),
    );
    expect(denials(plain, { ...update, subresource: 'ephemeralcontainers' })).toEqual([]);
  });

  test('a class cannot be asked for later', () => {
    const bare = injected({ ...POD, metadata: { name: 'a' }, spec: { containers: [{ name: 'app', image: 'x' }] } });
    const asking = { ...bare, metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': 'docker' } } };
    expect(denials(asking, { operation: 'UPDATE', oldObject: bare })).toEqual([]);
    expect(mutate(subjectOf(asking, { operation: 'UPDATE', oldObject: bare }), GATE).object).toBe(asking);
  });
});

/** What `volume` makes up for the types' sake. */
function withoutEmpty(pod: JsonObject): JsonObject {
  const spec = isJsonObject(pod.spec) ? pod.spec : {};
  const volumes = Array.isArray(spec.volumes) ? spec.volumes : [];
  return {
    ...pod,
    spec: { ...spec, volumes: volumes.map((one: JsonObject) => ({ ...one, securityContext: undefined })) },
  };
}
