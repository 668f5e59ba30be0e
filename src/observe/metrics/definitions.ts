// Every metric of ours: what it is called and what it says. docs/metrics.md is made from this table.

/** What a metric is called and what it says. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** One sentence. */
  readonly help: string;
  /** The upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** In seconds. The API server's own buckets start at 5 ms, ten times as long as a webhook should take. */
const REVIEW_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** In seconds. A part of a review takes microseconds. */
const PHASE_SECONDS = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1];
const PATCH_BYTES = [0, 256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536, 262_144, 1_048_576];

/** All metrics but those of a cluster. */
export const METRICS = {
  reviews: {
    name: 'sandgate_reviews_total',
    type: 'counter',
    labels: ['webhook', 'operation', 'kind', 'decision'],
    help: 'Reviews answered. decision: allowed, denied, skipped, or failed where a bug of ours kept us from deciding.',
  },
  findings: {
    name: 'sandgate_findings_total',
    type: 'counter',
    labels: ['policy', 'check', 'action'],
    help: 'Violations found while validating. Those that belong to no policy have an empty policy.',
  },
  exceptedFindings: {
    name: 'sandgate_excepted_findings_total',
    type: 'counter',
    labels: ['policy', 'check', 'exception'],
    help: 'Violations found while validating that an exception lets in: NAMESPACE/NAME of an IsolationException, empty for one of the policy itself. They are among the findings with the action Audit.',
  },
  injections: {
    name: 'sandgate_injections_total',
    type: 'counter',
    labels: ['injection', 'outcome', 'skip_reason'],
    help: 'Fields filled in (outcome applied), or left for a reason (outcome skipped).',
  },
  podSecurityEvaluations: {
    name: 'pod_security_evaluations_total',
    type: 'counter',
    labels: ['decision', 'policy_level', 'policy_version', 'mode', 'request_operation', 'resource', 'subresource'],
    help: 'Number of policy evaluations that occurred, not counting ignored or exempt requests.',
  },
  podSecurityExemptions: {
    name: 'pod_security_exemptions_total',
    type: 'counter',
    labels: ['request_operation', 'resource', 'subresource'],
    help: 'Number of exempt requests, not counting ignored or out of scope requests.',
  },
  podSecurityErrors: {
    name: 'pod_security_errors_total',
    type: 'counter',
    labels: ['fatal', 'request_operation', 'resource', 'subresource'],
    help: 'Number of errors preventing normal evaluation. Non-fatal errors may result in the latest restricted profile being used for evaluation.',
  },
  reviewSeconds: {
    name: 'sandgate_review_duration_seconds',
    type: 'histogram',
    labels: ['webhook'],
    help: 'Time from a whole request to its answer.',
    buckets: REVIEW_SECONDS,
  },
  phaseSeconds: {
    name: 'sandgate_review_phase_duration_seconds',
    type: 'histogram',
    labels: ['phase'],
    help: 'Time of each part of a review.',
    buckets: PHASE_SECONDS,
  },
  patchBytes: {
    name: 'sandgate_patch_bytes',
    type: 'histogram',
    labels: [],
    help: 'Length of the JSON patch of each mutation, before base64; 0 where nothing was missing.',
    buckets: PATCH_BYTES,
  },
  inFlight: {
    name: 'sandgate_reviews_in_flight',
    type: 'gauge',
    labels: [],
    help: 'Requests to a webhook whose body is arriving, or that wait for something to be looked up; all else is a matter of microseconds.',
  },
  shed: {
    name: 'sandgate_reviews_shed_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Requests turned away unread, to be treated by failurePolicy: there were too many requests or bytes arriving, our answer would have come too late (delay), they arrived too slowly while others waited (slow), or what the cluster holds was not known yet (starting).',
  },
  badRequests: {
    name: 'sandgate_bad_requests_total',
    type: 'counter',
    labels: [],
    help: 'Requests to a webhook that were not an AdmissionReview that can be read, and were answered with a 4xx.',
  },
  faults: {
    name: 'sandgate_faults_total',
    type: 'counter',
    labels: [],
    help: 'Bugs of ours: reviews answered without a decision, and requests answered with a 5xx. Each is in the log.',
  },
  policiesLoaded: {
    name: 'sandgate_policies_loaded',
    type: 'gauge',
    labels: [],
    help: 'Policies in force.',
  },
  policyGeneration: {
    name: 'sandgate_policy_generation',
    type: 'gauge',
    labels: [],
    help: 'How many times a set of policies was put in force since the start.',
  },
  policyReloadFailures: {
    name: 'sandgate_policy_reload_failures_total',
    type: 'counter',
    labels: [],
    help: 'Reloads of policies that failed and left the former set in force.',
  },
  certificateExpiry: {
    name: 'sandgate_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the serving certificate expires, in seconds since 1970; 0 while there is none.',
  },
  certificateReloadFailures: {
    name: 'sandgate_certificate_reload_failures_total',
    type: 'counter',
    labels: [],
    help: 'Reloads of the certificate that failed and left the former one in use.',
  },
  eventLoopLag: {
    name: 'sandgate_event_loop_lag_seconds',
    type: 'gauge',
    labels: [],
    help: 'How long the event loop was kept busy at the worst, and everything else had to wait, since the last scrape. A single pause of less than a second can go unseen.',
  },
  buildInfo: {
    name: 'sandgate_build_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1; the labels say what is running.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** There where reviews are traced. */
export const TRACED_REVIEWS: MetricDefinition = {
  name: 'sandgate_traced_reviews_total',
  type: 'counter',
  labels: ['outcome'],
  help: 'Reviews that were recorded for traces, by what became of their spans: exported, dropped where too many waited for the collector, or failed. Only with --traces.',
};
