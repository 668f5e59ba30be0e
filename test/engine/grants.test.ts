// What a pod is granted, and by which step it is not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { anyText } from '../support/any-text.ts';
import { DOCKER_CLASS, grantingPolicy, NSJAIL_CLASS } from '../support/docker-class.ts';
import { gateOf, subjectOf } from '../support/gate.ts';
import { randomCases } from '../support/random-cases.ts';

const ROOTLESS = '[{ name: docker, implementation: rootless }, { name: nsjail }]';

function gateWith(policies: readonly string[], more: Partial<Gate> = {}, classes = [DOCKER_CLASS, NSJAIL_CLASS]): Gate {
  const namespaces = { agents: {}, bottlerocket: { 'node-os': 'bottlerocket' } };
  return { ...gateOf([...classes, ...policies], namespaces), ...more };
}

const GATE = gateWith([grantingPolicy('agents', ROOTLESS)]);

function podAsking(capabilities: string, spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations: { 'sandgate.dev/capabilities': capabilities, ...annotations } },
    spec: { containers: [{ name: 'app', image: 'x' }], ...spec },
  };
}

function filled(object: JsonObject, gate = GATE, namespace = 'agents'): JsonObject {
  return mutate(subjectOf(object, { namespace }), gate).object ?? object;
}

/** What is refused of a pod as the mutating webhook leaves it: `reason (detail)`. */
function refusals(object: JsonObject, gate = GATE, namespace = 'agents'): string[] {
  const decision = validate(subjectOf(filled(object, gate, namespace), { namespace }), gate);
  return decision.findings.filter((finding) => finding.action === 'Deny').map((f) => `${f.reason} (${f.detail})`);
}

describe('granted', () => {
  test.each(['docker', 'nsjail', 'docker,nsjail', ' NSJAIL, docker ', 'nsjail,docker'])(
    'a pod that asks for "%s" is granted that',
    (asked) => {
      expect(refusals(podAsking(asked))).toEqual([]);
    },
  );

  test('a second time changes nothing', () => {
    const once = filled(podAsking('docker,nsjail', { initContainers: [{ name: 'setup', image: 'y' }] }));
    expect(filled(once)).toBe(once);
  });

  test('sidecars go before the init containers of the workload, in the order of the class', () => {
    const { spec } = filled(podAsking('docker', { initContainers: [{ name: 'setup', image: 'y' }] }));
    expect(spec).toMatchObject({
      initContainers: [{ name: 'docker-subid-init' }, { name: 'docker-daemon' }, { name: 'setup' }],
    });
  });

  test('a part that another webhook took out is put back in its place', () => {
    const once = filled(podAsking('docker', { initContainers: [{ name: 'setup', image: 'y' }] }));
    const spec = once.spec;
    for (const gone of ['docker-subid-init', 'docker-daemon']) {
      const initContainers = listOf(spec, 'initContainers').filter((container) => container.name !== gone);
      expect(filled({ ...once, spec: { ...asObject(spec), initContainers } })).toEqual(once);
    }
  });

  test('fill-in leaves the containers of a class alone, also by what they would inherit', () => {
    const { spec } = filled(podAsking('docker'));
    const [, daemon] = listOf(spec, 'initContainers');
    expect(daemon?.securityContext).toEqual({
      runAsUser: 1000,
      runAsNonRoot: true,
      allowPrivilegeEscalation: true,
      procMount: 'Unmasked',
      seccompProfile: { type: 'Unconfined' },
      appArmorProfile: { type: 'Unconfined' },
    });
    expect(asObject(spec).securityContext).toEqual({ fsGroup: 1000 });
  });

  test('the own container keeps exactly what was granted, and is hardened in all else', () => {
    const { spec } = filled(podAsking('nsjail'));
    expect(listOf(spec, 'containers')[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: true,
      capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    });
  });

  test('Always needs no annotation', () => {
    const gate = gateWith([grantingPolicy('p', '[{ name: nsjail, assign: Always }]')]);
    const pod = { ...podAsking(''), metadata: { name: 'a' } };
    expect(refusals(pod, gate)).toEqual([]);
    expect(listOf(filled(pod, gate).spec, 'containers')[0]).toMatchObject({
      securityContext: { capabilities: { add: ['NET_ADMIN'] } },
    });
  });

  test('a condition on the namespace chooses the implementation', () => {
    const asking = podAsking('nsjail', {}, { 'sandgate.dev/nsjail-containers': 'app' });
    expect(listOf(filled(asking, GATE, 'bottlerocket').spec, 'containers')[0]).toMatchObject({
      securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/boundary.json' } },
    });
    expect(refusals(asking, GATE, 'bottlerocket')).toEqual([]);
    expect(refusals(podAsking('nsjail'), GATE, 'bottlerocket')).toContain(
      'capability_field_conflict: metadata.annotations[sandgate.dev/nsjail-containers] (annotation ' +
        'sandgate.dev/nsjail-containers is missing: it names the containers that use class nsjail)',
    );
  });

  test('the operator can name an implementation, whatever policies say', () => {
    const gate = gateWith([grantingPolicy('p', '[{ name: docker }]')], {
      implementations: new Map([['docker', 'kata-qemu']]),
    });
    expect(filled(podAsking('docker'), gate).spec).toMatchObject({ runtimeClassName: 'kata-qemu' });
    expect(refusals(podAsking('docker'), gate)).toEqual([]);
    const wrong = gateWith([grantingPolicy('p', '[{ name: docker }]')], {
      implementations: new Map([['docker', 'podman']]),
    });
    expect(refusals(podAsking('docker'), wrong)).toContain(
      'unknown_docker_implementation: podman (class "docker" has rootless, kata-qemu)',
    );
  });

  test('the choice of the first container is kept when another one is put before it', () => {
    const once = filled(podAsking('docker'));
    const containers = [{ name: 'istio-proxy', image: 'p' }, ...listOf(once.spec, 'containers')];
    const twice = filled({ ...once, spec: { ...asObject(once.spec), containers } });
    expect(listOf(twice.spec, 'containers').map((container) => container.env)).toEqual([
      undefined,
      [{ name: 'DOCKER_HOST', value: 'unix:///run/user/1000/docker.sock' }],
    ]);
    expect(refusals(twice)).toEqual([]);
  });
});

