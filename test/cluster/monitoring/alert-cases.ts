// Of each alert: what Prometheus sees when it has to fire, and what it sees when it must not. Values are a minute apart, in
// promtool's notation: 0+1x30 counts up to 30.

/** By the name of a series without the labels of our targets: its other labels, and its values. */
export type Input = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  readonly fires: {
    readonly input: Input;
    /** When it is looked. */
    readonly at: string;
    /** Those of the alert, beside its name and severity. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Its value, as its texts show it. */
    readonly value?: string;
  };
  readonly quiet: readonly { readonly why: string; readonly input: Input; readonly at: string }[];
}

const POD_A = 'namespace="sandgate",pod="a"';
const POD_B = 'namespace="sandgate",pod="b"';
const ELSEWHERE = 'namespace="other",pod="a"';
const WEBHOOK = 'name="workloads.validate.sandgate.dev",type="validating"';

const AVAILABILITY: readonly AlertCase[] = [
  {
    alert: 'SandgateDown',
    fires: {
      input: { [`sandgate_build_info{${ELSEWHERE}}`]: '1x30' },
      at: '6m',
      labels: { namespace: 'sandgate' },
    },
    quiet: [
      { why: 'one replica is left', input: { [`sandgate_build_info{${POD_A}}`]: '1x30' }, at: '20m' },
      { why: 'it has not lasted yet', input: { [`sandgate_build_info{${ELSEWHERE}}`]: '1x30' }, at: '4m' },
    ],
  },
  {
    alert: 'SandgateWebhooksNotRegistered',
    fires: {
      input: {
        [`sandgate_webhooks_registered{${POD_A}}`]: '0x30',
        [`sandgate_webhooks_registered{${POD_B}}`]: '0x30',
      },
      at: '11m',
    },
    quiet: [
      {
        why: 'a new replica has not looked yet',
        input: {
          [`sandgate_webhooks_registered{${POD_A}}`]: '1x30',
          [`sandgate_webhooks_registered{${POD_B}}`]: '0x30',
        },
        at: '20m',
      },
      { why: 'the chart registers them', input: { [`sandgate_build_info{${POD_A}}`]: '1x30' }, at: '20m' },
    ],
  },
  {
    alert: 'SandgateCallsFailing',
    fires: {
      input: {
        [`apiserver_admission_webhook_rejection_count{${WEBHOOK},error_type="calling_webhook_error"}`]: '0+1x30',
      },
      at: '11m',
      labels: { name: 'workloads.validate.sandgate.dev' },
    },
    quiet: [
      {
        why: 'a verdict is not a failure',
        input: { [`apiserver_admission_webhook_rejection_count{${WEBHOOK},error_type="no_error"}`]: '0+9x30' },
        at: '20m',
      },
      {
        why: 'it is the webhook of somebody else',
        input: {
          'apiserver_admission_webhook_rejection_count{name="validate.kyverno.svc",error_type="calling_webhook_error"}':
            '0+9x30',
        },
        at: '20m',
      },
    ],
  },
  {
    alert: 'SandgateCallsSkipped',
    fires: {
      input: { [`apiserver_admission_webhook_fail_open_count{${WEBHOOK}}`]: '0+1x30' },
      at: '16m',
      labels: { name: 'workloads.validate.sandgate.dev' },
    },
    quiet: [
      {
        why: 'it happened once, long ago',
        input: { [`apiserver_admission_webhook_fail_open_count{${WEBHOOK}}`]: '0 7x30' },
        at: '25m',
      },
    ],
  },
];

/** Seconds from the start of the test, which is when the clock of promtool begins. */
const DAY = 86_400;
const EXPIRY = 'sandgate_certificate_expiry_timestamp_seconds';

const CERTIFICATES: readonly AlertCase[] = [
  {
    alert: 'SandgateCertificateExpiring',
    fires: {
      input: { [`${EXPIRY}{${POD_A}}`]: `${10 * DAY}x30`, [`${EXPIRY}{${POD_B}}`]: `${90 * DAY}x30` },
      at: '20m',
      value: '9d 23h 40m 0s',
    },
    quiet: [
      { why: 'there is time', input: { [`${EXPIRY}{${POD_A}}`]: `${20 * DAY}x30` }, at: '20m' },
      { why: 'there is no certificate yet', input: { [`${EXPIRY}{${POD_A}}`]: '0x30' }, at: '20m' },
    ],
  },
  {
    alert: 'SandgateCertificateNotReloaded',
    fires: { input: { [`sandgate_certificate_reload_failures_total{${POD_A}}`]: '0x5 1x30' }, at: '10m' },
    quiet: [
      {
        why: 'it happened long ago',
        input: { [`sandgate_certificate_reload_failures_total{${POD_A}}`]: '1x120' },
        at: '90m',
      },
    ],
  },
];

