// What a check of a rule is: something that pods must not do, as far as a policy's parameters ask for it.

import type { RequestFacts } from '../cel/admission.ts';
import type { Expression } from '../cel/environment.ts';
import type { PodView } from '../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../kubernetes/pod.ts';
import type { Describe, Violation } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { UserInfo } from '../model/subject.ts';
import type { Binding } from './binding.ts';
import { type ClusterFacts, NOTHING_KNOWN } from './cluster-facts.ts';
import type { Connection } from './connection.ts';
import type { Platform } from './platform.ts';
import type { VariablesParameters } from './variables/parameters.ts';

/** What a check may need to know of the request, beside the pod. */
export interface CheckRequest {
  /** Who sent it. For pods of a controller this is the controller and not the user behind it. */
  readonly user: UserInfo;
  /** True for an update of a Pod that exists: it may be bound to a node, and most of its fields cannot change any more. */
  readonly runs: boolean;
  /** The template that the request replaces, of a Pod or of any other kind; undefined where there is none. */
  readonly old: PodTemplate | undefined;
  /** The template as it was sent: of a kind that is left as written, checks judge the pod that will come of it. */
  readonly sent: PodTemplate | undefined;
  /** The object that holds the template; for a Pod the pod itself. As it was sent, of unchecked shape. */
  readonly object: JsonObject;
  /** The object that the request replaces; undefined where there is none. Of unchecked shape. */
  readonly oldObject: JsonObject | undefined;
  /** `Pod`, `Sandbox.agents.x-k8s.io`. */
  readonly kind: string;
  /** The annotations of the namespace that policies read; undefined where they are not known. */
  readonly namespaceAnnotations: StringMap | undefined;
  /** What is known of the cluster. */
  readonly cluster: ClusterFacts;
  /** The rest of the request, for expressions in CEL. */
  readonly subject: Omit<RequestFacts, 'user'>;
  /** The labels of its namespace, as far as they are known. */
  readonly namespaceLabels: StringMap;
  /**
   * {@link old} as the policy judges it: without what it grants. Only for checks that {@link CheckNeeds} names it for;
   * undefined where there is none.
   */
  readonly oldView?: PodView | undefined;
  /** What a CONNECT request asks for; undefined for any other. {@link old}, {@link sent} and the view are then of the running pod. */
  readonly connection?: Connection | undefined;
  /** What a RoleBinding or a ClusterRoleBinding binds; undefined for any other object. The view is then of an empty pod. */
  readonly binding?: Binding | undefined;
}

/** What a check needs that is not at hand for every check. */
export interface CheckNeeds {
  /** {@link CheckRequest.oldView}. */
  readonly oldObject: boolean;
  /** All labels of the namespace, and not its name alone. */
  readonly namespaceLabels: boolean;
}

/** What else of a policy's spec the parameters of a rule can build on. */
export interface SpecAround {
  readonly variables?: VariablesParameters;
}

/** A Pod that nobody in particular creates, for examples and for callers that know no request. */
export const NO_REQUEST: CheckRequest = Object.freeze({
  user: Object.freeze({ username: '', groups: Object.freeze([]) }),
  runs: false,
  old: undefined,
  sent: undefined,
  oldObject: undefined,
  object: Object.freeze({}),
  kind: 'Pod',
  namespaceAnnotations: undefined,
  cluster: NOTHING_KNOWN,
  subject: Object.freeze({
    kind: Object.freeze({ group: '', version: 'v1', kind: 'Pod' }),
    resource: 'pods',
    subresource: '',
    operation: 'CREATE',
    name: 'example',
    namespace: 'default',
    dryRun: false,
  }),
  namespaceLabels: Object.freeze({}),
});

/** A pod that a check lets pass. */
export interface PassExample<P> {
  readonly name: string;
  readonly parameters: P;
  readonly pod: PodTemplate;
  /** What else stands in the policy's spec. */
  readonly beside?: SpecAround;
  /** The request, as far as it matters; the rest as {@link NO_REQUEST} has it. */
  readonly request?: Partial<CheckRequest>;
}

