// Grants of a Sandbox go into its pods, and into the Sandbox itself only where a policy says so: what is stored would not match a
// class that changes later.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, subjectOf } from '../support/gate.ts';

const UPGRADED = DOCKER_CLASS.replaceAll('docker:27-dind-rootless', 'docker:28-dind-rootless');
const DOCKER = 'name: docker, implementation: rootless';

function gateWith(listed: string, dockerClass = DOCKER_CLASS): Gate {
  return gateOf([dockerClass, grantingPolicy('agents', `[{ ${listed} }]`)], { agents: {} });
}

const INTO_PODS = gateWith(DOCKER);
const INTO_OBJECTS = gateWith(`${DOCKER}, into: Object`);

function sandbox(
  spec: JsonObject = {},
  annotations: JsonObject = { 'sandgate.dev/capabilities': 'docker' },
): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's' },
    spec: { podTemplate: { metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'x' }], ...spec } } },
  };
}

function templateOf(object: JsonObject): JsonObject {
  const template = ownField(ownField(object, 'spec'), 'podTemplate');
  return isJsonObject(template) ? template : {};
}

function specOf(object: JsonObject): JsonObject {
  const spec = ownField(templateOf(object), 'spec');
  return isJsonObject(spec) ? spec : {};
}

function namesIn(object: JsonObject, list: string): unknown[] {
  const members = specOf(object)[list];
  return Array.isArray(members) ? members.map((member) => ownField(member, 'name')) : [];
}

/** The object as it is stored, or as an update leaves it. */
function stored(object: JsonObject, gate: Gate, oldObject?: JsonObject): JsonObject {
  const decision = mutate(subjectOf(object, oldObject && { operation: 'UPDATE', oldObject }), gate);
  return decision.object ?? object;
}

/** What is refused of the object as it is stored. */
function refused(object: JsonObject, gate: Gate, oldObject?: JsonObject): string[] {
  const after = stored(object, gate, oldObject);
  const { findings } = validate(subjectOf(after, oldObject && { operation: 'UPDATE', oldObject }), gate);
  return findings.filter(({ action }) => action === 'Deny').map(({ reason, detail }) => `${reason} (${detail})`);
}

/** The pod that a controller makes of the stored object, as it is let in; undefined where it is refused. */
function podOf(object: JsonObject, gate: Gate): JsonObject | undefined {
  const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', ...templateOf(object) };
  const { object: filled = pod } = mutate(subjectOf(pod), gate);
  return validate(subjectOf(filled), gate).verdict === 'allowed' ? filled : undefined;
}

function daemonIn(pod: JsonObject | undefined): unknown {
  const members = ownField(ownField(pod, 'spec'), 'initContainers');
  return Array.isArray(members)
    ? ownField(
        members.find((member) => ownField(member, 'name') === 'docker-daemon'),
        'image',
      )
    : undefined;
}

describe('a class that goes into pods alone', () => {
  test('leaves the Sandbox as it is, but for what its own containers need beside the class', () => {
    const after = stored(sandbox(), INTO_PODS);
    expect(namesIn(after, 'initContainers')).toEqual([]);
    expect(namesIn(after, 'volumes')).toEqual([]);
    expect(Object.keys(specOf(after))).not.toContain('hostUsers');
    // Not at pod level: the daemon would inherit it.
    expect(specOf(after).containers).toMatchObject([{ securityContext: { runAsUser: 1000, runAsNonRoot: true } }]);
    expect(stored(after, INTO_PODS)).toBe(after);
    expect(refused(sandbox(), INTO_PODS)).toEqual([]);
  });

  test('is in the pods that are made of the Sandbox', () => {
    expect(daemonIn(podOf(stored(sandbox(), INTO_PODS), INTO_PODS))).toBe('docker:27-dind-rootless');
  });

  test('is in the next pod as the class then is, and every update of the Sandbox goes through', () => {
    const upgraded = gateWith(DOCKER, UPGRADED);
    const old = stored(sandbox(), INTO_PODS);
    expect(daemonIn(podOf(old, upgraded))).toBe('docker:28-dind-rootless');
    expect(refused(sandbox(), upgraded, old)).toEqual([]);
    expect(refused(sandbox({ terminationGracePeriodSeconds: 5 }), upgraded, old)).toEqual([]);
    expect(refused(sandbox({}, {}), upgraded, old)).toEqual([]);
  });

  test('is refused where the pods would be', () => {
    expect(refused(sandbox({}, { 'sandgate.dev/capabilities': 'dcoker' }), INTO_PODS)).toEqual([
      'unknown_capability: dcoker (the classes are docker)',
    ]);
    const own = sandbox({ initContainers: [{ name: 'docker-daemon', image: 'evil' }] });
    expect(refused(own, INTO_PODS)).toEqual([
      expect.stringContaining('capability_container_name_conflict: docker-daemon'),
    ]);
    expect(refused(own, INTO_OBJECTS)).toEqual([
      expect.stringContaining('capability_container_name_conflict: docker-daemon'),
    ]);
  });

  test('is said to be left out where the Sandbox holds it as well', () => {
    const holding = stored(sandbox(), INTO_OBJECTS);
    expect(refused(holding, INTO_PODS)).toEqual([]);
    expect(mutate(subjectOf(holding), INTO_PODS).warnings).toEqual([
      '"docker-subid-init", "docker-daemon", "docker-data", "docker-run", "docker-subid", "docker-tun" of class "docker": pods are given these by the class (leave them out here, or pods are refused once the class changes)',
    ]);
    expect(mutate(subjectOf(holding), INTO_OBJECTS).warnings).toEqual([]);
  });

  test('sees what the workload has of its own in the Sandbox', () => {
    const mounts = [{ name: 'docker-run', mountPath: '/mnt' }];
    const reaching = sandbox({ containers: [{ name: 'app', image: 'x', volumeMounts: mounts }] });
    expect(refused(reaching, INTO_PODS)).toHaveLength(1);
  });

  test('has a RuntimeClass of its own, which a default does not take the place of', () => {
    const policy = `${grantingPolicy('agents', '[{ name: docker, implementation: kata-qemu }]')}  runtime: { default: gvisor }\n`;
    const gate = gateOf([DOCKER_CLASS, policy], { agents: {} });
    const after = stored(sandbox(), gate);
    expect(Object.keys(specOf(after))).not.toContain('runtimeClassName');
    expect(refused(sandbox(), gate)).toEqual([]);
    expect(podOf(after, gate)).toMatchObject({ spec: { runtimeClassName: 'kata-qemu' } });
    expect(specOf(stored(sandbox({}, {}), gate)).runtimeClassName).toBe('gvisor');
  });
});

