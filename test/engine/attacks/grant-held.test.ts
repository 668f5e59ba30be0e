// What a class gave to a pod that runs is reached by nobody else and stays: ephemeral containers that enter the processes of a granted
// container, shared process namespaces, labels and annotations of the class.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { policyYaml } from '../../support/gate.ts';
import { ALICE, asObject, DORA, denials, edited, gateWith, injected, POD, podAsking } from './granted-pod.ts';

const SAFE = {
  name: 'debug',
  image: 'd',
  securityContext: {
    runAsUser: 1000,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'] },
  },
};
const NET = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: net }
spec:
  authorization: RBAC
  implementations:
    - name: one
      grant: { securityContext: { capabilities: { add: [NET_ADMIN] } } }
      template: { metadata: { labels: { egress: open }, annotations: { mesh: 'off' } } }
`;
const FUSE = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: fuse }
spec:
  authorization: Policy
  implementations:
    - name: one
      grant: { volumeMounts: [{ name: fuse, mountPath: /dev/fuse }] }
      template: { spec: { volumes: [{ name: fuse, hostPath: { path: /dev/fuse, type: CharDevice } }] } }
`;
const HINTS = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: hints }
spec:
  authorization: Policy
  implementations: [{ name: one, grant: { env: [{ name: A, value: b }] } }]
