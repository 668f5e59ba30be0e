// The pods that every controller is asked about: one that the Restricted level allows, and for each of its controls one that
// differs from it in that alone.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { objectOf, withRequest } from '../../support/reviews.ts';
import { referenceReview } from '../reviews.ts';

const POD_CONTEXT: JsonObject = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } };
const CONTAINER_CONTEXT: JsonObject = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

type Container = Record<string, unknown>;

interface Pod {
  readonly metadata: Record<string, unknown>;
  readonly spec: Record<string, unknown> & {
    readonly containers: Container[];
    readonly initContainers: Container[];
    readonly volumes: JsonObject[];
    securityContext: Record<string, unknown>;
  };
}

/** Seven kilobytes, four containers: as a chart writes it that was made for the Restricted level. */
export function allowedReview(): JsonObject {
  return reviewWith(() => {});
}

/** The same without any security context, as most charts are written: it lacks four things in each of its containers. */
export function refusedReview(): JsonObject {
  return referenceReview();
}

export interface Violation {
  readonly control: string;
  readonly review: JsonObject;
}

/** By the control of the Pod Security Standards that each violates, those of Baseline first. */
export function violations(): readonly Violation[] {
  return Object.entries(CHANGES).map(([control, change]) => ({ control, review: reviewWith(change) }));
}

const CHANGES: Readonly<Record<string, (pod: Pod) => void>> = {
  'host network': ({ spec }) => void Object.assign(spec, { hostNetwork: true }),
  'host process IDs': ({ spec }) => void Object.assign(spec, { hostPID: true }),
  'host IPC': ({ spec }) => void Object.assign(spec, { hostIPC: true }),
  'privileged container': inContainer({ privileged: true, allowPrivilegeEscalation: true }),
  'privileged init container': ({ spec }) => {
    setContext(spec.initContainers[0], { privileged: true, allowPrivilegeEscalation: true });
  },
  'capability NET_ADMIN added': inContainer({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
  'hostPath volume': ({ spec }) => void spec.volumes.push({ name: 'host', hostPath: { path: '/srv', type: '' } }),
  'host port': ({ spec }) => {
    Object.assign(spec.containers[0] ?? {}, { ports: [{ containerPort: 8080, hostPort: 8080, protocol: 'TCP' }] });
  },
  'host of a probe': ({ spec }) => {
    const httpGet = { host: '169.254.169.254', path: '/', port: 80, scheme: 'HTTP' };
    Object.assign(spec.containers[0] ?? {}, { livenessProbe: { httpGet } });
  },
  'AppArmor field Unconfined': inContainer({ appArmorProfile: { type: 'Unconfined' } }),
  'AppArmor annotation unconfined': ({ metadata }) => {
    Object.assign(metadata, { annotations: { 'container.apparmor.security.beta.kubernetes.io/agent': 'unconfined' } });
  },
  'SELinux type spc_t': inContainer({ seLinuxOptions: { type: 'spc_t' } }),
  'SELinux user': inContainer({ seLinuxOptions: { user: 'system_u' } }),
  'unmasked /proc': inContainer({ procMount: 'Unmasked' }),
  'seccomp Unconfined in a container': inContainer({ seccompProfile: { type: 'Unconfined' } }),
  'sysctl kernel.msgmax': inPod({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }),
  'Windows host process': inContainer({ windowsOptions: { hostProcess: true } }),
  'NFS volume': ({ spec }) => void spec.volumes.push({ name: 'nfs', nfs: { server: '10.0.0.9', path: '/' } }),
  'privilege escalation not ruled out': inContainer({ allowPrivilegeEscalation: undefined }),
  'runAsNonRoot missing': inPod({ runAsNonRoot: undefined }),
  'runAsNonRoot: false in a container': inContainer({ runAsNonRoot: false }),
  'user 0 in a container': inContainer({ runAsUser: 0 }),
  'seccomp profile missing': inPod({ seccompProfile: undefined }),
  'capabilities not dropped': inContainer({ capabilities: undefined }),
  'capability CHOWN added': inContainer({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
};

function inContainer(fields: JsonObject): (pod: Pod) => void {
  return ({ spec }) => setContext(spec.containers[0], fields);
}

function inPod(fields: JsonObject): (pod: Pod) => void {
  return ({ spec }) => {
    spec.securityContext = merged(spec.securityContext, fields);
  };
}

function setContext(container: Container | undefined, fields: JsonObject): void {
  if (container === undefined) throw new Error('the pod has no such container');
  container.securityContext = merged(container.securityContext, fields);
}

function merged(context: unknown, fields: JsonObject): Record<string, unknown> {
  return { ...(isJsonObject(context) ? context : {}), ...fields };
}

/** The allowed pod with a change. What the change sets to undefined is absent. */
function reviewWith(change: (pod: Pod) => void): JsonObject {
  const review = referenceReview();
  const pod = structuredClone(objectOf(review));
  if (!isPod(pod)) throw new Error('the reference review holds no pod');
  pod.spec.securityContext = { ...POD_CONTEXT };
  for (const container of [...pod.spec.containers, ...pod.spec.initContainers])
    setContext(container, CONTAINER_CONTEXT);
  change(pod);
  const object: unknown = JSON.parse(JSON.stringify(pod));
  return withRequest(review, { object });
}

function isPod(value: unknown): value is Pod {
  if (!isJsonObject(value) || !isJsonObject(value.spec) || !isJsonObject(value.metadata)) return false;
  const { containers, initContainers, volumes } = value.spec;
  return [containers, initContainers, volumes].every(Array.isArray);
}
