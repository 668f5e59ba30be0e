// The live state of a cluster: what the engine is asked by, kept up to date for as long as the process runs.
import type { Prepare } from '../admission/prepare.ts';
import type { Gate } from '../engine/gate.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { ClassCatalog } from '../resources/isolation-policy/listed-classes.ts';
import type { PolicyVerdict } from '../resources/snapshot.ts';
import type { AuthorizationEvents } from './authorization/authorization.ts';
import type { LookupOutcome, StatusOutcome } from './outcomes.ts';
import type { WatchChange, WatchState } from './watch/watch-state.ts';

/** Told of what happens, for the log and the metrics. Nothing here may throw or take long. */
export interface ClusterEvents extends AuthorizationEvents {
  onWatch(change: WatchChange, state: WatchState): void;
  /** Another set of policies, or of classes, is in force. */
  onPolicies(policies: PolicySet): void;
  /** The verdict on an IsolationPolicy is new, or another than before. */
  onVerdict(verdict: PolicyVerdict): void;
  /** The same for a CapabilityClass. */
  onClassVerdict(verdict: PolicyVerdict): void;
  /** A policy lists a class that is not there, or an implementation that it does not have. */
  onMissingClass(policy: string, problem: string): void;
  /** A policy fills in a RuntimeClass that does not exist. */
  onMissingRuntimeClass(policy: string, runtimeClass: string): void;
  onLookup(outcome: LookupOutcome, problem?: string): void;
  onStatus(outcome: StatusOutcome, object: StatusObject, problem?: string): void;
  /** A bug of ours. */
  onFault(fault: unknown): void;
}

/** Whose status was written, or not. */
export interface StatusObject {
  readonly kind: 'policy' | 'class';
  readonly name: string;
}

/** Something that has to be known before reviews can be answered: in words what is not; undefined once it is. */
export interface ClusterCondition {
  readonly name: string;
  readonly problem: () => string | undefined;
}

export interface Cluster {
  /** The address of its API server. */
  readonly server: string;
  /** The gate of the moment: files and objects together. */
  gate(): Gate;
  /** Looks up what a review depends on and nobody knows yet: its namespace, and who may use what it asks for. */
  readonly prepare: Prepare;
  /** One for each watch; each holds from its first complete list on, whatever happens later. */
  readonly conditions: readonly ClusterCondition[];
  watches(): readonly WatchState[];
  /** How many objects of the cluster are policies that are not in force as written. */
  refusedPolicies(): number;
  /** The same of classes. */
  refusedClasses(): number;
  /** Which classes there are, of files and of the cluster; undefined while nobody knows. */
  catalog(): ClassCatalog | undefined;
  /** Begins; to be called once. */
  start(events: ClusterEvents): void;
  stop(): void;
}
