// A CapabilityClass as its author writes it, after the schema has accepted it: one thing a workload may be granted.

import type { SecurityContext, StringMap } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';

/** Which of a workload's own containers get what the class grants. */
export type GrantedContainers = 'first' | 'all' | 'annotation';

/** What is merged into the workload's own containers. */
export interface GrantSpec {
  /** `first` by default. */
  readonly containers?: GrantedContainers;
  readonly env?: readonly JsonObject[];
  readonly volumeMounts?: readonly JsonObject[];
  readonly volumeDevices?: readonly JsonObject[];
  readonly securityContext?: SecurityContext;
  /** Extended resources, such as a device of a device plugin. */
  readonly resources?: { readonly limits?: JsonObject };
}

/** What containers of the class mount of the workload's own volumes. */
export interface ShareMountsSpec {
  /** Whose mounts: those of the containers that are given the class. */
  readonly from?: 'granted';
  /** `all` by default. */
  readonly volumes?: 'all' | 'claims';
  /** The class's containers that mount them. */
  readonly containers: readonly string[];
  /** Paths that are not shared, nor what is below them. */
  readonly except?: readonly string[];
}

/** A fragment of a pod template. Containers and volumes as Kubernetes has them. */
export interface TemplateSpec {
  readonly metadata?: { readonly annotations?: StringMap; readonly labels?: StringMap };
  readonly spec?: JsonObject;
}

/** One way to provide a class; has either `reject`, or a `template`, a `grant` or both. */
export interface ImplementationSpec {
  readonly name: string;
  /** A condition in CEL; always holds where absent. */
  readonly when?: string;
  /** Instead of a template: why the class is not available in this environment, and what to use instead. */
  readonly reject?: string;
  readonly template?: TemplateSpec;
  readonly grant?: GrantSpec;
  readonly shareMounts?: ShareMountsSpec;
  /** Fields of the class's containers that need not be as the class has them: `spec.initContainers[name=proxy].args`. */
  readonly free?: readonly string[];
}

/** The `spec` of a CapabilityClass. */
export interface CapabilityClassSpec {
  /** `RBAC` by default: the requester or the pod's service account must be allowed to `use` the class. */
  readonly authorization?: 'RBAC' | 'Policy';
  readonly implementations: readonly ImplementationSpec[];
}

/** A CapabilityClass as a file or the cluster has it. */
export interface CapabilityClassDocument {
  readonly apiVersion: string;
  readonly kind: 'CapabilityClass';
  readonly metadata: { readonly name: string };
  readonly spec: CapabilityClassSpec;
}