const SECONDS = 'sandgate_review_duration_seconds_bucket';
const REVIEWS = 'sandgate_reviews_total';

const REVIEW: readonly AlertCase[] = [
  {
    alert: 'SandgateFaults',
    fires: { input: { [`sandgate_faults_total{${POD_A}}`]: '0x5 1x30' }, at: '8m' },
    quiet: [
      { why: 'it happened long ago', input: { [`sandgate_faults_total{${POD_A}}`]: '3x60' }, at: '40m' },
      { why: 'it is another release', input: { [`sandgate_faults_total{${ELSEWHERE}}`]: '0+1x60' }, at: '40m' },
    ],
  },
  {
    alert: 'SandgateRequestsShed',
    fires: {
      input: { [`sandgate_reviews_shed_total{${POD_A},reason="delay"}`]: '0+5x30' },
      at: '11m',
      labels: { reason: 'delay' },
    },
    quiet: [
      {
        why: 'a replica that starts is not overloaded',
        input: { [`sandgate_reviews_shed_total{${POD_A},reason="starting"}`]: '0+5x30' },
        at: '20m',
      },
    ],
  },
  {
    alert: 'SandgateReviewsSlow',
    fires: {
      input: {
        [`${SECONDS}{${POD_A},webhook="validate",le="0.5"}`]: '0x40',
        [`${SECONDS}{${POD_A},webhook="validate",le="1"}`]: '0+10x40',
        [`${SECONDS}{${POD_A},webhook="validate",le="+Inf"}`]: '0+10x40',
      },
      at: '25m',
      labels: { webhook: 'validate' },
      value: '995ms',
    },
    quiet: [
      {
        why: 'reviews are fast',
        input: {
          [`${SECONDS}{${POD_A},webhook="validate",le="0.005"}`]: '0+10x40',
          [`${SECONDS}{${POD_A},webhook="validate",le="+Inf"}`]: '0+10x40',
        },
        at: '25m',
      },
      {
        why: 'nothing is reviewed',
        input: { [`${SECONDS}{${POD_A},webhook="validate",le="+Inf"}`]: '0x40' },
        at: '25m',
      },
    ],
  },
  {
    alert: 'SandgateManyRefusals',
    fires: {
      input: {
        [`${REVIEWS}{${POD_A},webhook="validate",decision="denied"}`]: '0+6x60',
        [`${REVIEWS}{${POD_A},webhook="validate",decision="allowed"}`]: '0+2x60',
        [`${REVIEWS}{${POD_A},webhook="validate",decision="skipped"}`]: '0+100x60',
        [`${REVIEWS}{${POD_A},webhook="mutate",decision="allowed"}`]: '0+8x60',
      },
      at: '40m',
      value: '75',
    },
    quiet: [
      {
        why: 'a quarter is refused',
        input: {
          [`${REVIEWS}{${POD_A},webhook="validate",decision="denied"}`]: '0+2x60',
          [`${REVIEWS}{${POD_A},webhook="validate",decision="allowed"}`]: '0+6x60',
        },
        at: '40m',
      },
    ],
  },
];

/** The gauges of what is not accepted, each with the alert about it. */
const ACCEPTANCE: readonly AlertCase[] = [
  ['SandgateIsolationPoliciesNotAccepted', 'sandgate_policies_refused'],
  ['SandgateCapabilityClassesNotAccepted', 'sandgate_capability_classes_refused'],
  ['SandgateIsolationExceptionsNotAccepted', 'sandgate_isolation_exceptions_refused'],
  ['SandgateWorkloadKindsNotAccepted', 'sandgate_workload_kinds_refused'],
].map(([alert = '', series = '']) => ({
  alert,
  fires: { input: { [`${series}{${POD_A}}`]: '0x30', [`${series}{${POD_B}}`]: '2x30' }, at: '16m', value: '2' },
  quiet: [
    { why: 'all are accepted', input: { [`${series}{${POD_A}}`]: '0x30' }, at: '20m' },
    { why: 'it is repaired at once', input: { [`${series}{${POD_A}}`]: '1x5 0x30' }, at: '20m' },
  ],
}));

