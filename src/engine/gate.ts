// What the engine needs to know beside the object itself. No part of it does I/O: it is looked up before, or held.
import type { StringMap } from '../kubernetes/pod.ts';
import type { UserInfo } from '../model/subject.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Enforcement, Workload } from '../workloads/workload.ts';

/** Somebody who would use a class, in a namespace. */
export interface UseRequest {
  readonly className: string;
  readonly namespace: string;
  /** Who sent the request. */
  readonly user: UserInfo;
  /** The service account the pod runs as. */
  readonly serviceAccount: string;
}

/** `unknown` where nobody could tell, which counts as no. */
export type UseAnswer = 'allowed' | 'denied' | 'unknown';

/** What is known about the cluster around an object, from a live watch or from files. */
export interface Surroundings {
  /** The labels of a namespace, or undefined where it is not known. Must answer at once. */
  namespaceLabels(namespace: string): StringMap | undefined;
  /** Whether the user or the service account may `use` a class there. Must answer at once; absent where nobody can tell. */
  mayUse?(request: UseRequest): UseAnswer;
}

/** Policies, surroundings and settings: with a subject, all that a decision depends on. */
export interface Gate {
  readonly policies: PolicySet;
  readonly surroundings: Surroundings;
  /** By class: the implementation to use, whatever policies say; for an operator who knows the nodes. */
  readonly implementations?: ReadonlyMap<string, string> | undefined;
  /** True where objects are judged as they are written: nothing is taken to have been filled in, or to be yet. */
  readonly asWritten?: boolean;
  /** How strictly a kind is judged; usually the row's own word. */
  enforcement(workload: Workload): Enforcement;
}

/** Each kind as its row in the registry says. */
export function enforcementByRow(workload: Workload): Enforcement {
  return workload.enforcement;
}
