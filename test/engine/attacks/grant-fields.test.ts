// More ways out for a tenant who may use a class: by files of its volumes, by what looks empty, by updates of somebody who may
// not use it, by settings of the pod. And what the API server, its plugins and other webhooks write, which is no such way.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Authorization } from '../../../src/cluster/authorization/authorization.ts';
import type { Gate } from '../../../src/engine/gate.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import type { Subject, UserInfo } from '../../../src/model/subject.ts';
import { classText } from '../../grants/shipped/shipped.ts';
import { DOCKER_CLASS, grantingPolicy } from '../../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const DOCKER = DOCKER_CLASS.replace('authorization: Policy', 'authorization: RBAC');
/** What only other classes have: disks, certificates, images, drivers, a node of its own, and variables from elsewhere. */
const VM = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: vm }
spec:
  authorization: Policy
  implementations:
    - name: one
      grant:
        env:
          - { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
          - { name: MEMORY, valueFrom: { resourceFieldRef: { resource: limits.memory } } }
          - { name: TICKET, valueFrom: { fileKeyRef: { volumeName: vm-socket, path: ticket.env, key: TICKET } } }
      template:
        spec:
          nodeSelector: { node-role.kubernetes.io/vm: '' }
          containers:
            - name: vm-daemon
              image: example.com/vm:1
              env: [{ name: MEMORY, valueFrom: { resourceFieldRef: { resource: limits.memory } } }]
              securityContext: { privileged: true, runAsUser: 0, runAsNonRoot: false }
              volumeMounts:
                - { name: vm-socket, mountPath: /run/vm }
                - { name: vm-tools, mountPath: /opt/vm }
                - { name: vm-trust, mountPath: /etc/vm }
                - { name: vm-driver, mountPath: /vm }
              volumeDevices: [{ name: vm-disk, devicePath: /dev/vm }]
          volumes:
            - { name: vm-socket, emptyDir: { sizeLimit: 1Mi } }
            - { name: vm-tools, image: { reference: 'example.com/tools:1' } }
            - { name: vm-trust, projected: { sources: [{ clusterTrustBundle: { signerName: example.com/ca, path: ca.pem } }] } }
            - { name: vm-driver, csi: { driver: vm.example.com, volumeAttributes: { mode: strict } } }
            - name: vm-disk
              ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], volumeMode: Block, resources: { requests: { storage: 20Gi } } } } }
