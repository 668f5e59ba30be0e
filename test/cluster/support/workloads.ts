// The objects that the cases are about, and what users are told when one of them is refused.
import type { JsonObject } from '../../../src/model/json.ts';

/** A pod spec that says nothing about security. */
export const BARE: JsonObject = { containers: [{ name: 'app', image: 'example.com/app:1' }] };

/** One that no level of the Pod Security Standards but `privileged` takes, and that nothing filled in makes right. */
export const UNSAFE: JsonObject = { ...BARE, hostPID: true };

/** What a restricted policy says of {@link UNSAFE}, after what it is that violates. */
export const UNSAFE_WARNING = 'would violate PodSecurity "restricted:latest": host namespaces (hostPID=true)';

/** How the API server begins when we refuse. */
export const REFUSED_BY_US = 'admission webhook "workloads.validate.sandgate.dev" denied the request: ';

/** The same of controllers, where what is refused is the controller's own and not of its pods. */
export const CONTROLLER_REFUSED_BY_US = 'admission webhook "advisory.validate.sandgate.dev" denied the request: ';

/** The whole message for {@link UNSAFE}; `resource` as messages name it: `pods`, `sandboxes.agents.x-k8s.io`. */
export function unsafeRefusal(resource: string, name: string, policy = 'agents'): string {
  return (
    `${REFUSED_BY_US}${resource} "${name}" is forbidden: violates PodSecurity "restricted:latest": ` +
    'host namespaces (hostPID=true). To fix: hostNamespaces: remove hostNetwork, hostPID, and hostIPC, or set them to ' +
    `false (policy "${policy}"). See: sandgate explain hostNamespaces`
  );
}

/** What the policy for agents fills into a pod, and into each of its containers. */
export const FILLED_IN = {
  pod: {
    runAsUser: 1000,
    runAsNonRoot: true,
    fsGroup: 1000,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
  container: { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false },
};

/** A pod spec that has all of it already. */
export const SAFE: JsonObject = {
  securityContext: FILLED_IN.pod,
  containers: [{ name: 'app', image: 'example.com/app:1', securityContext: FILLED_IN.container }],
};

export function podOf(namespace: string, name: string, spec: JsonObject = BARE, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, ...metadata }, spec };
}

/** Of agent-sandbox: a Sandbox, unless another kind is named. */
export interface SandboxKind {
  readonly kind: 'Sandbox' | 'SandboxTemplate';
  readonly version: 'v1alpha1' | 'v1beta1';
}

export const SANDBOX: SandboxKind = { kind: 'Sandbox', version: 'v1beta1' };

export const SANDBOX_KINDS: readonly SandboxKind[] = [
  { kind: 'Sandbox', version: 'v1alpha1' },
  SANDBOX,
  { kind: 'SandboxTemplate', version: 'v1alpha1' },
  { kind: 'SandboxTemplate', version: 'v1beta1' },
];

export function sandboxOf(
  namespace: string,
  name: string,
  spec: JsonObject = BARE,
  { kind, version }: SandboxKind = SANDBOX,
): JsonObject {
  const group = kind === 'Sandbox' ? 'agents.x-k8s.io' : 'extensions.agents.x-k8s.io';
  return { apiVersion: `${group}/${version}`, kind, metadata: { namespace, name }, spec: { podTemplate: { spec } } };
}

/** `sandboxes.agents.x-k8s.io`. */
export function resourceOf({ kind }: SandboxKind): string {
  return kind === 'Sandbox' ? 'sandboxes.agents.x-k8s.io' : 'sandboxtemplates.extensions.agents.x-k8s.io';
}

export type ControllerKind =
  | 'Deployment'
  | 'ReplicaSet'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'CronJob'
  | 'ReplicationController'
  | 'PodTemplate';

/** An object of Kubernetes' own that makes pods; none of them runs to completion by itself, since nothing runs. */
export function controllerOf(namespace: string, kind: ControllerKind, name: string, spec = BARE): JsonObject {
  const metadata = { namespace, name };
  const labels = { app: name };
  const template = { metadata: { labels }, spec };
  const job = { template: { spec: { ...spec, restartPolicy: 'Never' } } };
  switch (kind) {
    case 'Job':
      return { apiVersion: 'batch/v1', kind, metadata, spec: job };
    case 'CronJob':
      return { apiVersion: 'batch/v1', kind, metadata, spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: job } } };
    case 'ReplicationController':
      return { apiVersion: 'v1', kind, metadata, spec: { selector: labels, template } };
    case 'PodTemplate':
      return { apiVersion: 'v1', kind, metadata, template };
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { selector: { matchLabels: labels }, template } };
  }
}
