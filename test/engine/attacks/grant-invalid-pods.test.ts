// What a class brings beside what a pod has and Kubernetes does not accept with it: refused in our words, before the API server
// would refuse it in its own, and nothing of the class is injected. The rules are those of Kubernetes 1.37.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { DOCKER_CLASS, grantingPolicy } from '../../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';
import { asObject, denials, injected } from './granted-pod.ts';

const LOOSE = policyYaml('loose', 'harden: restricted\ncapabilities: [{ name: docker, implementation: rootless }]');
const GATE = gateOf([DOCKER_CLASS, LOOSE], { agents: {} });
const DISK = { volumeDevices: [{ name: 'd', devicePath: '/dev/d' }] };
const CLAIM = [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }];
const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/';
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

function grant(name: string, fields: string): string {
  return `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: ${name} }
spec:
  authorization: Policy
  implementations: [{ name: one, ${fields} }]
`;
}

function pod(spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  const metadata = { name: 'a', annotations: { 'sandgate.dev/capabilities': 'docker', ...annotations } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'app', image: 'x' }], ...spec } };
}

function refused(object: JsonObject, gate = GATE): string[] {
  return denials(injected(object, gate), {}, gate);
}

describe('beside a class with a user namespace', () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    [
      "the node's network",
      { hostNetwork: true },
      {},
      'brings hostUsers false, which Kubernetes does not accept beside hostNetwork true',
    ],
    ["the node's processes", { hostPID: true }, {}, 'beside hostPID true'],
    ["the node's IPC", { hostIPC: true }, {}, 'beside hostIPC true'],
    [
      'a block device',
      { containers: [{ name: 'app', image: 'x', ...DISK }], volumes: CLAIM },
      {},
      'beside volumeDevices of container "app"',
    ],
    [
      'a block device of an init container',
      { initContainers: [{ name: 'i', image: 'x', ...DISK }], volumes: CLAIM },
      {},
      'beside volumeDevices of container "i"',
    ],
    [
      'requests of the whole pod without room for the daemon',
      {
        resources: { requests: { cpu: '250m', memory: '512Mi' } },
        containers: [{ name: 'app', image: 'x', resources: { requests: { cpu: '100m' } } }],
      },
      {},
      'brings resources.requests.cpu of container "docker-daemon", which Kubernetes does not accept beside spec.resources.requests.cpu 250m of the whole pod',
    ],
    ['Windows', { os: { name: 'windows' } }, {}, 'beside spec.os.name windows'],
    [
      'an old seccomp annotation of a container of the class',
      {},
      { [`${SECCOMP}docker-daemon`]: 'runtime/default' },
      `brings seccompProfile Unconfined of container "docker-daemon", which Kubernetes does not accept beside annotation ${SECCOMP}docker-daemon "runtime/default"`,
    ],
    [
      'an old AppArmor annotation of a container of the class',
      {},
      { [`${APPARMOR}docker-daemon`]: 'runtime/default' },
      `beside annotation ${APPARMOR}docker-daemon`,
    ],
    ['an empty annotation', {}, { [`${SECCOMP}docker-daemon`]: '' }, 'beside annotation'],
  ])('the class is not granted beside %s', (_, spec, annotations, words) => {
    const object = pod(spec, annotations);
    const said = refused(object).filter((one) => one.startsWith('capability_'));
    expect(said).toHaveLength(1);
    expect(said.join('\n')).toContain(words);
    expect(mutate(subjectOf(object), GATE).injected).not.toContain('loose/capability:docker');
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['host namespaces that are false, null or absent', { hostNetwork: false, hostPID: null }, {}],
    [
      'an empty list of block devices, and null',
      {
        containers: [{ name: 'app', image: 'x', volumeDevices: [] }],
        initContainers: [{ name: 'i', image: 'x', volumeDevices: null }],
      },
      {},
    ],
    [
      'requests of the whole pod with room for the daemon, and limits below its own',
      { resources: { requests: { cpu: 1 }, limits: { memory: '1Gi' } } },
      {},
    ],
    ['a pod that says Linux', { os: { name: 'linux' } }, {}],
    [
      'annotations that say what the class says',
      {},
      { [`${SECCOMP}docker-daemon`]: 'unconfined', [`${APPARMOR}docker-daemon`]: 'unconfined' },
    ],
    [
      "an annotation for the workload's own container without a profile of the class",
      {},
      { [`${APPARMOR}app`]: 'runtime/default' },
    ],
  ])('the class is granted beside %s', (_, spec, annotations) => {
    expect(refused(pod(spec, annotations))).toEqual([]);
  });

  test('a Deployment and a Sandbox are told the same', () => {
    const { metadata, spec } = pod({ hostNetwork: true });
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { metadata, spec } },
    };
    const sandbox = {
      apiVersion: 'agents.x-k8s.io/v1beta1',
      kind: 'Sandbox',
      metadata: { name: 's' },
      spec: { podTemplate: { metadata, spec } },
    };
    const gate = { ...GATE, enforcement: () => 'Enforce' as const };
    for (const object of [deployment, sandbox])
      expect(refused(object, gate).join('\n')).toContain('beside hostNetwork true');
  });

  test('a pod that has all of the class already is told, and the class is not blamed for the rest', () => {
    const whole = injected(pod({}), GATE);
    const spec = { ...asObject(whole.spec), hostPID: true };
    expect(denials({ ...whole, spec }, {}, GATE)).toEqual([expect.stringContaining('beside hostPID true')]);
  });

  test('a pod that runs was accepted: an annotation that comes later changes nothing', () => {
    const running = injected(pod({}), GATE);
    const later = pod({}, { [`${SECCOMP}docker-daemon`]: 'runtime/default', 'sandgate.dev/docker-containers': 'app' });
    const update = { operation: 'UPDATE', oldObject: running };
    expect(denials({ ...running, metadata: later.metadata }, update, GATE)).toEqual([]);
  });
});

