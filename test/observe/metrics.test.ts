// What is counted, and that nobody can make it grow.
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Webhook } from '../../src/admission/review.ts';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { Subject } from '../../src/model/subject.ts';
import type { ReviewEntry } from '../../src/observe/log.ts';
import { METRICS } from '../../src/observe/metrics/definitions.ts';
import { MOST_POLICIES } from '../../src/observe/metrics/finding-counts.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { knownPolicies } from '../../src/server/telemetry/known-policies.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { countedIn, seriesOf } from '../support/scrape.ts';

const RESTRICTED = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const BARE = subjectOf({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {},
  spec: { containers: [{ name: 'a', image: 'b' }] },
});

function metricsIn(registry = new Registry()): Metrics {
  return createMetrics(registry, { version: '1.2.3', kinds: WORKLOADS, shedReasons: ['slow'] });
}

function entryOf(webhook: Webhook, subject: Subject, gate: Gate = RESTRICTED): ReviewEntry {
  const decision = webhook === 'mutate' ? mutate(subject, gate) : validate(subject, gate);
  return { uid: 'u', webhook, subject, decision, patchBytes: webhook === 'mutate' ? 300 : 0, durationMs: 1 };
}

function text({ registry }: Metrics): Promise<string> {
  return registry.metrics();
}

