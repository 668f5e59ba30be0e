// Alerts about what Sandgate knows of the cluster.
import { CLUSTER_METRICS, WATCH_METRICS } from '../../../src/observe/metrics/cluster-definitions.ts';
import { METRICS } from '../../../src/observe/metrics/definitions.ts';
import { type Alert, ours, threshold } from '../alert.ts';

export const CLUSTER_ALERTS: readonly Alert[] = [
  {
    name: 'SandgateReplicasDisagree',
    severity: 'warning',
    expr: `max(${ours(METRICS.policiesLoaded.name)}) != min(${ours(METRICS.policiesLoaded.name)})`,
    for: '15m',
    summary: 'Replicas of Sandgate have different numbers of policies in force',
    description:
      'A pod may be let in by one replica and refused by another. A replica has not seen a change, or has no earlier version of a policy that is broken now, since it started later.',
    todo: '`kubectl get isolationpolicies`: repair what is not accepted. Where all are, a watch of one replica is stale, or an upgrade has not ended: `kubectl rollout status`.',
  },
  {
    name: 'SandgateWatchStale',
    severity: 'warning',
    expr: `max by (resource, pod) (${ours(WATCH_METRICS.watchStaleness.name)} > ${threshold('watchStaleSeconds')} and ${ours(WATCH_METRICS.watchSynced.name)} == 1)`,
    for: '5m',
    summary: '{{ $labels.pod }} hears nothing of {{ $labels.resource }}',
    description:
      'The API server has told {{ $labels.pod }} nothing of {{ $labels.resource }} for {{ $value | humanizeDuration }}. It judges by what it knew then: changes of policies, classes or labels of namespaces have no effect.',
    todo: 'The log says `watch failing`, and why. The usual causes are rights that were taken away, and an API server that is overloaded or away.',
  },
  {
    name: 'SandgateWatchNotSynced',
    severity: 'warning',
    expr: `max by (resource, pod) (${ours(WATCH_METRICS.watchSynced.name)}) == 0`,
    for: '15m',
    summary: '{{ $labels.pod }} has never had a complete list of {{ $labels.resource }}',
    description:
      'It is not ready before it knows policies, namespaces and RuntimeClasses, or goes on without a kind whose definition the cluster does not have.',
    todo: 'The log says `watch failing` or `resource not installed`. A missing definition is installed by the chart (`crds.enabled`) or with `kubectl apply --server-side -f charts/sandgate/crds/`.',
  },
  {
    name: 'SandgateStatusNotWritten',
    severity: 'warning',
    expr: `sum(increase(${ours(CLUSTER_METRICS.policyStatusWrites.name, 'outcome="failed"')}[15m])) > 0`,
    for: '15m',
    summary: 'Sandgate cannot write the status of policies',
    description: 'What `kubectl get isolationpolicies` shows may be out of date. Reviews do not depend on it.',
    todo: 'The log names the object and the reason, such as `policy status not written`. The right is `patch` on `isolationpolicies/status` and those of the other kinds.',
  },
  {
    name: 'SandgateLookupsFailing',
    severity: 'warning',
    expr: [CLUSTER_METRICS.namespaceLookups, CLUSTER_METRICS.podLookups]
      .map(({ name }) => `sum(rate(${ours(name, 'outcome=~"failed|refused"')}[10m])) > 0`)
      .join(' or '),
    for: '10m',
    summary: 'Sandgate cannot look up namespaces or pods',
    description:
      'A review needed a namespace that the watch did not have yet, or the pod that somebody connects to, and the API server did not tell. Where a policy depends on it, the request is refused.',
    todo: 'The log says `namespace not looked up` or `pod not looked up`, and why.',
  },
  {
    name: 'SandgateAuthorizationFailing',
    severity: 'warning',
    expr: `sum(rate(${ours(CLUSTER_METRICS.authorizationRequests.name, 'outcome="failed"')}[10m])) > 0`,
    for: '10m',
    summary: 'Sandgate cannot ask who may use a capability class',
    description:
      'A SubjectAccessReview that fails counts as no: pods that ask for a class with authorization are refused.',
    todo: 'The log says `authorization failing`, and why. The right is `create` on `subjectaccessreviews`.',
  },
];