describe("what a class gives to the workload's own container", () => {
  test.each<[string, string, JsonObject, JsonObject, string]>([
    [
      'privileged',
      'grant: { securityContext: { privileged: true } }',
      { allowPrivilegeEscalation: false },
      {},
      'brings privileged'.replace('privileged', 'securityContext.privileged true of container "app"'),
    ],
    [
      'a mount where it has a device',
      'template: { spec: { volumes: [{ name: v, emptyDir: { sizeLimit: 1Mi } }] } }, grant: { volumeMounts: [{ name: v, mountPath: /dev/d }] }',
      {},
      DISK,
      'brings volumeMounts[0] /dev/d of container "app"',
    ],
    [
      'sysctls of the network',
      'template: { spec: { securityContext: { sysctls: [{ name: net.ipv4.ip_forward, value: "1" }] } } }',
      {},
      { hostNetwork: true },
      'brings sysctl net.ipv4.ip_forward, which Kubernetes does not accept beside hostNetwork true',
    ],
  ])('a class that gives %s is refused', (_, fields, securityContext, more, words) => {
    const gate = gateOf([grant('docker', fields), policyYaml('loose', 'capabilities: [{ name: docker }]')], {
      agents: {},
    });
    const { volumeDevices, ...spec } = more;
    const containers = [{ name: 'app', image: 'x', securityContext, ...(volumeDevices ? { volumeDevices } : {}) }];
    expect(refused(pod({ ...spec, containers }), gate).join('\n')).toContain(words);
  });

  test('a profile where an old annotation says another', () => {
    const profile =
      'grant: { securityContext: { seccompProfile: { type: Unconfined }, appArmorProfile: { type: Unconfined } } }';
    const gate = gateOf([grant('docker', profile), policyYaml('loose', 'capabilities: [{ name: docker }]')], {
      agents: {},
    });
    const said = refused(pod({}, { [`${SECCOMP}app`]: 'localhost/a.json', [`${APPARMOR}app`]: 'localhost/a' }), gate);
    expect(said).toHaveLength(2);
    expect(said.join('\n')).toContain(`beside annotation ${SECCOMP}app "localhost/a.json"`);
    expect(said.join('\n')).toContain(`beside annotation ${APPARMOR}app "localhost/a"`);
  });
});