describe('a class that goes into objects', () => {
  test('is written into the Sandbox', () => {
    const after = stored(sandbox(), INTO_OBJECTS);
    expect(namesIn(after, 'initContainers')).toEqual(['docker-subid-init', 'docker-daemon']);
    expect(stored(after, INTO_OBJECTS)).toBe(after);
    expect(refused(sandbox(), INTO_OBJECTS)).toEqual([]);
    expect(daemonIn(podOf(after, INTO_OBJECTS))).toBe('docker:27-dind-rootless');
  });

  test('is refused where the mutating webhook missed it', () => {
    const { findings } = validate(subjectOf(sandbox()), INTO_OBJECTS);
    expect(findings.map(({ reason }) => reason)).toContain('capability_not_injected: docker');
  });
});

describe.each([
  ['pods', DOCKER],
  ['objects', `${DOCKER}, into: Object`],
])('what was stored of a class that now goes into %s', (_, listed) => {
  const old = stored(sandbox(), INTO_OBJECTS);
  const today = gateWith(listed);
  const upgraded = gateWith(listed, UPGRADED);

  test('is let through while the class is the same', () => {
    expect(refused(old, today, old)).toEqual([]);
    expect(stored(old, today, old)).toEqual(old);
  });

  test.each<[string, JsonObject]>([
    ['a label', { ...old, metadata: { name: 's', labels: { a: 'b' } } }],
    ['another field of the template', sandbox({ ...specOf(old), terminationGracePeriodSeconds: 5 })],
    ['the same manifest', sandbox()],
  ])('is renewed by an update of %s after the class was upgraded', (_name, object) => {
    const after = stored(object, upgraded, old);
    expect(refused(object, upgraded, old)).toEqual([]);
    expect(daemonIn(podOf(after, upgraded))).toBe('docker:28-dind-rootless');
    expect(stored(after, upgraded, old)).toEqual(after);
    expect(stored(after, upgraded, after)).toEqual(after);
  });

  test('goes when the annotation does, and with it what the class gave the containers', () => {
    const without = sandbox(specOf(old), {});
    const after = stored(without, today, old);
    expect(namesIn(after, 'initContainers')).toEqual([]);
    expect(namesIn(after, 'volumes')).toEqual([]);
    expect(specOf(after).containers).toMatchObject([{ name: 'app', env: [], volumeMounts: [] }]);
    expect(refused(without, today, old)).toEqual([]);
    const { warnings } = mutate(subjectOf(without, { operation: 'UPDATE', oldObject: old }), today);
    expect(warnings).toContainEqual(
      'took what was stored of class "docker" out (volume "docker-data", volume "docker-run", volume "docker-subid", volume "docker-tun", initContainers "docker-subid-init", initContainers "docker-daemon", volumeMounts of container "app", env of container "app"), since it is not asked for any more',
    );
  });

  test('does not hide a container that comes with the update under a name of the class', () => {
    const members = [{ name: 'docker-daemon', image: 'evil', restartPolicy: 'Always' }];
    const evil = sandbox({ ...specOf(old), initContainers: members });
    expect(refused(evil, upgraded, old)).not.toEqual([]);
    expect(refused(evil, today, old)).not.toEqual([]);
  });
});

test('containers and volumes of one name, which only a custom resource can hold, stay what they are', () => {
  const containers = [
    { name: 'app', image: 'first' },
    { name: 'app', image: 'second' },
    { name: 'app', image: 'third' },
  ];
  const volumes = [
    { name: 'v', emptyDir: {} },
    { name: 'v', configMap: { name: 'c' } },
  ];
  const spec = specOf(stored(sandbox({ containers, volumes }), INTO_PODS));
  expect(spec).toMatchObject({ containers, volumes });
  expect(spec.containers).toHaveLength(3);
});

test('an update that renews a class in a Sandbox fills in nothing that only pods get', () => {
  const listed = `${DOCKER}, into: Object`;
  const old = stored(sandbox(), gateWith(listed));
  const policy = `${grantingPolicy('agents', `[{ ${listed} }]`)}  images: { addPullSecrets: [mirror] }\n`;
  const gate = gateOf([UPGRADED, policy], { agents: {} });
  const after = stored({ ...old, metadata: { name: 's', labels: { a: 'b' } } }, gate, old);
  expect(daemonIn({ spec: specOf(after) })).toBe('docker:28-dind-rootless');
  expect(Object.keys(specOf(after))).not.toContain('imagePullSecrets');
});