`;
const LISTED = '[{ name: docker, implementation: rootless }, { name: vm }]';
const GATE = gateWith([DOCKER, VM, grantingPolicy('agents', LISTED)]);
const DORA: UserInfo = { username: 'dora', groups: [] };
const ALICE: UserInfo = { username: 'alice', groups: [] };
const CONTAINERS = [
  { name: 'app', image: 'x' },
  { name: 'side', image: 'y' },
];

/** Dora may use docker herself, and so may service account builder. */
function gateWith(texts: readonly string[]): Gate {
  const gate = gateOf(texts, { agents: {} });
  return {
    ...gate,
    surroundings: {
      namespaceLabels: (namespace) => gate.surroundings.namespaceLabels(namespace),
      mayUse: ({ user, serviceAccount }) =>
        user.username === 'dora' || serviceAccount === 'builder' ? 'allowed' : 'denied',
    },
  };
}

function podAsking(capabilities: string, spec: JsonObject = {}): JsonObject {
  const metadata = { name: 'a', annotations: { 'sandgate.dev/capabilities': capabilities } };
  const initContainers = [{ name: 'setup', image: 's' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { initContainers, containers: CONTAINERS, ...spec } };
}

function injected(object: JsonObject, gate = GATE): JsonObject {
  return mutate(subjectOf(object, { user: DORA }), gate).object ?? object;
}

function denials(object: JsonObject, more: Partial<Subject> = {}, gate = GATE): string[] {
  const { findings } = validate(subjectOf(object, { user: DORA, ...more }), gate);
  return findings.filter(({ action }) => action === 'Deny').map(({ reason, detail }) => `${reason} (${detail})`);
}

const POD = injected(podAsking('docker,vm'));

/** A copy of the pod with something at a path changed: a container or volume is found by its name. */
function edited(path: string, value: unknown, pod = POD): JsonObject {
  const copy: unknown = structuredClone(pod);
  const steps = path.split('/');
  const last = steps.pop() ?? '';
  let at = copy;
  for (const step of steps) at = Array.isArray(at) ? (named(at, step) ?? at[Number(step)]) : memberOf(at, step);
  if (Array.isArray(at)) at.push(value);
  else if (typeof at === 'object' && at !== null) Reflect.set(at, last, value);
  if (!isJsonObject(copy)) throw new Error('not a pod');
  return copy;
}

function named(list: readonly unknown[], name: string): unknown {
  return list.find((member) => ownField(member, 'name') === name);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) throw new Error(`nothing has ${key}`);
  if (!Object.hasOwn(value, key)) Reflect.set(value, key, {});
  return ownField(value, key);
}

test('untouched, it is let in', () => {
  expect(denials(POD)).toEqual([]);
});

const DAEMON = 'spec/initContainers/docker-daemon';
const GRANTED = 'spec/containers/app/volumeMounts/0';
const CLAIM = 'spec/volumes/vm-disk/ephemeral/volumeClaimTemplate/spec';
const loot = (volumeName: string) => [
  { name: 'LOOT', valueFrom: { fileKeyRef: { volumeName, path: 'a.env', key: 'K', optional: true } } },
];
const daemonDiffers = (field: string) => `capability_container_name_conflict: docker-daemon (${field}`;
const diskDiffers = 'capability_volume_name_conflict: vm-disk';

describe('a new pod', () => {
  test.each<[string, string, unknown, string]>([
    ['a variable from a file of the data', 'spec/containers/side/env', loot('docker-data'), 'not_granted: docker-data'],
    ['the same in an init container', 'spec/initContainers/setup/env', loot('docker-data'), 'not_granted: docker-data'],
    [
      'one more from a file that a class gives another of',
      'spec/containers/app/env/-',
      loot('vm-socket')[0],
      'not_granted: vm-socket',
    ],
    ['no StorageClass in the place of the default one', `${CLAIM}/storageClassName`, '', diskDiffers],
    ['any disk with any labels', `${CLAIM}/selector`, {}, diskDiffers],
    ['a disk by name', `${CLAIM}/volumeName`, 'pv-1', diskDiffers],
    ['a disk filled by somebody', `${CLAIM}/dataSourceRef`, { apiGroup: 'x.io', kind: 'X', name: 'x' }, diskDiffers],
    [
      'every certificate',
      'spec/volumes/vm-trust/projected/sources/0/clusterTrustBundle/labelSelector',
      {},
      'name_conflict: vm-trust',
    ],
    [
      'a setting of a driver, without a value',
      'spec/volumes/vm-driver/csi/volumeAttributes/debug',
      '',
      'name_conflict: vm-driver',
    ],
    ['other tools', 'spec/volumes/vm-tools/image/reference', 'example.com/evil:1', 'name_conflict: vm-tools'],
    [
      'tools that a node has under that name',
      'spec/volumes/vm-tools/image/pullPolicy',
      'Never',
      'name_conflict: vm-tools',
    ],
    [
      'another node than those of the class',
      'spec/nodeSelector',
      { 'kubernetes.io/os': 'linux' },
      'capability_not_injected: vm',
    ],
    [
      'a node that says no',
      'spec/nodeSelector',
      { 'node-role.kubernetes.io/vm': 'no' },
      'capability_field_conflict: spec.nodeSelector',
    ],
    ['another signal to stop by', `${DAEMON}/lifecycle`, { stopSignal: 'SIGUSR1' }, daemonDiffers('lifecycle')],
    [
      'restarts when it is resized',
      `${DAEMON}/resizePolicy`,
      [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
      daemonDiffers('resizePolicy'),
    ],
    [
      'restarts by its exit code',
      `${DAEMON}/restartPolicyRules`,
      [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }],
      daemonDiffers('restartPolicyRules'),
    ],
    [
      'a mount of the daemon that is read-only in all of it',
      `${DAEMON}/volumeMounts/3/recursiveReadOnly`,
      'Enabled',
      daemonDiffers('volumeMounts[3].recursiveReadOnly'),
    ],
    [
      'a directory of the data by a variable',
      `${DAEMON}/volumeMounts/0/subPathExpr`,
      '$(POD)',
      daemonDiffers('volumeMounts[0].subPathExpr'),
    ],
    [
      'options for a mount of the daemon',
      `${DAEMON}/volumeMounts/0/bindMountOptions`,
      ['exec'],
      daemonDiffers('volumeMounts[0].bindMountOptions'),
    ],
    [
      'options for the granted mount',
      `${GRANTED}/bindMountOptions`,
      ['exec'],
      'capability_mount_conflict: /run/user/1000',
    ],
    [
      'a directory of the granted mount by a variable',
      `${GRANTED}/subPathExpr`,
      '$(POD_IP)',
      'capability_mount_conflict: /run/user/1000',
    ],
    ['an SELinux type for the whole pod', 'spec/securityContext/seLinuxOptions', { type: 'spc_t' }, 'seLinuxOptions'],
  ])('%s', (_, path, value, reason) => {
    expect(denials(edited(path, value)).join('\n')).toContain(reason);
  });

  test.each<[string, JsonObject]>([
    ['emptyDir', {}],
    ['hostPath', { path: '/' }],
    ['secret', { secretName: 'mine' }],
    ['projected', { sources: [{ serviceAccountToken: { path: 't', audience: 'vault' } }] }],
    ['csi', { driver: 'x.io' }],
    ['image', { reference: 'x' }],
    ['brandNew', {}],
  ])('%s under the name of a volume of the class, before and after it has a say', (type, source) => {
    const volume = { name: 'docker-data', [type]: source };
    const reason = 'capability_volume_name_conflict: docker-data';
    expect(denials(injected(podAsking('docker', { volumes: [volume] }))).join('\n')).toContain(reason);
    const others = { ...POD, spec: { ...asObject(POD.spec), volumes: [volume] } };
    expect(denials(others).join('\n')).toContain(reason);
  });
});

describe('a pod that runs', () => {
  const limits = `${DAEMON}/resources/limits/memory`;
  const update = { operation: 'UPDATE', oldObject: POD };
  const resize = { ...update, subresource: 'resize' };
  const unasked = { ...POD, metadata: { name: 'a' } };

  test.each<[string, UserInfo, JsonObject]>([
    ['by somebody who may use the class', DORA, POD],
    ['by somebody who may not, to whom it was a violation before', ALICE, POD],
    ['where the request was taken off before', ALICE, unasked],
  ])('the daemon is not given more, %s', (_, user, before) => {
    const more = { ...resize, user, oldObject: before };
    expect(denials(edited(limits, '64Gi', before), more)).not.toEqual([]);
    // Their own containers are another matter.
    const own = denials(edited('spec/containers/side/resources', { limits: { memory: '2Gi' } }, before), more);
    expect(own).toEqual([]);
  });

  test('nor where the class was changed since', () => {
    const changed = gateWith([
      DOCKER.replaceAll('docker:27-dind-rootless', 'docker:28'),
      VM,
      grantingPolicy('agents', LISTED),
    ]);
    expect(denials(edited('metadata/labels', { a: 'b' }), update, changed)).toEqual([]);
    expect(denials(edited(limits, '64Gi'), resize, changed)).not.toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ['a file of the data', { env: loot('docker-data') }],
    ['a file of the socket volume of another class', { env: loot('vm-socket') }],
    ['the processes of a privileged container', { targetContainerName: 'vm-daemon' }],
  ])('an ephemeral container does not get %s', (_, fields) => {
    const safe = { runAsUser: 1000, runAsNonRoot: true, allowPrivilegeEscalation: false };
    const profile = { seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } };
    const plain = { name: 'debug', image: 'd', securityContext: { ...safe, ...profile } };
    const more = { ...update, subresource: 'ephemeralcontainers' };
    expect(denials(edited('spec/ephemeralContainers', [plain]), more)).toEqual([]);
    expect(denials(edited('spec/ephemeralContainers', [{ ...plain, ...fields }]), more)).toHaveLength(1);
  });

  test('a class that everybody is given since then is not held against it', () => {
    const since = gateWith([classText('nsjail'), grantingPolicy('agents', '[{ name: nsjail, assign: Always }]')]);
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: CONTAINERS } };
    const before = injected(bare, gateWith([grantingPolicy('agents', '[]')]));
    const more = { operation: 'UPDATE', oldObject: before };
    expect(denials(before, {}, since).join('\n')).toContain('capability_');
    expect(denials(edited('spec/containers/app/image', 'z', before), more, since)).toEqual([]);
    expect(denials(edited('spec/containers/app/securityContext/privileged', true, before), more, since)).not.toEqual(
      [],
    );
  });

  test('what it was given unasked stays shut for somebody who may not use it, whatever else the policy asks', () => {
    const always = 'capabilities: [{ name: docker, implementation: rootless, assign: Always }]';
    const lax = gateWith([DOCKER, policyYaml('lax', always)]);
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: CONTAINERS } };
    const before = injected(bare, lax);
    const debug = { name: 'debug', image: 'd', volumeMounts: [{ name: 'docker-data', mountPath: '/loot' }] };
    const more = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: before };
    const after = edited('spec/ephemeralContainers', [debug], before);
    expect(denials(before, {}, lax)).toEqual([]);
    expect(denials(after, more, lax)).toHaveLength(1);
    expect(denials(after, { ...more, user: ALICE }, lax).join('\n')).toContain('capability_not_authorized: docker');
  });

  test('its classes are gone, and nothing more gets in', () => {
    const gone = gateWith([grantingPolicy('agents', '[]')]);
    expect(denials(edited('metadata/labels', { a: 'b' }), update, gone)).toEqual([]);
    expect(denials(edited('spec/containers/side/image', 'z'), update, gone)).not.toEqual([]);
  });
});

describe('several policies', () => {
  const restricted = grantingPolicy('other', '[]');
  const always = '[{ name: docker, implementation: rootless, assign: Always }]';

  test.each<[string, readonly string[], string]>([
    ['one that does not list the class', [grantingPolicy('agents', LISTED), restricted], 'procMount'],
    [
      'one that gives it unasked, and one that does not list it',
      [grantingPolicy('agents', always), restricted],
      'procMount',
    ],
    [
      'one with another implementation',
      [grantingPolicy('agents', LISTED), grantingPolicy('z', '[{ name: docker, implementation: kata-qemu }]')],
      'procMount',
    ],
  ])('%s: the stricter one judges what was added', (_, policies, reason) => {
    const gate = gateWith([DOCKER, VM, ...policies]);
    expect(denials(injected(podAsking('docker'), gate), {}, gate).join('\n')).toContain(reason);
  });

  test('what is given unasked is given to those who may use it', () => {
    const gate = gateWith([DOCKER, grantingPolicy('agents', always)]);
    const bare = { ...podAsking(''), metadata: { name: 'a' } };
    expect(denials(injected(bare, gate), {}, gate)).toEqual([]);
    expect(denials(injected(bare, gate), { user: ALICE }, gate).join('\n')).toContain(
      'capability_not_authorized: docker',
    );
  });
});

describe('objects that make pods', () => {
  const template = { ...podAsking('docker'), apiVersion: undefined, kind: undefined };
  test.each<[string, JsonObject]>([
    ['Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template } }],
    ['Job', { apiVersion: 'batch/v1', kind: 'Job', spec: { template } }],
    ['CronJob', { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } }],
  ])('%s: its owner hears that the service account may not, whoever the owner is', (_, object) => {
    const { findings } = validate(subjectOf({ metadata: { name: 'o' }, ...object }, { user: DORA }), GATE);
    const said = findings.map(({ reason, detail }) => `${reason} ${detail}`).join('\n');
    expect(said).toContain('capability_not_authorized: docker service account "default" may not');
  });

  test('a Sandbox: a variable from a file of the data', () => {
    const spec = { serviceAccountName: 'builder', containers: [{ ...CONTAINERS[0], env: loot('docker-data') }] };
    const podTemplate = { metadata: podAsking('docker').metadata, spec };
    const sandbox = {
      apiVersion: 'agents.x-k8s.io/v1beta1',
      kind: 'Sandbox',
      metadata: { name: 's' },
      spec: { podTemplate },
    };
    expect(denials(injected(sandbox)).join('\n')).toContain('capability_volume_not_granted: docker-data');
  });
});

test('no answer is taken for that to another question', async () => {
  const word = fc.constantFrom('', 'a', 'b', 'a","b', 'system:serviceaccount:a:b', '[]', 'null', '__proto__');
  const user = fc.record(
    { username: word, groups: fc.array(word, { maxLength: 2 }), uid: word, extra: fc.dictionary(word, fc.array(word)) },
    { requiredKeys: ['username', 'groups'] },
  );
  const name = fc.constantFrom('a', 'b', 'a-b');
  const request = fc.record({ user, className: name, namespace: name, serviceAccount: name });
  const options = { create: answered, events: { onAsked: () => {}, onKnown: () => {} }, patienceMs: 60_000 };
  const warm = new Authorization(options);
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      expect(await warm.mayUse(asked)).toBe(await new Authorization(options).mayUse(asked));
    }),
    { numRuns: 2000 },
  );
});

describe('let in: what others write', () => {
  const own = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const sidecar = (name: string) => ({ name, image: name, securityContext: own });
  test.each<[string, string, unknown]>([
    ['AlwaysPullImages, of an image volume', 'spec/volumes/vm-tools/image/pullPolicy', 'Always'],
    ['the version of a field, by default', 'spec/containers/app/env/POD_IP/valueFrom/fieldRef/apiVersion', 'v1'],
    ['a divisor, which is always sent', 'spec/containers/app/env/MEMORY/valueFrom/resourceFieldRef/divisor', '0'],
    [
      'the same in a container of the class',
      'spec/containers/vm-daemon/env/MEMORY/valueFrom/resourceFieldRef/divisor',
      '0',
    ],
    ['a file that has to be there, by default', 'spec/containers/app/env/TICKET/valueFrom/fileKeyRef/optional', false],
    [
      'a LimitRange, where the class says nothing',
      'spec/containers/vm-daemon/resources',
      { limits: { cpu: '1' }, requests: { cpu: '1' } },
    ],
    ['PodNodeSelector', 'spec/nodeSelector/pool', 'agents'],
    [
      'tolerations by default',
      'spec/tolerations',
      [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    ],
    [
      'a sidecar of a mesh',
      'spec/initContainers/-',
      { name: 'istio-proxy', image: 'proxyv2', restartPolicy: 'Always', securityContext: own },
    ],
    [
      'a mount of secrets by an agent',
      'spec/containers/app/volumeMounts/-',
      { name: 'vault-secrets', mountPath: '/vault/secrets' },
    ],
  ])('%s', (_, path, value) => {
    // Ours is asked again where another webhook changed something.
    const pod = edited(path, value);
    expect(denials(injected(pod))).toEqual([]);
  });

  test('sidecars first and last, between our two answers', () => {
    const spec = asObject(POD.spec);
    const list = (key: string): readonly unknown[] => (Array.isArray(spec[key]) ? spec[key] : []);
    const containers = [sidecar('istio-proxy'), ...list('containers'), sidecar('vault-agent')];
    const initContainers = [sidecar('vault-agent-init'), ...list('initContainers')];
    const volumes = [{ name: 'vault-secrets', emptyDir: { medium: 'Memory' } }, ...list('volumes')];
    const meshed = { ...POD, spec: { ...spec, containers, initContainers, volumes } };
    expect(denials(injected(meshed))).toEqual([]);
  });
});

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** A made-up authorizer, which says of each question something that depends on all of it. */
function answered(review: unknown): Promise<unknown> {
  // Nothing beside is the same whether it is sent or not.
  const text = JSON.stringify(review).replace(',"extra":{}', '');
  return Promise.resolve({ status: { allowed: createHash('sha256').update(text).digest().readUInt8() % 2 === 0 } });
}