describe('not granted, by the step that failed', () => {
  test.each<[string, JsonObject, string]>([
    ['unknown', podAsking('dcoker'), 'unknown_capability: dcoker (the classes are docker, nsjail)'],
    [
      'a look-alike is unknown, and can be told apart',
      podAsking('d\u043Ecker'),
      'unknown_capability: "d\\u043ecker" (the classes are docker, nsjail)',
    ],
    ['empty', podAsking('docker,'), 'capability_required (a name is empty in "docker,")'],
    [
      'too many',
      podAsking(Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',')),
      'too_many_capabilities (more than 2048 characters)',
    ],
    [
      'not for these nodes',
      podAsking('nsjail', { schedulerName: 'fargate-scheduler' }),
      'capability_not_available: nsjail (class "nsjail" is not available here (fargate))',
    ],
    [
      'a container of that name',
      podAsking('docker', { initContainers: [{ name: 'docker-daemon', image: 'evil' }] }),
      'capability_container_name_conflict: docker-daemon (image is "evil", class "docker" has "docker:27-dind-rootless")',
    ],
    [
      'a container of that name in another list',
      podAsking('docker', { containers: [{ name: 'docker-daemon', image: 'docker:27-dind-rootless' }] }),
      'capability_container_name_conflict: docker-daemon (containers has a container of this name, which belongs to class "docker")',
    ],
    [
      'a volume of that name',
      podAsking('docker', { volumes: [{ name: 'docker-tun', hostPath: { path: '/' } }] }),
      'capability_volume_name_conflict: docker-tun (hostPath.path is "/", class "docker" has "/dev/net/tun")',
    ],
    [
      'the same field otherwise',
      podAsking('docker', { hostUsers: true }),
      'capability_field_conflict: spec.hostUsers (it is true, class "docker" has false)',
    ],
    [
      'a DOCKER_HOST of their own',
      podAsking('docker', {
        containers: [{ name: 'app', image: 'x', env: [{ name: 'DOCKER_HOST', value: 'tcp://a' }] }],
      }),
      'capability_env_conflict: DOCKER_HOST (value is "tcp://a", class "docker" has "unix:///run/user/1000/docker.sock")',
    ],
    [
      'another mount at that path',
      podAsking('docker', {
        volumes: [{ name: 'mine', emptyDir: {} }],
        containers: [{ name: 'app', image: 'x', volumeMounts: [{ name: 'mine', mountPath: '/run/user/1000' }] }],
      }),
      'capability_mount_conflict: /run/user/1000 (name is "mine", class "docker" has "docker-run")',
    ],
    [
      'a container that is not there',
      podAsking('docker', {}, { 'sandgate.dev/docker-containers': 'nope' }),
      'capability_field_conflict: metadata.annotations[sandgate.dev/docker-containers] (annotation ' +
        'sandgate.dev/docker-containers: there is no container "nope")',
    ],
    [
      'a runtime that goes against it',
      podAsking('docker', { runtimeClassName: 'gvisor' }),
      'capability_field_conflict: spec.runtimeClassName (it is "gvisor", class "docker" has "kata-qemu")',
    ],
  ])('a refusal names the step that failed: %s', (name, pod, message) => {
    const gate = name.startsWith('a runtime')
      ? gateWith([grantingPolicy('p', '[{ name: docker, implementation: kata-qemu }]')])
      : GATE;
    expect(refusals(pod, gate)).toContain(message);
  });

  test('a class that no policy lists', () => {
    const gate = gateWith([grantingPolicy('p', '[{ name: nsjail }]')]);
    expect(refusals(podAsking('docker'), gate)).toContain(
      'docker_capability_not_configured (no matching policy lists it: "p")',
    );
  });

  test('no classes at all', () => {
    const gate = gateWith([grantingPolicy('p', '[]').replace('capabilities: []', 'priority: 1')], {}, []);
    expect(refusals(podAsking('docker'), gate)).toContain(
      'unknown_capability: docker (there are no capability classes)',
    );
  });

  test('nothing is injected then', () => {
    const pod = podAsking('docker', { hostUsers: true });
    expect(filled(pod).spec).not.toHaveProperty('initContainers');
    expect(filled(pod).spec).not.toHaveProperty('volumes');
  });

  test('what was not injected is refused: mutation fails open, validation does not', () => {
    const decision = validate(subjectOf(podAsking('nsjail')), GATE);
    expect(decision.findings.map((finding) => finding.reason)).toContain('capability_not_injected: nsjail');
  });
});

