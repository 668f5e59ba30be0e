// What happens to the live state of a cluster, for the log and the metrics: a line for each change, however often it is
// tried again meanwhile.
import type { Cluster, ClusterEvents } from '../../cluster/cluster.ts';
import { LOOKUP_OUTCOMES, STATUS_OUTCOMES } from '../../cluster/outcomes.ts';
import type { Log } from '../../observe/log.ts';
import { clusterCounts } from '../../observe/metrics/cluster-counts.ts';
import { logFault } from '../review/faults.ts';
import { authorizationEvents } from './authorization-telemetry.ts';
import type { Telemetry } from './telemetry.ts';

/** What to start a cluster with. */
export function clusterEvents(cluster: Cluster, log: Log, telemetry: Telemetry): ClusterEvents {
  const counts =
    telemetry.metrics &&
    clusterCounts(telemetry.metrics.registry, {
      watches: () => cluster.watches(),
      refusedPolicies: () => cluster.refusedPolicies(),
      refusedClasses: () => cluster.refusedClasses(),
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
      log.info({ policies: policies.policies.length, classes: policies.classes.size }, 'policies changed');
      telemetry.policiesLoaded(policies);
    },
    onVerdict({ name, accepted, reason, message, observedGeneration }) {
      const line = { policy: name, generation: observedGeneration };
      if (accepted) {
        log.info(line, 'policy accepted');
        return;
      }
      log.warn({ ...line, reason, problem: message }, 'policy not accepted');
      telemetry.policyReloadFailed();
    },
    onClassVerdict({ name, accepted, reason, message, observedGeneration }) {
      const line = { class: name, generation: observedGeneration };
      if (accepted) {
        log.info(line, 'class accepted');
        return;
      }
      log.warn({ ...line, reason, problem: message }, 'class not accepted');
      telemetry.policyReloadFailed();
    },
    onMissingClass: (policy, problem) => log.warn({ policy, problem }, 'capability class not found'),
    onMissingRuntimeClass: (policy, runtimeClass) => log.warn({ policy, runtimeClass }, 'runtime class not found'),
    onLookup(outcome, problem) {
      counts?.lookedUp(outcome);
      if (outcome === 'failed' && !lookupsFail) log.warn({ problem }, 'namespace not looked up');
      if (outcome !== 'refused') lookupsFail = outcome === 'failed';
    },
    onStatus(outcome, { kind, name }, problem) {
      counts?.wroteStatus(outcome);
      const key = `${kind}/${name}`;
      if (outcome !== 'failed') {
        unwritten.delete(key);
        return;
      }
      if (unwritten.has(key)) return;
      unwritten.add(key);
      if (kind === 'policy') log.warn({ policy: name, problem }, 'policy status not written');
      else log.warn({ class: name, problem }, 'class status not written');
    },
    onFault(fault) {
      logFault(log, fault, 'failed to take in what the cluster holds');
      telemetry.observer.failed();
    },
  };
}