`;

function gateFor(text: string, name: string, more = ''): ReturnType<typeof gateWith> {
  return gateWith([text, policyYaml('p', `capabilities: [{ name: ${name}${more} }]`)]);
}

function partOf(pod: JsonObject, part: 'labels' | 'annotations'): JsonObject {
  return asObject(asObject(pod.metadata)[part]);
}

function without(map: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

function debugged(pod: JsonObject, target: unknown, gate?: ReturnType<typeof gateWith>, user = DORA): string[] {
  const after = edited('spec/ephemeralContainers', [{ ...SAFE, targetContainerName: target }], pod);
  return denials(after, { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: pod, user }, gate);
}

describe('an ephemeral container', () => {
  test.each<[string, string, string]>([
    ['a granted container', 'app', 'which has what class "docker" grants'],
    ["a class's own container", 'docker-daemon', 'which belongs to class "docker"'],
    ['an init container of a class', 'docker-subid-init', 'which belongs to class "docker"'],
  ])('does not enter the processes of %s', (_, target, words) => {
    expect(debugged(POD, target).join('\n')).toContain(words);
  });

  test.each<[string, unknown]>([
    ['of another container', 'side'],
    ['of none', undefined],
    ['of none, as null', null],
    ['of none, as an empty name', ''],
  ])('may enter the processes %s', (_, target) => {
    expect(debugged(POD, target)).toEqual([]);
  });

  test('an ephemeral container enters a container with a capability or a volume of a class neither, but one with variables alone', () => {
    const net = gateFor(NET, 'net');
    expect(debugged(injected(podAsking('net'), net), 'app', net).join('\n')).toContain(
      'capability_process_namespace: app',
    );
    const fuse = gateFor(FUSE, 'fuse');
    expect(debugged(injected(podAsking('fuse'), fuse), 'app', fuse).join('\n')).toContain(
      'capability_process_namespace: app',
    );
    const hints = gateFor(HINTS, 'hints');
    expect(debugged(injected(podAsking('hints'), hints), 'app', hints)).toEqual([]);
  });

  test('an init container that was chosen by name is not entered either', () => {
    const gate = gateFor(FUSE, 'fuse');
    const asking = podAsking('fuse');
    const metadata = {
      name: 'a',
      annotations: { 'sandgate.dev/capabilities': 'fuse', 'sandgate.dev/fuse-containers': 'setup' },
    };
    const pod = injected({ ...asking, metadata }, gate);
    expect(debugged(pod, 'setup', gate).join('\n')).toContain('capability_process_namespace: setup');
    expect(debugged(pod, 'app', gate)).toEqual([]);
  });

  test('an ephemeral container in a new pod, or of somebody who may not use the class, is refused as well', () => {
    const created = edited('spec/ephemeralContainers', [{ ...SAFE, targetContainerName: 'app' }]);
    expect(denials(created).join('\n')).toContain('capability_process_namespace: app');
    expect(debugged(POD, 'app', undefined, ALICE)).not.toEqual([]);
  });
});

describe('a pod from which the annotation of its class was taken off', () => {
  const bare = { ...POD, metadata: without(asObject(POD.metadata), 'annotations') };

  function added(container: JsonObject, pod = bare, gate?: ReturnType<typeof gateWith>): readonly string[] {
    const after = edited('spec/ephemeralContainers', [container], pod);
    return denials(
      after,
      { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: pod, user: DORA },
      gate,
    );
  }

  test.each<[string, string]>([
    ['app', 'which has what class "docker" grants'],
    ['docker-daemon', 'which belongs to class "docker"'],
    ['docker-subid-init', 'which belongs to class "docker"'],
    ['vm-daemon', 'which belongs to class "vm"'],
  ])('lets no ephemeral container enter the processes of %s', (target, words) => {
    const found = debugged(bare, target);
    expect(found.join('\n')).toContain(words);
    expect(found).toEqual([...new Set(found)]);
  });

  test.each<[string, JsonObject]>([
    ['volumes', { volumeMounts: [{ name: 'docker-data', mountPath: '/data' }] }],
    ['volumes for writing', { volumeMounts: [{ name: 'docker-run', mountPath: '/run/user/1000' }] }],
    ['disks', { volumeDevices: [{ name: 'vm-disk', devicePath: '/dev/vm' }] }],
    [
      'files as variables',
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'vm-socket', path: 'a', key: 'b' } } }] },
    ],
  ])('gives no ephemeral container %s of the class', (_, use) => {
    expect(added({ ...SAFE, ...use }).join('\n')).toContain('capability_volume_not_granted');
  });

  test('lets an ephemeral container in that uses nothing of the class, and leaves one alone that was there', () => {
    expect(debugged(bare, 'side')).toEqual([]);
    expect(debugged(bare, undefined)).toEqual([]);
    const entered = edited('spec/ephemeralContainers', [{ ...SAFE, targetContainerName: 'docker-daemon' }], bare);
    const later = edited('metadata/labels', { a: 'b' }, entered);
    expect(denials(later, { operation: 'UPDATE', oldObject: entered, user: DORA })).toEqual([]);
  });

  test('lets no ephemeral container enter one with a capability of a class without containers and volumes', () => {
    const net = gateFor(NET, 'net');
    const pod = injected(podAsking('net'), net);
    const taken = { ...pod, metadata: { ...asObject(pod.metadata), annotations: { mesh: 'off' } } };
    expect(debugged(taken, 'app', net).join('\n')).toContain('capability_process_namespace: app');
    expect(debugged(taken, 'side', net)).toEqual([]);
  });
});

test('a class that everybody is given is held against an ephemeral container once', () => {
  const fuse = gateFor(FUSE, 'fuse', ', assign: Always');
  const pod = injected({ ...POD, metadata: { name: 'a' }, spec: { containers: [{ name: 'app', image: 'x' }] } }, fuse);
  expect(debugged(pod, 'app', fuse).filter((one) => one.includes('capability_process_namespace'))).toHaveLength(1);
});

test('a shared process namespace gives nobody the volumes of a class without containers', () => {
  const gate = gateFor(FUSE, 'fuse');
  const shared = injected(podAsking('fuse', { shareProcessNamespace: true }), gate);
  expect(denials(shared, {}, gate).join('\n')).toContain('capability_process_namespace');
  const alone = { containers: [{ name: 'app', image: 'x' }], initContainers: [], shareProcessNamespace: true };
  expect(denials(injected(podAsking('fuse', alone), gate), {}, gate)).toEqual([]);
  for (const value of [false, null, undefined]) {
    expect(denials(injected(podAsking('fuse', { shareProcessNamespace: value }), gate), {}, gate)).toEqual([]);
  }
});

describe('labels and annotations of a class, in a pod that runs', () => {
  const gate = gateFor(NET, 'net');
  const pod = injected(podAsking('net'), gate);
  const [labels, annotations] = [partOf(pod, 'labels'), partOf(pod, 'annotations')];
  const update = (metadata: JsonObject, user = DORA, subresource = '') =>
    denials(
      { ...pod, metadata: { name: 'a', ...metadata } },
      { operation: 'UPDATE', oldObject: pod, user, subresource },
      gate,
    );

  test('are there, and others may come and go', () => {
    expect({ labels, annotations }).toMatchObject({ labels: { egress: 'open' }, annotations: { mesh: 'off' } });
    expect(update({ labels: { ...labels, a: 'b' }, annotations })).toEqual([]);
    const more = { ...pod, metadata: { name: 'a', labels: { ...labels, a: 'b' }, annotations } };
    expect(denials(pod, { operation: 'UPDATE', oldObject: more }, gate)).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    [
      'a label taken off',
      { labels: {}, annotations },
      'metadata.labels[egress] (the label was removed; class "net" has "open"',
    ],
    ['all labels taken off', { labels: null, annotations }, 'metadata.labels[egress]'],
    ['no labels', { annotations }, 'metadata.labels[egress]'],
    ['a label changed', { labels: { egress: 'closed' }, annotations }, 'the label was changed to "closed"'],
    ['a label emptied', { labels: { egress: '' }, annotations }, 'metadata.labels[egress]'],
    ['an annotation taken off', { labels, annotations: without(annotations, 'mesh') }, 'metadata.annotations[mesh]'],
    [
      'a label together with the request',
      { labels: {}, annotations: without(annotations, 'sandgate.dev/capabilities') },
      'metadata.labels[egress]',
    ],
    ['all metadata', {}, 'metadata.labels[egress]'],
  ])('%s is refused, whoever asks', (_, metadata, words) => {
    for (const user of [DORA, ALICE]) {
      expect(update(metadata, user).join('\n')).toContain(words);
      expect(update(metadata, user, 'resize').join('\n')).toContain(words);
    }
  });

  test('a pod that never had the class has its labels for itself', () => {
    const before = { ...pod, metadata: { name: 'a', labels } };
    const after = { ...pod, metadata: { name: 'a' } };
    expect(denials(after, { operation: 'UPDATE', oldObject: before }, gate).join('\n')).not.toContain('egress');
  });

  test('of a class that is given to everybody, too', () => {
    const always = gateFor(NET, 'net', ', assign: Always');
    const given = injected({ ...podAsking(''), metadata: { name: 'a' } }, always);
    const after = { ...given, metadata: { ...asObject(given.metadata), labels: {} } };
    expect(denials(after, { operation: 'UPDATE', oldObject: given }, always).join('\n')).toContain(
      'metadata.labels[egress]',
    );
  });
});
