// A cluster as sandgate follows it, made of the fake API server, with everything that is told.
import { onTestFinished } from 'vitest';
import type { ClusterEvents } from '../../src/cluster/cluster.ts';
import { LiveCluster } from '../../src/cluster/live-cluster.ts';
import type { LookupOutcome, StatusOutcome } from '../../src/cluster/outcomes.ts';
import type { StatusTiming } from '../../src/cluster/status-writer.ts';
import type { WatchTiming } from '../../src/cluster/watch/list-watch.ts';
import type { WatchChange } from '../../src/cluster/watch/watch-state.ts';
import type { UninstallNotice } from '../../src/cluster/withdrawal.ts';
import { enforcementByRow } from '../../src/engine/gate.ts';
import type { PolicySet } from '../../src/policy/policy.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { CAPABILITY_CLASS } from '../../src/resources/capability-class/index.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import type { Verdict } from '../../src/resources/snapshot.ts';
import { gateOf } from '../support/gate.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { QUICK } from './watched.ts';

export interface Followed {
  readonly api: FakeApiServer;
  readonly cluster: LiveCluster;
  readonly watches: readonly (readonly [string, WatchChange])[];
  /** How many policies there were in each set that came into force. */
  readonly sets: readonly PolicySet[];
  readonly verdicts: readonly Verdict[];
  readonly classVerdicts: readonly Verdict[];
  readonly missing: readonly (readonly [string, string])[];
  /** What was said of policies that list classes which are not there. */
  readonly missingClasses: readonly (readonly [string, string])[];
  readonly lookups: readonly LookupOutcome[];
  readonly statuses: readonly StatusOutcome[];
  /** Whose status was written, as `policy/agents`. */
  readonly written: readonly string[];
  readonly faults: readonly unknown[];
  readonly start: () => void;
  /** True once every condition holds. */
  readonly isReady: () => boolean;
  /** The names of the policies in force, in order. */
  readonly names: () => readonly string[];
}

export interface FollowOptions {
  /** The YAML of policies in files. */
  readonly files?: readonly string[];
  readonly timing?: Partial<WatchTiming>;
  readonly statusTiming?: Partial<StatusTiming>;
  readonly api?: FakeApiServer;
  /** By which an uninstall is announced. */
  readonly uninstallNotice?: UninstallNotice;
}

/** Does not start by itself. */
export async function followed(options: FollowOptions = {}): Promise<Followed> {
  const { files = [], timing = {}, statusTiming, api, uninstallNotice } = options;
  const server = api ?? (await FakeApiServer.start());
  const watches: (readonly [string, WatchChange])[] = [];
  const sets: PolicySet[] = [];
  const verdicts: Verdict[] = [];
  const classVerdicts: Verdict[] = [];
  const missing: (readonly [string, string])[] = [];
  const missingClasses: (readonly [string, string])[] = [];
  const lookups: LookupOutcome[] = [];
  const statuses: StatusOutcome[] = [];
  const written: string[] = [];
  const faults: unknown[] = [];
  const events: ClusterEvents = {
    onWatch: (change, { resource }) => void watches.push([resource, change]),
    onPolicies: (policies) => void sets.push(policies),
    onVerdict: (kind, verdict) => void (kind === CAPABILITY_CLASS ? classVerdicts : verdicts).push(verdict),
    onUnresolved: (_, { name }, problem) => void missingClasses.push([name, problem]),
    onMissingRuntimeClass: (...told) => void missing.push(told),
    onLookup: (outcome) => void lookups.push(outcome),
    onPodLookup: (outcome) => void lookups.push(outcome),
    onStatus(outcome, kind, { name }) {
      statuses.push(outcome);
      if (outcome === 'written') written.push(`${kind.noun}/${name}`);
    },
    onAsked: () => {},
    onKnown: () => {},
    onFault: (fault) => void faults.push(fault),
  };
  const cluster = new LiveCluster({
    client: server.client(),
    staticPolicies: files.length === 0 ? createPolicySet([]) : gateOf(files).policies,
    kinds: [ISOLATION_POLICY, CAPABILITY_CLASS],
    enforcement: enforcementByRow,
    uninstallNotice,
    timing: { ...QUICK, ...timing },
    statusTiming: { spreadMs: 50, againMs: 100, ...statusTiming },
  });
  onTestFinished(() => cluster.stop());
  return {
    api: server,
    cluster,
    watches,
    sets,
    verdicts,
    classVerdicts,
    missing,
    missingClasses,
    lookups,
    statuses,
    written,
    faults,
    start: () => cluster.start(events),
    isReady: () => cluster.conditions.every((condition) => condition.problem() === undefined),
    names: () => cluster.gate().policies.policies.map((policy) => policy.name),
  };
}
