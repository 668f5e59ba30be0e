// What Kubernetes does where a pod leaves a field out, for the fields that decide how isolated it is.
// Sources: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go, the comments of k8s.io/api/core/v1/types.go, and
// pkg/securitycontext/util.go for what a container inherits.
import type { FieldsOf } from './field-type.ts';

/**
 * A field, and what its absence comes to. Of a field without `value` and `means` nothing is to be said where it is absent: a container
 * then has what its pod has.
 */
export interface FieldDefault {
  /** Below the pod's spec, or below a container. */
  readonly path: string;
  /** What it is taken to be; undefined where no value stands for it. */
  readonly value?: boolean | string | number;
  /** What that means, where the value does not say it. */
  readonly means?: string;
  /** True where a pod for Windows does not have the field. */
  readonly linux?: true;
}

/** A field that Kubernetes has, so that a field that it renames is noticed. */
type SpecPath = keyof FieldsOf<'PodSpec'> | `securityContext.${keyof FieldsOf<'PodSecurityContext'>}`;
type ContainerPath =
  | keyof FieldsOf<'Container'>
  | `securityContext.${keyof FieldsOf<'SecurityContext'>}`
  | `securityContext.capabilities.${keyof FieldsOf<'Capabilities'>}`;

/** Of the pod's spec. */
export const POD_DEFAULTS: readonly (FieldDefault & { readonly path: SpecPath })[] = [
  { path: 'hostNetwork', value: false },
  { path: 'hostPID', linux: true, value: false },
  { path: 'hostIPC', linux: true, value: false },
  { path: 'hostUsers', linux: true, value: true, means: 'root in the pod is root on the node' },
  { path: 'shareProcessNamespace', linux: true, value: false },
  { path: 'automountServiceAccountToken', value: true, means: 'unless the service account says otherwise' },
  { path: 'serviceAccountName', value: 'default' },
  { path: 'runtimeClassName', means: "the node's default runtime, which is usually runc" },
  { path: 'securityContext.runAsUser', linux: true, means: 'the user of each image' },
  { path: 'securityContext.runAsGroup', linux: true, means: 'the group of each image, or 0' },
  { path: 'securityContext.runAsNonRoot', value: false },
  {
    path: 'securityContext.seccompProfile',
    linux: true,
    means: 'Unconfined, unless the kubelet is run with seccompDefault',
  },
  { path: 'securityContext.fsGroup', linux: true, means: 'volumes keep the groups that they have' },
];

/** Of a container. */
export const CONTAINER_DEFAULTS: readonly (FieldDefault & { readonly path: ContainerPath })[] = [
  { path: 'securityContext.privileged', linux: true, value: false },
  { path: 'securityContext.allowPrivilegeEscalation', linux: true, value: true },
  { path: 'securityContext.readOnlyRootFilesystem', linux: true, value: false },
  { path: 'securityContext.capabilities.add', linux: true },
  { path: 'securityContext.capabilities.drop', linux: true, means: "the container runtime's default set is kept" },
  { path: 'securityContext.procMount', linux: true, value: 'Default' },
  { path: 'securityContext.runAsUser', linux: true },
  { path: 'securityContext.runAsGroup', linux: true },
  { path: 'securityContext.runAsNonRoot' },
  { path: 'securityContext.seccompProfile', linux: true },
  { path: 'imagePullPolicy', means: 'Always for the tag latest and for none, else IfNotPresent' },
];
