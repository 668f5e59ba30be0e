// The series that an expression of ours may ask for, each with its labels: our own metrics, and the few of others that say
// something of us.
import { ALL_CLUSTER_METRICS } from '../../src/observe/metrics/cluster-definitions.ts';
import { METRICS, type MetricDefinition } from '../../src/observe/metrics/definitions.ts';

/** What the Prometheus operator adds to each series of a target. */
const TARGET_LABELS = ['namespace', 'pod', 'job', 'instance', 'container', 'endpoint', 'service'];

/**
 * Of the API server: https://kubernetes.io/docs/reference/instrumentation/metrics/. A cluster test finds each in what a real one serves.
 */
export const API_SERVER_METRICS = {
  /** error_type is no_error for a verdict; for all else the request was refused since nobody gave one. */
  rejections: {
    name: 'apiserver_admission_webhook_rejection_count',
    labels: ['name', 'type', 'operation', 'error_type', 'rejection_code'],
  },
  failedOpen: { name: 'apiserver_admission_webhook_fail_open_count', labels: ['name', 'type'] },
  seconds: {
    name: 'apiserver_admission_webhook_admission_duration_seconds',
    labels: ['name', 'type', 'operation', 'rejected'],
  },
} as const;

/** Of the process, from prom-client. A test finds each in what the server serves. */
export const PROCESS_METRICS = {
  cpu: { name: 'process_cpu_seconds_total', labels: [] },
  memory: { name: 'process_resident_memory_bytes', labels: [] },
  heap: { name: 'nodejs_heap_size_used_bytes', labels: [] },
  collecting: { name: 'nodejs_gc_duration_seconds', labels: ['kind'] },
} as const;

const HISTOGRAMS_OF_OTHERS: readonly string[] = [API_SERVER_METRICS.seconds.name, PROCESS_METRICS.collecting.name];

/** Every definition of ours. */
export const OWN_METRICS: readonly MetricDefinition[] = [...Object.values(METRICS), ...ALL_CLUSTER_METRICS];

/** The labels of every series, by its name. */
export function knownSeries(): ReadonlyMap<string, ReadonlySet<string>> {
  const own = OWN_METRICS.map(({ name, labels, type }) => ({ name, labels, isHistogram: type === 'histogram' }));
  const others = [...Object.values(API_SERVER_METRICS), ...Object.values(PROCESS_METRICS)].map(({ name, labels }) => ({
    name,
    labels,
    isHistogram: HISTOGRAMS_OF_OTHERS.includes(name),
  }));
  const known = new Map<string, ReadonlySet<string>>();
  for (const { name, labels, isHistogram } of [...own, ...others]) {
    const all = [...labels, ...TARGET_LABELS];
    if (!isHistogram) known.set(name, new Set(all));
    else {
      known.set(`${name}_bucket`, new Set([...all, 'le']));
      for (const part of ['_sum', '_count']) known.set(`${name}${part}`, new Set(all));
    }
  }
  return known;
}
