// A CapabilityClass as its author writes it, after the schema has accepted it: one thing a workload may be granted.

import type { SecurityContext, StringMap } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';

/** Which of a workload's own containers are given something. */
export type GrantedContainers = 'first' | 'all' | 'annotation';

/** What is merged into the workload's own containers. */
export interface GrantSpec {
  /** `first` by default. */
  readonly containers?: GrantedContainers;
  readonly env?: readonly JsonObject[];
  readonly volumeMounts?: readonly JsonObject[];
  readonly volumeDevices?: readonly JsonObject[];
  readonly securityContext?: SecurityContext;
}

/** A fragment of a pod template. Containers and volumes as Kubernetes has them. */
export interface TemplateSpec {
  readonly metadata?: { readonly annotations?: StringMap; readonly labels?: StringMap };
  readonly spec?: JsonObject;
}

export interface ImplementationSpec {
  readonly name: string;
  /** CEL; holds always where absent. */
  readonly when?: string;
  /** Instead of a template: why this environment cannot have it, and what to use instead. */
  readonly reject?: string;
  readonly template?: TemplateSpec;
  readonly grant?: GrantSpec;
}

export interface CapabilityClassSpec {
  /** `RBAC` by default: the requester or the pod's service account must be allowed to `use` the class. */
  readonly authorization?: 'RBAC' | 'Policy';
  readonly implementations: readonly ImplementationSpec[];
}

export interface CapabilityClassDocument {
  readonly apiVersion: string;
  readonly kind: 'CapabilityClass';
  readonly metadata: { readonly name: string };
  readonly spec: CapabilityClassSpec;
}