describe('authorisation', () => {
  const classes = [DOCKER_CLASS.replace('authorization: Policy', 'authorization: RBAC')];
  const policies = [grantingPolicy('p', '[{ name: docker, implementation: rootless }]')];
  const gateFor = (mayUse?: Gate['surroundings']['mayUse']): Gate => {
    const gate = gateWith(policies, {}, classes);
    return { ...gate, surroundings: { ...gate.surroundings, ...(mayUse && { mayUse }) } };
  };

  test('who asks, and the account the pod runs as, are asked about', () => {
    const asked: unknown[] = [];
    const gate = gateFor((request) => {
      asked.push(request);
      return 'allowed';
    });
    expect(refusals(podAsking('docker', { serviceAccountName: 'builder' }), gate)).toEqual([]);
    expect(asked[0]).toMatchObject({
      className: 'docker',
      namespace: 'agents',
      user: { username: 'tenant' },
      serviceAccount: 'builder',
    });
  });

  test.each(['denied', 'unknown'] as const)('%s: nothing is injected, and the pod is refused', (answer) => {
    const gate = gateFor(() => answer);
    const pod = podAsking('docker');
    expect(filled(pod, gate).spec).not.toHaveProperty('initContainers');
    expect(refusals(pod, gate).join()).toContain('capability_not_authorized: docker');
  });

  test('where nobody can tell, nobody is allowed', () => {
    expect(refusals(podAsking('docker'), gateFor()).join()).toContain('capability_not_authorized: docker');
  });

  test('a pod that asks for nothing is not asked about', () => {
    const gate = gateFor(() => {
      throw new Error('asked');
    });
    expect(refusals(podAsking(''), gate)).toEqual([]);
  });
});

