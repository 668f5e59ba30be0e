// A CapabilityClass compiled for use: everything that can be decided when it is loaded has been decided.
import type { Condition } from '../cel/condition.ts';
import type { StringMap } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';
import type { GrantedContainers } from './spec.ts';

/** The containers, volumes and fields of a pod that an implementation consists of. */
export interface ClassTemplate {
  readonly annotations: StringMap;
  readonly labels: StringMap;
  /** They go before the workload's own, in this order. */
  readonly initContainers: readonly JsonObject[];
  /** They go after the workload's own. */
  readonly containers: readonly JsonObject[];
  readonly volumes: readonly JsonObject[];
  /** The names of all these containers. */
  readonly containerNames: ReadonlySet<string>;
  readonly volumeNames: ReadonlySet<string>;
  /** The other fields of the pod's spec, such as hostUsers and runtimeClassName. */
  readonly podFields: JsonObject;
}

/** What the chosen containers of the workload itself get. The members of each list are told apart by a name or a path. */
export interface ClassGrant {
  readonly containers: GrantedContainers;
  readonly env: readonly JsonObject[];
  readonly volumeMounts: readonly JsonObject[];
  readonly volumeDevices: readonly JsonObject[];
  /** Linux capabilities to add, as Kubernetes spells them. */
  readonly addCapabilities: readonly string[];
  /** The other fields of the security context. */
  readonly securityContext: JsonObject;
  /** Extended resources to add to the limits; the API server makes the requests equal to them. */
  readonly limits: JsonObject;
}

/** What containers of a class mount of the workload's own volumes, at the same paths. */
export interface SharedMounts {
  readonly volumes: 'all' | 'claims';
  readonly containers: ReadonlySet<string>;
  readonly except: readonly string[];
}

/** One way to provide a class: what is injected, and where. */
export interface Implementation {
  readonly name: string;
  /** Undefined where it holds always. */
  readonly when: Condition | undefined;
  /** Why the class is not available where the condition holds; nothing is injected then. */
  readonly reject: string | undefined;
  readonly template: ClassTemplate;
  readonly grant: ClassGrant;
  readonly sharedMounts: SharedMounts | undefined;
  /** Fields of the class's containers, by name, that need not be as the class has them. */
  readonly free: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One thing a workload may be granted, and its implementations, in the order in which their conditions are tried. */
export interface CapabilityClass {
  readonly name: string;
  /** Where it was loaded from: `policies/capabilities/docker/class.yaml:3`. */
  readonly origin: string;
  readonly authorization: 'RBAC' | 'Policy';
  readonly implementations: readonly Implementation[];
}

/** Classes by name. */
export type CapabilityClasses = ReadonlyMap<string, CapabilityClass>;
