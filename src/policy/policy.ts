// A policy ready for work: everything that could be decided once, when it was loaded, has been.
import type { RequestFacts } from '../cel/admission.ts';
import type { CapabilityClasses } from '../grants/class.ts';
import type { ImageTable } from '../images/image-table.ts';
import type { StringMap } from '../kubernetes/pod.ts';
import type { Action } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { CapabilityRef } from '../rules/capabilities/parameters.ts';
import type { BoundCheck, CheckNeeds, PlacedExpression } from '../rules/check.ts';
import type { BoundFillIn } from '../rules/fill-in.ts';
import type { BoundObjectFillIn } from '../rules/object-fill-in.ts';
import type { PodSecurity } from '../rules/podSecurity/parameters.ts';
import type { WorkloadTable } from '../workloads/table.ts';
import type { Enforcement } from '../workloads/workload.ts';
import type { Exceptable } from './exceptable.ts';
import type { ExceptionIndex, ExceptionsByCheck } from './exception-index.ts';

/** What a policy does about one check's violations. */
export interface Actions {
  /** The strongest. */
  readonly action: Action;
  readonly audited: boolean;
}

/** What a selector can ask about. */
export interface MatchInput {
  /** `Pod`, `Sandbox.agents.x-k8s.io`. */
  readonly kind: string;
  /** Undefined where they are not known: whatever is asked of them is then taken to hold. */
  readonly namespaceLabels: StringMap | undefined;
  /** The pod template's, as they were sent: a value that is not a string is not a label. */
  readonly labels: JsonObject;
  /** What conditions ask about; where it is absent, they are taken to hold. */
  readonly asked?: ConditionFacts | undefined;
}

/** One reason for which a policy does not match. */
export interface Mismatch {
  /** The key of `spec.match` that does not hold. */
  readonly by: 'kinds' | 'namespaceSelector' | 'objectSelector' | 'conditions';
  readonly text: string;
}

/** What the keys of `spec.match` say of an object. */
export interface MatchReasons {
  /** Everything that does not hold; none where the policy matches. */
  readonly mismatches: readonly Mismatch[];
  /** What was taken to hold without being known, such as a condition that cannot be evaluated. */
  readonly assumed: readonly string[];
}

/** What conditions can ask about, beside the labels of the namespace. Of unchecked shape. */
export interface ConditionFacts {
  readonly template: unknown;
  /** The template that an update replaces; undefined where there is none. */
  readonly old: unknown;
  readonly request: RequestFacts;
}

export interface Policy {
  readonly name: string;
  readonly priority: number;
  /** Where it was loaded from: `policies/agents/policy.yaml:3`. */
  readonly origin: string;
  /** True where the namespace's labels decide whether it matches or what it demands. */
  readonly needsNamespaceLabels: boolean;
  readonly podSecurity: PodSecurity | undefined;
  readonly fillIns: readonly BoundFillIn[];
  /** False where stored objects of which pods are made, such as Sandboxes, are left as they were written. */
  readonly fillsObjects: boolean;
  /** Of the object around a template. */
  readonly objectFillIns: readonly BoundObjectFillIn[];
  /** The RuntimeClass that it fills in. */
  readonly runtimeClass: string | undefined;
  /** What its checks need beside the pod. */
  readonly needs: CheckNeeds;
  /** What its checks ask about the cluster. */
  readonly needsFacts: {
    readonly runtimeClasses: boolean;
    readonly nodes: boolean;
    /** The annotation of namespaces that they read; undefined where they read none. */
    readonly namespaceAnnotation: string | undefined;
  };
  /** Which user it says that an image runs as; undefined where it has no opinion on that. */
  readonly users: ImageTable | undefined;
  /** The labels that it fills in. */
  readonly addedLabels: StringMap | undefined;
  readonly checks: readonly BoundCheck[];
  /** Those of connections to running pods, which no other request is judged by. */
  readonly connections: readonly BoundCheck[];
  /** Those of role bindings, which no other object is judged by. */
  readonly bindings: readonly BoundCheck[];
  /** The classes it lets workloads be granted; of no other does it judge a pod without what the class adds. */
  readonly capabilities: readonly CapabilityRef[];
  /** By check id, what it lets in all the same; undefined where it has no exceptions. See {@link exceptionsFor}. */
  readonly exceptions: ExceptionsByCheck | undefined;
  /** What IsolationExceptions may except from it; undefined where none may. */
  readonly exceptable: Exceptable | undefined;
  /** By kind (`Deployment.apps`), how strictly objects of it are held to the policy; undefined where the policy says nothing of that. */
  readonly enforcement: ReadonlyMap<string, Enforcement> | undefined;
  /** Its expressions in CEL: for people who ask, and not on the path of a review. */
  readonly expressions: readonly PlacedExpression[];
  /** What to do about violations of a check. */
  actionsFor(check: string): Actions;
  /** Undefined where the policy matches; else why it does not, in a few words. */
  mismatch(input: MatchInput): string | undefined;
  /** All reasons, with the values that were found: for people who ask, and not on the path of a review. */
  matchReasons(input: MatchInput): MatchReasons;
}

/** A resource of one of our own kinds that is in force, from a file or from the cluster. */
export interface ResourceInForce {
  readonly name: string;
  /** Undefined for kinds that belong to no namespace. */
  readonly namespace?: string;
  /** Where it was loaded from: `policies/agents/policy.yaml:3`, or `isolationpolicy/agents` for an object. */
  readonly origin: string;
  /** What its document was compiled to. Only its own kind knows the type: `valuesOf` in src/resources reads it. */
  readonly value: unknown;
}

/** All policies in force, immutable: a reload makes a new set. */
export interface PolicySet {
  /** Higher priority first, then by name. */
  readonly policies: readonly Policy[];
  /** True where some policy needs the labels of namespaces. */
  readonly needsNamespaceLabels: boolean;
  /** True where some policy judges connections to running pods. */
  readonly judgesConnections: boolean;
  /** True where some policy judges role bindings. */
  readonly judgesRoleBindings: boolean;
  /** True where some policy reads an annotation of namespaces. */
  readonly needsNamespaceAnnotations: boolean;
  /** True where some exception ends: what is decided then depends on the moment. */
  readonly needsMoment: boolean;
  /** Every class there is, whether or not a policy lists it. */
  readonly classes: CapabilityClasses;
  /** The exceptions of namespaces, whether or not policies allow them. */
  readonly exceptions: ExceptionIndex;
  /** The kinds that hold pod templates: those that are built in, and those of WorkloadKinds. */
  readonly workloads: WorkloadTable;
  /** The kinds of whose enforcement some policy has an opinion. */
  readonly enforcedKinds: ReadonlySet<string>;
  /** All resources of our own kinds, by kind (`CapabilityClass`): policies and classes, and those that only some rule reads. */
  readonly resources: ReadonlyMap<string, readonly ResourceInForce[]>;
  /** The policies that match, in order. Costs nothing for those that cannot. */
  select(input: MatchInput): readonly Policy[];
}
