// The live state of a cluster: what the engine is asked by, kept up to date for as long as the process runs.
import type { Prepare } from '../admission/prepare.ts';
import type { Gate } from '../engine/gate.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { KnownResources, OwnKind, References, ResourceName } from '../resources/kind.ts';
import type { Verdict } from '../resources/snapshot.ts';
import type { AuthorizationEvents } from './authorization/authorization.ts';
import type { LookupOutcome, StatusOutcome } from './outcomes.ts';
import type { WatchChange, WatchState } from './watch/watch-state.ts';
import type { Withdrawn } from './withdrawal.ts';

/** Told of what happens, for the log and the metrics. Nothing here may throw or take long. */
export interface ClusterEvents extends AuthorizationEvents {
  onWatch(change: WatchChange, state: WatchState): void;
  /** Another set of policies, or of classes, is in force. */
  onPolicies(policies: PolicySet): void;
  /** The verdict on an object of ours is new, or another than before. */
  onVerdict(kind: OwnKind, verdict: Verdict): void;
  /** A resource in force, of a file or of the cluster, refers to what is not there, such as a policy to a class. */
  onUnresolved(kind: OwnKind, resource: ResourceName, problem: string, references: References<unknown>): void;
  /** A policy fills in a RuntimeClass that does not exist. */
  onMissingRuntimeClass(policy: string, runtimeClass: string): void;
  onLookup(outcome: LookupOutcome, problem?: string): void;
  /** A pod was looked up that somebody connects to. */
  onPodLookup(outcome: LookupOutcome, problem?: string): void;
  /** The status of an object of ours was written, or not. */
  onStatus(outcome: StatusOutcome, kind: OwnKind, object: ResourceName, problem?: string): void;
  /** A bug of ours. */
  onFault(fault: unknown): void;
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
  /** Looks up what a review depends on and is not known yet: its namespace, and who may use what it asks for. */
  readonly prepare: Prepare;
  /** One for each watch; each holds from its first complete list on, whatever happens later. */
  readonly conditions: readonly ClusterCondition[];
  watches(): readonly WatchState[];
  /** How many objects of a kind are not in force as written. */
  refused(kind: OwnKind): number;
  /** What resources there are, of files and of the cluster. */
  known(): KnownResources;
  /** These kinds are not sent yet: the webhooks that send them are not registered. Said in the status of policies about them. */
  useAwaitedKinds(kinds: ReadonlySet<string>): void;
  /** Lists the policies again. True where they are taken in, or where the cluster has none. */
  confirmPolicies(): Promise<boolean>;
  /** Has what stays behind say so, where an uninstall is under way; undefined where none is ever announced. */
  readonly withdraw: (() => Promise<Withdrawn | undefined>) | undefined;
  /** Begins; to be called once. */
  start(events: ClusterEvents): void;
  stop(): void;
}
