// What happens to the live state of a cluster, for the log and the metrics: one line for each change, however many attempts
// there are in between.
import type { Cluster, ClusterEvents } from '../../cluster/cluster.ts';
import { LOOKUP_OUTCOMES, STATUS_OUTCOMES } from '../../cluster/outcomes.ts';
import type { Log } from '../../observe/log.ts';
import { clusterCounts } from '../../observe/metrics/cluster-counts.ts';
import { nameField, ownKindMessages } from '../../observe/own-kind-log-lines.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { keyOf, type OwnKind, type ResourceName } from '../../resources/kind.ts';
import { logFault } from '../review/faults.ts';
import { authorizationEvents } from './authorization-telemetry.ts';
import type { Telemetry } from './telemetry.ts';

/** What to start a cluster with: listeners that write to this log and count in these metrics. */
export function clusterEvents(
  cluster: Cluster,
  log: Log,
  telemetry: Telemetry,
  onPolicies: (policies: PolicySet) => void = () => {},
): ClusterEvents {
  const counts =
    telemetry.metrics &&
    clusterCounts(telemetry.metrics.registry, {
      watches: () => cluster.watches(),
      refused: (kind) => cluster.refused(kind),
      lookupOutcomes: LOOKUP_OUTCOMES,
      statusOutcomes: STATUS_OUTCOMES,
    });
  const unwritten = new Set<string>();
  let lookupsFail = false;

  return {
    ...authorizationEvents(log, telemetry.metrics?.registry),
    onWatch(change, { resource, objects, problem }) {
      if (change === 'synced') log.info({ resource, objects }, 'watch synced');
      else if (change === 'recovered') log.info({ resource, objects }, 'watch recovered');
      else if (change === 'absent') log.warn({ resource, problem }, 'resource not installed');
      else log.warn({ resource, problem }, 'watch failing');
    },
    onPolicies(policies) {
      const { classes, exceptions } = policies;
      const line = { policies: policies.policies.length, classes: classes.size, exceptions: exceptions.all.length };
      log.info(line, 'policies changed');
      telemetry.policiesLoaded(policies);
      onPolicies(policies);
    },
    onVerdict(kind, verdict) {
      const { accepted, reason, message, observedGeneration } = verdict;
      const messages = ownKindMessages(kind);
      const line = { ...namesOf(kind, verdict), generation: observedGeneration };
      if (accepted) {
        log.info(line, messages.accepted);
        return;
      }
      log.warn({ ...line, reason, problem: message }, messages.refused);
      // What it names is missing: its newest version was taken in all the same.
      if (reason !== 'WithoutEffect') telemetry.policyReloadFailed();
    },
    onUnresolved(kind, resource, problem, { logMessage }) {
      log.warn({ ...namesOf(kind, resource), problem }, logMessage);
    },
    onMissingRuntimeClass: (policy, runtimeClass) => log.warn({ policy, runtimeClass }, 'runtime class not found'),
    onLookup(outcome, problem) {
      counts?.lookedUp(outcome);
      if (outcome === 'failed' && !lookupsFail) log.warn({ problem }, 'namespace not looked up');
      if (outcome !== 'refused') lookupsFail = outcome === 'failed';
    },
    onPodLookup(outcome, problem) {
      counts?.lookedUpPod(outcome);
      if (outcome === 'failed') log.warn({ problem }, 'pod not looked up');
    },
    onStatus(outcome, kind, object, problem) {
      counts?.wroteStatus(outcome);
      const key = `${kind.kind}/${keyOf(object)}`;
      if (outcome !== 'failed') {
        unwritten.delete(key);
        return;
      }
      if (unwritten.has(key)) return;
      unwritten.add(key);
      log.warn({ ...namesOf(kind, object), problem }, ownKindMessages(kind).statusNotWritten);
    },
    onFault(fault) {
      logFault(log, fault, 'failed to take in what the cluster holds');
      telemetry.observer.failed();
    },
  };
}

/** The fields that say which object a line is about: its name under the noun of its kind. */
function namesOf(kind: OwnKind, { name, namespace }: ResourceName): Readonly<Record<string, string>> {
  return { [nameField(kind)]: name, ...(namespace !== undefined && { namespace }) };
}
