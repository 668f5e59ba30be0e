// What the engine needs to know besides the object itself. Nothing here does I/O: callers look things up beforehand.
import type { StringMap } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';
import type { UserInfo } from '../model/subject.ts';
import type { Policy, PolicySet } from '../policy/policy.ts';
import type { ClusterFacts } from '../rules/cluster-facts.ts';
import { type Enforcement, qualifiedKind, type Workload } from '../workloads/workload.ts';
import type { Trace } from './trace.ts';

/** A question to authorisation: may this user or this service account use the class in the namespace? */
export interface UseRequest {
  readonly className: string;
  readonly namespace: string;
  /** Who sent the request. */
  readonly user: UserInfo;
  /** The service account the pod runs as. */
  readonly serviceAccount: string;
}

/** `unknown` where authorisation could not be asked; the class is not granted then. */
export type UseAnswer = 'allowed' | 'denied' | 'unknown';

/** A pod; `absent` where there is none of the name, `unknown` where nobody could tell in time. */
export type PodAnswer = { readonly pod: JsonObject } | 'absent' | 'unknown';

/** What is known about the cluster around an object, from a live watch or from files. */
export interface Surroundings {
  /** The labels of a namespace, or undefined where they are not known. Synchronous. */
  namespaceLabels(namespace: string): StringMap | undefined;
  /**
   * The annotations of a namespace, at least those that policies read; undefined where they are not known. Synchronous;
   * absent where none are known.
   */
  namespaceAnnotations?(namespace: string): StringMap | undefined;
  /** Whether the user or the service account may `use` a class there. Synchronous; absent where there is nothing to ask. */
  mayUse?(request: UseRequest): UseAnswer;
  /** The running pod that a connection is for, as it was looked up for the review. Synchronous; absent where there is nothing to ask. */
  pod?(namespace: string, name: string): PodAnswer;
  /** What rules may ask; absent where nothing is known. */
  readonly cluster?: ClusterFacts | undefined;
}

/** Policies, surroundings and settings: together with a subject, everything that a decision depends on. */
export interface Gate {
  readonly policies: PolicySet;
  readonly surroundings: Surroundings;
  /** The implementation to use, by class. Set by the operator, who knows the nodes; goes before what policies name. */
  readonly implementations?: ReadonlyMap<string, string> | undefined;
  /**
   * The moment of the review, in milliseconds since 1970, for exceptions that end. Where it is not given, they have
   * ended. See {@link atMoment}.
   */
  readonly now?: number | undefined;
  /** True where objects are judged as they are written: as if nothing had been filled in, and nothing would be. */
  readonly asWritten?: boolean;
  /** Told what the engine does; absent where nobody explains what it decides. */
  readonly trace?: Trace | undefined;
  /**
   * How strictly a kind is judged; usually {@link enforcementByRow}.
   * @param policy by this policy; without one, where no policy says anything of the kind
   */
  enforcement(workload: Workload, policy?: Policy): Enforcement;
}

/** The gate for a review at this moment; the same one where nothing in it depends on that. */
export function atMoment(gate: Gate, now: () => number): Gate {
  return gate.policies.needsMoment ? { ...gate, now: now() } : gate;
}

/** Judges each kind as strictly as the policy says, and otherwise as its row does. */
export function enforcementByRow(workload: Workload, policy?: Policy): Enforcement {
  return policy?.enforcement?.get(qualifiedKind(workload)) ?? workload.enforcement;
}