const NODES = `${POD_A},resource="nodes"`;
const NAMESPACES = `${POD_A},resource="namespaces"`;

const CLUSTER: readonly AlertCase[] = [
  {
    alert: 'SandgateReplicasDisagree',
    fires: {
      input: { [`sandgate_policies_loaded{${POD_A}}`]: '3x30', [`sandgate_policies_loaded{${POD_B}}`]: '2x30' },
      at: '16m',
    },
    quiet: [
      {
        why: 'both have the same, and another release has others',
        input: {
          [`sandgate_policies_loaded{${POD_A}}`]: '3x30',
          [`sandgate_policies_loaded{${POD_B}}`]: '3x30',
          [`sandgate_policies_loaded{${ELSEWHERE}}`]: '9x30',
        },
        at: '20m',
      },
    ],
  },
  {
    alert: 'SandgateWatchStale',
    fires: {
      input: {
        [`sandgate_watch_staleness_seconds{${NAMESPACES}}`]: '400+60x20',
        [`sandgate_watch_synced{${NAMESPACES}}`]: '1x20',
      },
      at: '10m',
      labels: { resource: 'namespaces', pod: 'a' },
      value: '16m 40s',
    },
    quiet: [
      {
        why: 'a minute is usual',
        input: {
          [`sandgate_watch_staleness_seconds{${NAMESPACES}}`]: '60x20',
          [`sandgate_watch_synced{${NAMESPACES}}`]: '1x20',
        },
        at: '10m',
      },
      {
        why: 'what was never known is not stale',
        input: {
          [`sandgate_watch_staleness_seconds{${NODES}}`]: '400+60x20',
          [`sandgate_watch_synced{${NODES}}`]: '0x20',
        },
        at: '10m',
      },
    ],
  },
  {
    alert: 'SandgateWatchNotSynced',
    fires: {
      input: { [`sandgate_watch_synced{${NODES}}`]: '0x30', [`sandgate_watch_synced{${NAMESPACES}}`]: '1x30' },
      at: '16m',
      labels: { resource: 'nodes', pod: 'a' },
    },
    quiet: [{ why: 'it takes a moment', input: { [`sandgate_watch_synced{${NODES}}`]: '0x3 1x30' }, at: '20m' }],
  },
  {
    alert: 'SandgateStatusNotWritten',
    fires: {
      input: { [`sandgate_policy_status_writes_total{${POD_A},outcome="failed"}`]: '0+1x40' },
      at: '30m',
    },
    quiet: [
      {
        why: 'another replica was faster',
        input: {
          [`sandgate_policy_status_writes_total{${POD_A},outcome="conflict"}`]: '0+1x40',
          [`sandgate_policy_status_writes_total{${POD_A},outcome="written"}`]: '0+1x40',
        },
        at: '30m',
      },
    ],
  },
  {
    alert: 'SandgateLookupsFailing',
    fires: { input: { [`sandgate_pod_lookups_total{${POD_A},outcome="refused"}`]: '0+1x40' }, at: '25m' },
    quiet: [
      {
        why: 'what is not there was looked up all the same',
        input: {
          [`sandgate_namespace_lookups_total{${POD_A},outcome="absent"}`]: '0+1x40',
          [`sandgate_pod_lookups_total{${POD_A},outcome="found"}`]: '0+1x40',
        },
        at: '25m',
      },
    ],
  },
  {
    alert: 'SandgateAuthorizationFailing',
    fires: { input: { [`sandgate_authorization_requests_total{${POD_A},outcome="failed"}`]: '0+1x40' }, at: '25m' },
    quiet: [
      {
        why: 'a no is an answer',
        input: { [`sandgate_authorization_requests_total{${POD_A},outcome="denied"}`]: '0+1x40' },
        at: '25m',
      },
    ],
  },
];

export const ALERT_CASES: readonly AlertCase[] = [
  ...AVAILABILITY,
  ...CERTIFICATES,
  ...REVIEW,
  ...ACCEPTANCE,
  ...CLUSTER,
];