test('a RuntimeClass of the class goes before the default of a policy, and one of the pod before both', () => {
  const runtime = policyYaml(
    'p',
    'runtime: { default: gvisor }\ncapabilities: [{ name: docker, implementation: kata-qemu }]',
  );
  const barred = DOCKER_CLASS.replace(
    'implementations:',
    "implementations:\n    - { name: gvisor, when: pod.spec.?runtimeClassName.orValue('') == 'gvisor', reject: use Kata }",
  );
  const gate = gateOf([barred, runtime], { agents: {} });
  for (const runtimeClassName of [undefined, null, '', 'kata-qemu']) {
    const filled = injected(pod({ runtimeClassName }), gate);
    expect(filled.spec).toMatchObject({ runtimeClassName: 'kata-qemu' });
    expect(denials(filled, {}, gate)).toEqual([]);
  }
  expect(refused(pod({ runtimeClassName: 'gvisor' }), gate).join('\n')).toContain('capability_not_available: docker');
  expect(refused(pod({ runtimeClassName: 'runc' }), gate).join('\n')).toContain('spec.runtimeClassName');
  // Without a RuntimeClass of the class, the default is what the pod will run with.
  const rootless = gateOf([barred, runtime.replace('implementation: kata-qemu', 'implementation: rootless')], {
    agents: {},
  });
  expect(refused(pod({}), rootless).join('\n')).toContain('capability_not_available: docker');
});

test('conditions see the user namespace that a policy will fill in, before and after it is', () => {
  const conditional = DOCKER_CLASS.replace(
    '- name: rootless',
    "- { name: host, when: 'pod.spec.?hostUsers.orValue(true)', reject: only in a user namespace }\n    - name: rootless",
  );
  const gate = gateOf([conditional, policyYaml('p', 'harden: [hostUsers]\ncapabilities: [{ name: docker }]')], {
    agents: {},
  });
  expect(refused(pod({}), gate)).toEqual([]);
  expect(refused(pod({ hostUsers: true }), gate).join('\n')).toContain('capability_not_available: docker');
});

test('a granted pod keeps what protects it: root and unmasked proc in a user namespace are judged as without the class', () => {
  const baseline = grantingPolicy('p', '[{ name: docker, implementation: rootless }]').replace(
    'level: restricted',
    'level: baseline',
  );
  const gate = gateOf([DOCKER_CLASS, baseline], { agents: {} });
  const containers = [{ name: 'app', image: 'x', securityContext: { procMount: 'Unmasked', runAsUser: 0 } }];
  expect(refused(pod({ hostUsers: false, containers }), gate)).toEqual([]);
  const strict = gateOf([DOCKER_CLASS, grantingPolicy('p', '[{ name: docker, implementation: rootless }]')], {
    agents: {},
  });
  const root = [{ name: 'app', image: 'x', securityContext: { runAsUser: 0, runAsNonRoot: false } }];
  const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { hostUsers: false, containers: root } };
  expect(refused(bare, strict)).toEqual([]);
  expect(refused(pod({ hostUsers: false, containers: root }), strict)).toEqual([]);
});

test('a class that is not for a pod is not given to it unasked, and one that rejects it or is asked for says so', () => {
  const kata = DOCKER_CLASS.replace(
    '- name: kata-qemu',
    "- name: kata-qemu\n      when: pod.spec.?runtimeClassName.orValue('') == 'kata-qemu'",
  ).replace(/ {4}- name: rootless[\s\S]*?(?= {4}- name: kata-qemu)/, '');
  const always = policyYaml('p', 'capabilities: [{ name: docker, assign: Always }]');
  const gate = gateOf([kata, always], { agents: {} });
  const bare = (runtimeClassName?: string) => ({
    ...pod(runtimeClassName ? { runtimeClassName } : {}),
    metadata: { name: 'a' },
  });
  expect(refused(bare(), gate)).toEqual([]);
  expect(injected(bare(), gate)).toEqual(bare());
  expect(injected(bare('kata-qemu'), gate)).not.toEqual(bare('kata-qemu'));
  expect(refused(pod({}), gate).join('\n')).toContain('capability_not_available: docker');
  const rejecting = kata.replace(
    '- name: kata-qemu',
    "- { name: gvisor, when: pod.spec.?runtimeClassName.orValue('') == 'gvisor', reject: use Kata }\n    - name: kata-qemu",
  );
  expect(refused(bare('gvisor'), gateOf([rejecting, always], { agents: {} })).join('\n')).toContain(
    'capability_not_available',
  );
});
