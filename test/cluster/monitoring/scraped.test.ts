// A real Prometheus scrapes a real server and a real API server: every rule and every query of the dashboard can be evaluated, and gives
// what happened.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALERTS } from '../../../scripts/monitoring/alerts/index.ts';
import { API_SERVER_METRICS, OWN_METRICS, PROCESS_METRICS } from '../../../scripts/monitoring/series.ts';
import { type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { WEBHOOKS_REGISTERED } from '../../../src/observe/metrics/cluster-definitions.ts';
import { CHART, find, template } from '../../chart/rendered.ts';
import { at, listAt } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { AGENTS_TIER, type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { EVENT_RULES } from '../support/sandgate.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

/** Until two scrapes are there, which a rate needs. */
const SOON = { within: 60_000 };

let cluster: GatedCluster;
let prometheus: Prometheus;

/** A webhook that nobody answers, under a name like ours. */
function unreachable(name: string, failurePolicy: string, namespace: string): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `${name}-${namespace}` },
    webhooks: [
      {
        name: `${name}.sandgate.dev`,
        clientConfig: { url: 'https://127.0.0.1:1/validate' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        failurePolicy,
        timeoutSeconds: 1,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

beforeAll(async () => {
  cluster = await startGatedCluster({
    serve: { metrics: true, args: ['--denial-events'], rules: EVENT_RULES },
  });
  const { plane, sandgate } = cluster;
  const rule = find(await template(['--set', 'prometheusRule.enabled=true']), 'PrometheusRule');
  const groups = at(rule, 'spec', 'groups');
  prometheus = await startPrometheus({ plane, metricsUrl: sandgate.metricsUrl ?? '', groups });
}, 1_800_000);

afterAll(async () => {
  await prometheus?.stop();
  await cluster?.stop();
});

test('every alert is evaluated without an error, and none fires while all is well', async () => {
  await waitFor(async () => (await prometheus.query('sandgate_build_info{namespace="sandgate"}')).length === 1, {
    ...SOON,
    what: 'the server is scraped',
  });
  const all = await waitFor(
    async () => {
      const rules = listAt(at(await prometheus.get('rules'), 'groups', 0), 'rules');
      return rules.length > 0 && rules.every((one) => ownField(one, 'health') !== 'unknown') && rules;
    },
    { ...SOON, what: 'every rule has been evaluated' },
  );
  expect(all.map((one) => [stringField(one, 'name'), ownField(one, 'health'), ownField(one, 'lastError')])).toEqual(
    ALERTS.map(({ name }) => [name, 'ok', undefined]),
  );
  // A rate needs two scrapes: what is seen from then on stays quiet.
  expect(all.filter((one) => ownField(one, 'state') === 'firing').map((one) => stringField(one, 'name'))).toEqual([]);
});

test('every metric that the dashboard and the alerts ask for is served, with the labels of its definition', async () => {
  const { plane } = cluster;
  const agents = await createNamespace(plane, AGENTS_TIER);
  const pod = (name: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: agents },
    spec: { containers: [{ name: 'app', image: 'example.com/app:1' }], ...spec },
  });
  const refused = await plane.admin.create(pod('unsafe', { hostNetwork: true }));
  expect(refused.status).toBe(403);
  await failingCalls();

  const ours = OWN_METRICS.filter(({ name }) => name !== WEBHOOKS_REGISTERED.name && !name.startsWith('pod_security_'));
  const others = [...Object.values(API_SERVER_METRICS), ...Object.values(PROCESS_METRICS)];
  // Nobody used an exception.
  const expected = [...ours, ...others].filter(({ name }) => name !== 'sandgate_excepted_findings_total');
  for (const { name, labels } of expected) {
    const found = await waitFor(
      async () => {
        const series = await prometheus.query(`{__name__=~"${name}(_count)?"}`);
        return series.length > 0 && series;
      },
      { ...SOON, what: `${name} is scraped` },
    );
    // Prometheus drops a label without a value.
    const there = new Set(found.flatMap((series) => Object.keys(ownField(series, 'metric') ?? {})));
    expect([name, labels.filter((label) => !there.has(label))]).toEqual([name, []]);
  }
});

/** Has the API server refuse requests because it cannot call a webhook, and let others through. */
async function failingCalls(): Promise<void> {
  const { admin } = cluster.plane;
  const namespace = await createNamespace(cluster.plane);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-', namespace } };
  const isAnswered = (status: number) => async (): Promise<boolean> => (await admin.create(map)).status === status;
  await expectOk(admin.create(unreachable('open', 'Ignore', namespace)));
  const closed = (await expectOk(admin.create(unreachable('closed', 'Fail', namespace)))).body;
  await waitFor(isAnswered(500), { ...SOON, what: 'a request is refused unasked' });
  await expectOk(admin.delete(refOf(closed)));
  await waitFor(isAnswered(201), { ...SOON, what: 'a request is let through' });
}

test('every query of the dashboard is evaluated, and most have something to show', async () => {
  const dashboard: unknown = JSON.parse(readFileSync(join(CHART, 'dashboards/sandgate.json'), 'utf8'));
  const targets = listAt(dashboard, 'panels').flatMap((panel) => listAt(panel, 'targets'));
  expect(targets.length).toBeGreaterThan(40);
  for (const target of targets) {
    const expression = String(ownField(target, 'expr'))
      .replaceAll('$__rate_interval', '1m')
      .replaceAll('$namespace', '.*')
      .replaceAll('$pod', '.*');
    // Nobody used an exception or followed Pod Security labels here, and the webhooks were not registered by the server.
    const mayBeEmpty = /excepted|webhooks_registered|pod_security|watch_synced/.test(expression);
    // A rate needs two scrapes.
    const isShown = async (): Promise<boolean> => (await prometheus.query(expression)).length > 0 || mayBeEmpty;
    await waitFor(isShown, { within: 20_000, what: `there is something to show for ${expression}` });
  }
});

test('requests that the API server refuses because it cannot call a webhook of ours are on their way to an alert', async () => {
  const { plane } = cluster;
  const namespace = await createNamespace(plane);
  await expectOk(plane.admin.create(unreachable('again', 'Fail', namespace)));
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-', namespace } };
  await waitFor(
    async () => {
      await plane.admin.create(map);
      const alerts = await prometheus.query('ALERTS{alertname="SandgateCallsFailing",alertstate="pending"}');
      return alerts.length > 0;
    },
    { ...SOON, what: 'the alert is pending' },
  );
});