describe('each policy judges the pod without what it grants itself', () => {
  const floor = `
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: floor }
spec: { podSecurity: { level: baseline } }
`;

  test('a policy that does not list the class judges it whole, and says that it does not list it', () => {
    const gate = gateWith([grantingPolicy('agents', ROOTLESS), floor]);
    expect(refusals(podAsking('docker'), gate)).toEqual([
      'policy "floor" does not list class "docker" (it judges the pod with what the class adds, which violates appArmorProfile, hostPathVolumes, seccompProfile_baseline)',
    ]);
  });

  test('a policy that lists another implementation does not grant this one', () => {
    const other = grantingPolicy('other', '[{ name: docker, implementation: kata-qemu }]', '  priority: -1');
    const gate = gateWith([grantingPolicy('agents', ROOTLESS), other]);
    const decision = validate(subjectOf(filled(podAsking('docker'), gate)), gate);
    expect(
      decision.findings.map(({ policy, check, reason, detail, fix }) => ({ policy, check, reason, detail, fix })),
    ).toEqual([
      {
        policy: 'other',
        check: 'capabilityGrants',
        reason: 'policies "agents" and "other" list different implementations of class "docker"',
        detail:
          '"agents" has "rootless", "other" has "kata-qemu"; what "rootless" adds violates appArmorProfile, allowPrivilegeEscalation, capabilities_restricted, procMount_restricted, restrictedVolumes, seccompProfile_restricted of "other"',
        fix: 'ask an administrator to list the same implementation of class "docker" in policies "agents" and "other", or do not ask for the class',
      },
    ]);
  });
});

describe('other kinds', () => {
  const ask = { annotations: { 'sandgate.dev/capabilities': 'docker' } };

  test.each<[string, JsonObject]>([
    ['asked on the Sandbox', sandbox(ask, {})],
    ['asked on the template', sandbox({}, ask)],
    ['asked on both', sandbox(ask, ask)],
  ])('%s: the template has the annotation, so that the pod has the class', (_, object) => {
    const after = filled(object);
    expect(after).toMatchObject({
      spec: { podTemplate: { metadata: { annotations: { 'sandgate.dev/capabilities': 'docker' } } } },
    });
    expect(refusals(object)).toEqual([]);
    expect(filled(after)).toBe(after);
  });

  test('the template of a Deployment is what counts; it is judged as its pods will be', () => {
    const good = validate(subjectOf(deployment({}, ask.annotations)), GATE);
    expect(good.findings).toEqual([]);
    const conflicting = validate(subjectOf(deployment({}, { 'sandgate.dev/capabilities': 'dcoker' })), GATE);
    expect(conflicting.findings.map((finding) => [finding.action, finding.reason])).toContainEqual([
      'Warn',
      'unknown_capability: dcoker',
    ]);
    expect(validate(subjectOf(deployment({ 'sandgate.dev/capabilities': 'dcoker' }, {})), GATE).findings).toEqual([]);
  });
});

test('arbitrary annotations never make it throw', () => {
  fc.assert(
    fc.property(anyText, anyText, (capabilities, containers) => {
      const pod = podAsking(capabilities, {}, { 'sandgate.dev/docker-containers': containers });
      const decision = validate(subjectOf(filled(pod)), GATE);
      expect(['allowed', 'denied']).toContain(decision.verdict);
    }),
    { numRuns: randomCases(1000) },
  );
});

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(spec: unknown, list: string): JsonObject[] {
  const members = asObject(spec)[list];
  return Array.isArray(members) ? members.map(asObject) : [];
}

function sandbox(object: JsonObject, template: JsonObject): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's', ...object },
    spec: { podTemplate: { metadata: template, spec: { containers: [{ name: 'app', image: 'x' }] } } },
  };
}

function deployment(annotations: JsonObject, template: JsonObject): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', annotations },
    spec: { template: { metadata: { annotations: template }, spec: { containers: [{ name: 'app', image: 'x' }] } } },
  };
}
