// Profiles, sysctls and Linux capabilities through the whole engine: every kind, every list of containers, updates, classes.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';

const RULE = `profiles:
  seccomp: { allowedLocalhost: [profiles/*.json] }
  appArmor: { allowedLocalhost: [k8s-*] }
  seLinux: { allowedTypes: [container_t] }
  sysctls: { allowed: [net.ipv4.tcp_rmem] }
  linuxCapabilities: { allowedAdd: [CHOWN], requiredDrop: [ALL] }`;
const GATE = gateOfSpec(RULE);
const DROP_ALL = { capabilities: { drop: ['ALL'] } };

function pod(spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
  const containers = [{ name: 'a', image: 'app', securityContext: DROP_ALL }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations }, spec: { containers, ...spec } };
}

function sandbox(spec: JsonObject, labels: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's', labels },
    spec: { podTemplate: { spec: pod(spec).spec } },
  };
}

test('a pod with what the lists allow passes in every kind', () => {
  const object = pod({
    securityContext: {
      seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/a.json' },
      appArmorProfile: { type: 'Localhost', localhostProfile: 'k8s-app' },
      seLinuxOptions: { type: 'container_t' },
      sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }],
    },
  });
  for (const [kind, one] of inEveryKind(object)) expect(decide(offline(GATE), one).verdict, kind).toBe('allowed');
});

const IN_CONTAINERS: readonly (readonly [string, JsonObject])[] = [
  ['another seccomp profile', { seccompProfile: { type: 'Localhost', localhostProfile: 'evil.json' } }],
  ['a step up', { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/../evil.json' } }],
  ['a file in a folder below', { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/x/evil.json' } }],
  ['an encoded slash', { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles%2fa.json/x' } }],
  ['an absolute path', { seccompProfile: { type: 'Localhost', localhostProfile: '/profiles/a.json' } }],
  ['no seccomp', { seccompProfile: { type: 'Unconfined' } }],
  ['a seccomp profile without a type', { seccompProfile: { localhostProfile: 'profiles/a.json' } }],
  ['another AppArmor profile', { appArmorProfile: { type: 'Localhost', localhostProfile: 'K8S-app' } }],
  ['an AppArmor profile without a name', { appArmorProfile: { type: 'Localhost', localhostProfile: null } }],
  ['no AppArmor', { appArmorProfile: { type: 'Unconfined' } }],
  ['the SELinux type of the node', { seLinuxOptions: { type: 'spc_t' } }],
  ['a capability with CAP_', { capabilities: { drop: ['ALL'], add: ['CAP_SYS_ADMIN'] } }],
  ['a capability in small letters', { capabilities: { drop: ['ALL'], add: ['sys_admin'] } }],
  ['all capabilities', { capabilities: { drop: ['ALL'], add: ['ALL'] } }],
  ['a letter that only looks alike', { capabilities: { drop: ['ALL'], add: ['CHОWN'] } }],
  ['nothing dropped', { capabilities: null }],
  ['an empty list of what is dropped', { capabilities: { drop: [] } }],
  ['ALL in small letters', { capabilities: { drop: ['all'] } }],
];

describe.each(['initContainers', 'containers', 'ephemeralContainers'])('in %s', (list) => {
  test.each(IN_CONTAINERS)('%s is refused in every kind', (_, securityContext) => {
    const name = list === 'containers' ? 'a' : 'b';
    const containers = [{ name, image: 'app', securityContext: { ...DROP_ALL, ...securityContext } }];
    for (const [kind, object] of inEveryKind(pod({ [list]: containers }))) {
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
    }
  });
});

test.each([
  ['another seccomp profile', { seccompProfile: { type: 'Localhost', localhostProfile: 'evil.json' } }],
  ['no AppArmor', { appArmorProfile: { type: 'Unconfined' } }],
  ['the SELinux type of the node', { seLinuxOptions: { type: 'spc_t' } }],
  ['another sysctl', { sysctls: [{ name: 'kernel.msgmax', value: '1' }] }],
  ['another sysctl, with slashes', { sysctls: [{ name: 'kernel/msgmax', value: '1' }] }],
] as const)('for the pod %s is refused in every kind, and as an update', (_, securityContext) => {
  for (const [kind, object] of inEveryKind(pod({ securityContext }))) {
    expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
  }
  expect(decideUpdate(GATE, sandbox({}), sandbox({ securityContext })).verdict).toBe('denied');
  expect(decideUpdate(GATE, sandbox({ securityContext }), sandbox({ securityContext }, { a: 'b' })).verdict).toBe(
    'allowed',
  );
});

test.each([
  ['container.apparmor.security.beta.kubernetes.io/a', 'unconfined'],
  ['container.apparmor.security.beta.kubernetes.io/a', 'localhost/evil'],
  ['container.apparmor.security.beta.kubernetes.io/ghost', 'Unconfined'],
  ['seccomp.security.alpha.kubernetes.io/pod', 'unconfined'],
  ['container.seccomp.security.alpha.kubernetes.io/a', 'localhost/evil.json'],
])('the annotation %s with %s is refused in every kind', (key, value) => {
  for (const [kind, object] of inEveryKind(pod({}, { [key]: value }))) {
    expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
  }
});

test('a debug container that keeps its capabilities is refused in a pod that runs', () => {
  const object = pod({ ephemeralContainers: [{ name: 'debugger', image: 'busybox' }] });
  const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: pod() };
  expect(decide(GATE, object, request).said).toEqual([
    'Deny droppedCapabilities: Linux capability not dropped (container "debugger" must drop "ALL")',
  ]);
});

test('containers on Windows need not drop what only Linux has', () => {
  const spec = { os: { name: 'windows' }, containers: [{ name: 'a', image: 'app' }] };
  expect(decide(GATE, pod(spec)).verdict).toBe('allowed');
});

test('what a class adds is not judged by the lists', () => {
  const gate = gateOfSpec(`${RULE}\ncapabilities: [{ name: docker, assign: Always }]`, DOCKER_CLASS);
  const { verdict, said } = decide(gate, pod());
  expect({ verdict, said }).toEqual({ verdict: 'allowed', said: [] });
});

test('what the lists allow is still refused by a level that does not', () => {
  const gate = gateOfSpec('podSecurity: { level: baseline }\nprofiles: { sysctls: { allowed: ["kernel.*"] } }');
  const object = pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } });
  expect(decide(gate, object).said).toEqual(['Deny sysctls: forbidden sysctls (kernel.msgmax)']);
});

function problemsOf(profiles: JsonObject): readonly string[] {
  const document = {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: 'p' },
    spec: { profiles },
  };
  const { errors, warnings } = acceptPolicy(document, 'p');
  return [...errors, ...warnings].map(({ keys, message }) => `${keys.join('.')}: ${message}`);
}

test('what makes no sense is said when the policy is loaded', () => {
  expect(problemsOf({ seccomp: { allowedLocalhost: ['../x', 'a//b', '/a'] } })).toHaveLength(3);
  expect(
    problemsOf({ linuxCapabilities: { allowedAdd: ['CAP_NET_RAW', 'NET_ADMN'], requiredDrop: ['NET_RAW'] } }),
  ).toEqual([
    'spec.profiles.linuxCapabilities.allowedAdd.0: "CAP_NET_RAW" may be added here, and must be dropped',
    'spec.profiles.linuxCapabilities.allowedAdd.1: "NET_ADMN" is not a Linux capability',
  ]);
  expect(problemsOf({ linuxCapabilities: { allowedAdd: ['NET_BIND_SERVICE'], requiredDrop: ['ALL'] } })).toEqual([]);
});
