// A pod that was granted two classes, in full, and what the tests of attacks on it do with it.
import type { Gate } from '../../../src/engine/gate.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import type { Subject, UserInfo } from '../../../src/model/subject.ts';
import { DOCKER_CLASS, grantingPolicy } from '../../support/docker-class.ts';
import { gateOf, subjectOf } from '../../support/gate.ts';

/** In the node's user namespace: Kubernetes accepts the block devices of the class below in no other. */
export const DOCKER = DOCKER_CLASS.replace('authorization: Policy', 'authorization: RBAC')
  .replace('          hostUsers: false\n', '')
  .replace('procMount: Unmasked, ', '');
/** What only other classes have: disks, certificates, images, drivers, a node of its own, and variables from elsewhere. */
export const VM = `
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
export const LISTED = '[{ name: docker, implementation: rootless }, { name: vm }]';
export const GATE = gateWith([DOCKER, VM, grantingPolicy('agents', LISTED)]);
export const DORA: UserInfo = { username: 'dora', groups: [] };
export const ALICE: UserInfo = { username: 'alice', groups: [] };
export const CONTAINERS = [
  { name: 'app', image: 'x' },
  { name: 'side', image: 'y' },
];

/** Dora may use docker herself, and so may service account builder. */
export function gateWith(texts: readonly string[]): Gate {
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

export function podAsking(capabilities: string, spec: JsonObject = {}): JsonObject {
  const metadata = { name: 'a', annotations: { 'sandgate.dev/capabilities': capabilities } };
  const initContainers = [{ name: 'setup', image: 's' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { initContainers, containers: CONTAINERS, ...spec } };
}

export function injected(object: JsonObject, gate = GATE): JsonObject {
  return mutate(subjectOf(object, { user: DORA }), gate).object ?? object;
}

export function denials(object: JsonObject, more: Partial<Subject> = {}, gate = GATE): string[] {
  const { findings } = validate(subjectOf(object, { user: DORA, ...more }), gate);
  return findings.filter(({ action }) => action === 'Deny').map(({ reason, detail }) => `${reason} (${detail})`);
}

export const POD = injected(podAsking('docker,vm'));

/** A copy of the pod with something at a path changed: a container or volume is found by its name. */
export function edited(path: string, value: unknown, pod = POD): JsonObject {
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

/** A variable whose value is read from a file of a volume. */
export const loot = (volumeName: string) => [
  { name: 'LOOT', valueFrom: { fileKeyRef: { volumeName, path: 'a.env', key: 'K', optional: true } } },
];

export function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