/** A pod that a check refuses, and exactly how. */
export interface FailExample<P> extends PassExample<P> {
  /** `reason (detail)`, to the letter. */
  readonly says: string;
  /** The path of every offending field. */
  readonly paths: readonly string[];
  /** What stands at each of these paths; undefined where nothing does. */
  readonly values: readonly unknown[];
}

/** What there is to know of a check without the parameters of a policy. */
export interface CheckInfo {
  /** The name of its file, of its entry in a policy's `checks`, and of its findings. */
  readonly id: string;
  /** One sentence for the docs. */
  readonly title: string;
  /** How a user fixes a violation, as an instruction without a full stop. */
  readonly fix: string;
  /** The sentence about its violations. */
  readonly describe: Describe;
  /** `linux` where the fields that it reads do not exist on Windows: pods of Windows nodes then pass. */
  readonly platform: Platform;
  /**
   * Checks of the Pod Security Standards that find the same faults in the same fields. A field that one of them reports, by the
   * same policy and at least as strictly, is not reported by this one as well.
   */
  readonly repeats?: readonly string[];
  /** True where it is about connections, and about no object: only CONNECT requests are judged by it. */
  readonly connects?: true;
  /** True where it is about role bindings, and about no other object. */
  readonly binds?: true;
  readonly examples: {
    readonly pass: readonly PassExample<unknown>[];
    readonly fail: readonly FailExample<unknown>[];
  };
}

/** A check of a rule with parameters of type `P`. */
export interface RuleCheck<P> extends CheckInfo {
  /** The check that the parameters ask for, made once when the policy is loaded; undefined where they ask for none. */
  readonly compile: (parameters: P, around: SpecAround) => CheckPod | undefined;
  /**
   * Where the parameters give the check parts with names: those names, and which part finds a violation. Findings and entries
   * of a policy's `checks` are then called `ID/PART`; an entry `ID` is for all of them.
   */
  readonly parts?: {
    readonly names: (parameters: P) => readonly string[];
    readonly of: (violation: Violation) => string;
  };
  /** What the check needs, where that is more than every check is given. */
  readonly needs?: (parameters: P, around: SpecAround) => CheckNeeds;
  /** The action that the parameters themselves name, which goes before the policy's; undefined where they name none. */
  readonly action?: (parameters: P) => 'Deny' | 'Warn' | undefined;
  readonly examples: {
    readonly pass: readonly PassExample<P>[];
    readonly fail: readonly FailExample<P>[];
  };
}

/** An expression in CEL of a policy. */
export interface PlacedExpression {
  /** The keys that lead to it from the policy's spec. */
  readonly keys: readonly (string | number)[];
  /** `validation "no-node"`, `the message of validation "no-node"`. */
  readonly name: string;
  readonly expression: Expression;
}

/** Every field of a pod that is wrong, in order; undefined where none is. Pure and total. */
export interface CheckPod {
  (pod: PodView, request: CheckRequest): readonly Violation[] | undefined;
  /** Those that it evaluates; none where absent. */
  readonly expressions?: readonly PlacedExpression[];
}

/** The id of the findings of one part of a check: `validations/no-node`. */
export function checkPart(id: string, part: string): string {
  return `${id}/${part}`;
}

/** The id of the check that an id is of, or of a part of: `validations`. */
export function wholeCheck(id: string): string {
  const slash = id.indexOf('/');
  return slash < 0 ? id : id.slice(0, slash);
}

/** A check bound to the parameters of one policy. */
export interface BoundCheck {
  readonly id: string;
  readonly fix: string;
  readonly check: CheckPod;
  readonly describe: Describe;
  /** As in {@link CheckInfo}. */
  readonly repeats: readonly string[] | undefined;
  /** The action that the rule's own parameters name. */
  readonly action: 'Deny' | 'Warn' | undefined;
  /** The part that finds a violation; undefined for a check without parts. */
  readonly part: ((violation: Violation) => string) | undefined;
  /** What its findings can be called. */
  readonly ids: readonly string[];
  readonly needs: CheckNeeds | undefined;
  readonly connects: boolean;
  /** Those that it evaluates. */
  readonly expressions: readonly PlacedExpression[];
  readonly binds: boolean;
}