test('every metric of the table is there, and none beside them', async () => {
  const metrics = metricsIn();
  const ours = metrics.registry
    .getMetricsAsArray()
    .filter(({ name }: { name?: string }) => /^(?:sandgate|pod_security)_/.test(name ?? ''));
  const defined = Object.values(METRICS).map(
    ({ name, type, help }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}`,
  );
  const scrape = await text(metrics);
  expect(ours).toHaveLength(defined.length);
  for (const head of defined) expect(scrape).toContain(head);
  expect(scrape).toContain('process_cpu_seconds_total');
  expect(scrape).toContain(`sandgate_build_info{version="1.2.3",node="${process.version}"} 1\n`);
});

test('what can be known beforehand is there from the start', async () => {
  const metrics = metricsIn();
  metrics.policiesLoaded(knownPolicies(RESTRICTED.policies));
  const series = seriesOf(await text(metrics));
  for (const expected of [
    'sandgate_reviews_total{webhook="mutate",operation="CREATE",kind="Pod",decision="allowed"}',
    'sandgate_reviews_total{webhook="validate",operation="UPDATE",kind="Sandbox.agents.x-k8s.io",decision="failed"}',
    'sandgate_findings_total{policy="restricted",check="privileged",action="Deny"}',
    'sandgate_findings_total{policy="restricted",check="filledIn",action="Deny"}',
    'sandgate_findings_total{policy="",check="shape",action="Deny"}',
    'sandgate_injections_total{injection="seccompProfile",outcome="applied",skip_reason=""}',
    'sandgate_injections_total{injection="capabilities",outcome="skipped",skip_reason="privileged"}',
    'sandgate_review_duration_seconds_bucket{le="0.0005",webhook="validate"}',
    'sandgate_review_phase_duration_seconds_count{phase="diff"}',
    'sandgate_reviews_shed_total{reason="slow"}',
  ]) {
    expect(series.get(expected), expected).toBe(0);
  }
  expect(series.get('sandgate_policies_loaded')).toBe(1);
  expect(series.get('sandgate_policy_generation')).toBe(1);
});

test('no review makes a series that was not known, whatever the actions of a policy and the kinds', async () => {
  const gate = gateOf(
    [
      policyYaml(
        'p',
        'podSecurity: { level: restricted }\nharden: restricted\nchecks: { hostPorts: { validationActions: [Warn] } }',
      ),
      policyYaml('q', 'podSecurity: { fromNamespaceLabels: true }'),
    ],
    { agents: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  );
  const metrics = metricsIn();
  metrics.policiesLoaded(knownPolicies(gate.policies));
  const before = [...seriesOf(await text(metrics)).keys()].filter((name) => name.startsWith('sandgate_'));
  const pod = {
    containers: [{ name: 'a', image: 'b', ports: [{ hostPort: 1 }], securityContext: { privileged: true } }],
  };
  for (const webhook of ['mutate', 'validate'] as const) {
    metrics.reviewed(entryOf(webhook, subjectOf({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: pod }), gate));
    metrics.reviewed(entryOf(webhook, BARE, gate));
    metrics.reviewed(entryOf(webhook, { ...BARE, operation: 'UPDATE' }, gate));
  }
  const after = [...seriesOf(await text(metrics)).keys()].filter((name) => name.startsWith('sandgate_'));
  expect(after).toEqual(before);
});

test('a kind of another project, or of a WorkloadKind, is counted under its name once policies in force know it', async () => {
  const registry = new Registry();
  const metrics = metricsIn(registry);
  const kind = { group: 'example.dev', version: 'v1', kind: 'Foo' };
  metrics.reviewed(entryOf('mutate', { ...BARE, kind }));
  metrics.policiesLoaded({ count: 1, findings: [], injections: [], kinds: [kind], followNamespaces: false });
  metrics.reviewed(entryOf('mutate', { ...BARE, kind }));
  const scrape = await registry.metrics();
  expect(scrape).toContain('kind="other",decision="skipped"} 1');
  expect(scrape).toContain('kind="Foo.example.dev",decision="skipped"} 1');
});

test('hostile words are counted as other', async () => {
  const metrics = metricsIn();
  metrics.reviewed(entryOf('mutate', { ...BARE, operation: 'other', kind: { group: '', version: '', kind: 'other' } }));
  const before = seriesOf(await text(metrics)).size;
  const words = ['__proto__', 'constructor', 'toString', '', 'pod', 'a"} 1\nsandgate_x{a="', 'x'.repeat(100_000)];
  for (const word of [...words, ...Array.from({ length: 5000 }, (_, index) => `Kind${index}`)]) {
    metrics.reviewed(entryOf('mutate', { ...BARE, operation: word, kind: { group: word, version: word, kind: word } }));
    metrics.shed(word);
  }
  const scrape = await text(metrics);
  expect(seriesOf(scrape).size).toBe(before);
  expect(countedIn(scrape, 'sandgate_reviews_total', 'sandgate_reviews_shed_total')).toEqual({
    'sandgate_reviews_total{webhook="mutate",operation="other",kind="other",decision="skipped"}': 5008,
    'sandgate_reviews_shed_total{reason="other"}': 5007,
  });
});

test('the kind is that of its group', async () => {
  const metrics = metricsIn();
  metrics.reviewed(entryOf('mutate', { ...BARE, kind: { group: 'agents.x-k8s.io', version: 'v2', kind: 'Sandbox' } }));
  metrics.reviewed(entryOf('mutate', { ...BARE, kind: { group: 'example.com', version: 'v1', kind: 'Pod' } }));
  expect(countedIn(await text(metrics), 'sandgate_reviews_total')).toEqual({
    'sandgate_reviews_total{webhook="mutate",operation="CREATE",kind="Sandbox.agents.x-k8s.io",decision="skipped"}': 1,
    'sandgate_reviews_total{webhook="mutate",operation="CREATE",kind="other",decision="skipped"}': 1,
  });
});

test('of very many policies only the first are counted by name', async () => {
  const names = Array.from({ length: MOST_POLICIES + 20 }, (_, index) => `p${String(index).padStart(3, '0')}`);
  const gate = gateOf(names.map((name) => policyYaml(name, 'podSecurity: { level: restricted }')));
  const metrics = metricsIn();
  metrics.policiesLoaded(knownPolicies(gate.policies));
  metrics.reviewed(entryOf('validate', BARE, gate));
  const counted = countedIn(await text(metrics), 'sandgate_findings_total');
  const policies = new Set(Object.keys(counted).map((series) => /policy="([^"]*)"/.exec(series)?.[1]));
  expect([...policies]).toEqual([...names.slice(0, MOST_POLICIES), 'other']);
  expect(counted['sandgate_findings_total{policy="other",check="runAsNonRoot",action="Deny"}']).toBe(20);
});

test('a registry passed in twice is counted into by both', async () => {
  const registry = new Registry();
  const [first, second] = [metricsIn(registry), metricsIn(registry)];
  for (const metrics of [first, second]) {
    metrics.policiesLoaded(knownPolicies(RESTRICTED.policies));
    metrics.reviewed(entryOf('validate', BARE));
    metrics.watchInFlight(() => 3);
  }
  const scrape = await registry.metrics();
  const series = seriesOf(scrape);
  expect(series.get('sandgate_reviews_in_flight')).toBe(6);
  expect(series.get('sandgate_findings_total{policy="restricted",check="filledIn",action="Deny"}')).toBe(2);
  expect(series.get('sandgate_review_duration_seconds_count{webhook="validate"}')).toBe(2);
});

test('the delay of the event loop comes from one source, however often a registry is passed in', async () => {
  const registry = new Registry();
  for (const metrics of [metricsIn(registry), metricsIn(registry)]) metrics.watchEventLoop(() => 0.25);
  expect(seriesOf(await registry.metrics()).get('sandgate_event_loop_lag_seconds')).toBe(0.25);
});

test('no metric of the process comes from a timer that wakes it while it is idle', async () => {
  const names = [...seriesOf(await text(metricsIn())).keys()];
  expect(names).toContain('nodejs_eventloop_lag_seconds');
  expect(names.filter((name) => /eventloop_lag_(?!seconds)/.test(name))).toEqual([]);
});

test('what falls on a bound of a histogram falls below it', async () => {
  const metrics = metricsIn();
  for (const durationMs of [0, 0.5, 0.500001, 2500, 3000]) {
    metrics.reviewed({ ...entryOf('mutate', BARE), durationMs });
  }
  const counted = countedIn(await text(metrics), 'sandgate_review_duration_seconds_bucket');
  const bucket = (le: string): number | undefined =>
    counted[`sandgate_review_duration_seconds_bucket{le="${le}",webhook="mutate"}`];
  expect([bucket('0.0005'), bucket('0.001'), bucket('1'), bucket('2.5'), bucket('+Inf')]).toEqual([2, 3, 3, 4, 5]);
});

test('a bug of ours is a failed review and a fault; only the phases there were are counted', async () => {
  const metrics = metricsIn();
  const phases = { decode: 1, select: 0, fill: 0, judge: 0, diff: 0, encode: 2 };
  metrics.reviewed({ ...entryOf('validate', BARE), decision: undefined, fault: new Error('a bug'), phases });
  metrics.fault();
  const names = ['sandgate_reviews_total', 'sandgate_faults_total', 'sandgate_review_phase_duration_seconds_sum'];
  expect(countedIn(await text(metrics), ...names)).toEqual({
    'sandgate_reviews_total{webhook="validate",operation="CREATE",kind="Pod",decision="failed"}': 1,
    sandgate_faults_total: 2,
    'sandgate_review_phase_duration_seconds_sum{phase="decode"}': 0.001,
    'sandgate_review_phase_duration_seconds_sum{phase="encode"}': 0.002,
  });
});

test('reloads and certificates', async () => {
  const metrics = metricsIn();
  metrics.policiesLoaded(knownPolicies(RESTRICTED.policies));
  metrics.policiesLoaded(knownPolicies(gateOf([policyYaml('a', '{}'), policyYaml('b', '{}')]).policies));
  metrics.policyReloadFailed();
  metrics.certificateLoaded(new Date(1_900_000_000_000));
  metrics.certificateReloadFailed();
  const series = seriesOf(await text(metrics));
  expect(series.get('sandgate_policies_loaded')).toBe(2);
  expect(series.get('sandgate_policy_generation')).toBe(2);
  expect(series.get('sandgate_policy_reload_failures_total')).toBe(1);
  expect(series.get('sandgate_certificate_expiry_timestamp_seconds')).toBe(1_900_000_000);
  expect(series.get('sandgate_certificate_reload_failures_total')).toBe(1);
});
