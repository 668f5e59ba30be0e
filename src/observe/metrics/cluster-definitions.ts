// The metrics that are there where a cluster is followed. docs/metrics.md has them beside the others.
import { OWN_KINDS } from '../../resources/index.ts';
import type { OwnKind } from '../../resources/kind.ts';
import { andWords } from '../../resources/words.ts';
import type { MetricDefinition } from './definitions.ts';

/** In seconds. An API server answers such a question in a millisecond or two; after one second no review waits any more. */
const AUTHORIZATION_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** Of each watch. */
export const WATCH_METRICS = {
  watchSynced: {
    name: 'sandgate_watch_synced',
    type: 'gauge',
    labels: ['resource'],
    help: '1 from the first complete list of a resource of the cluster on.',
  },
  watchStaleness: {
    name: 'sandgate_watch_staleness_seconds',
    type: 'gauge',
    labels: ['resource'],
    help: 'How long ago the API server last told something of a resource, if only that nothing changed: about a minute at most while all is well. Counts from the start where it never has.',
  },
  watchedObjects: {
    name: 'sandgate_watched_objects',
    type: 'gauge',
    labels: ['resource'],
    help: 'Objects known.',
  },
  watchLists: {
    name: 'sandgate_watch_lists_total',
    type: 'counter',
    labels: ['resource'],
    help: 'Complete lists of a resource. More than a few an hour mean that watches do not last.',
  },
  watchConnections: {
    name: 'sandgate_watch_connections_total',
    type: 'counter',
    labels: ['resource'],
    help: 'Watch requests that the API server accepted: about one a minute while all is well.',
  },
  watchFailures: {
    name: 'sandgate_watch_failures_total',
    type: 'counter',
    labels: ['resource'],
    help: 'Lists and watches that were refused, broke off or came to nothing.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Of what else is asked of a cluster, or written to it. */
export const CLUSTER_METRICS = {
  policyStatusWrites: {
    name: 'sandgate_policy_status_writes_total',
    type: 'counter',
    labels: ['outcome'],
    help: `Writes to the status of ${andWords(OWN_KINDS.map(({ kinds }) => kinds))}: written, conflict where another replica was faster, or failed.`,
  },
  namespaceLookups: {
    name: 'sandgate_namespace_lookups_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Namespaces asked for because the watch did not have them yet: found, absent, failed, or refused where too many reviews were waiting already.',
  },
  podLookups: {
    name: 'sandgate_pod_lookups_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Pods asked for because somebody wants to connect to one, and a policy has a say in that: found, absent, failed, or refused where too many were being asked for. All but found refuse the connection.',
  },
  authorizationRequests: {
    name: 'sandgate_authorization_requests_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'SubjectAccessReviews: whether a user or a service account may use a capability class. outcome: allowed, denied, or failed, which counts as no.',
  },
  authorizationCacheHits: {
    name: 'sandgate_authorization_cache_hits_total',
    type: 'counter',
    labels: [],
    help: 'Such questions that did not have to be sent: the answer was there, or on its way.',
  },
  authorizationSeconds: {
    name: 'sandgate_authorization_request_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time of each SubjectAccessReview, with the time it stood in line.',
    buckets: AUTHORIZATION_SECONDS,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** There where the server registers its webhooks itself. */
export const WEBHOOKS_REGISTERED: MetricDefinition = {
  name: 'sandgate_webhooks_registered',
  type: 'gauge',
  labels: [],
  help: '1 where the webhooks are registered with the API server, 0 where nothing is judged since they are not. Only where the server registers them itself.',
};

/** There where events are written about what is refused. */
export const DENIAL_EVENTS: MetricDefinition = {
  name: 'sandgate_denial_events_total',
  type: 'counter',
  labels: ['outcome'],
  help: 'Refusals by what became of the events about them: told, dropped where there were too many, or failed. Only with --denial-events. Dry runs and what belongs to no namespace are not among them.',
};

/** How many objects of a kind are not in force: `sandgate_capability_classes_refused`. */
export function refusedMetric({ kinds, title }: OwnKind): MetricDefinition {
  return {
    name: `sandgate_${title.replaceAll(' ', '_')}_refused`,
    type: 'gauge',
    labels: [],
    help: `${kinds} of the cluster that are not in force as written. The log and their status say why.`,
  };
}

/** All of them, in the order of the docs. */
export const ALL_CLUSTER_METRICS: readonly MetricDefinition[] = [
  ...Object.values(WATCH_METRICS),
  ...OWN_KINDS.map(refusedMetric),
  ...Object.values(CLUSTER_METRICS),
  WEBHOOKS_REGISTERED,
  DENIAL_EVENTS,
];
