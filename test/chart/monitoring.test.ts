// What the chart makes for Prometheus and Grafana, beside the ServiceMonitor.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALERTS } from '../../scripts/monitoring/alerts/index.ts';
import { ownField } from '../../src/model/json.ts';
import { at, CHART, EVERY_VALUE, find, HOST_NETWORK, NAMESPACE, template, templateText } from './rendered.ts';

function rulesIn(rule: unknown): readonly unknown[] {
  const found = at(rule, 'spec', 'groups', 0, 'rules');
  return Array.isArray(found) ? found : [];
}

async function rules(...values: readonly string[]): Promise<readonly unknown[]> {
  const args = ['prometheusRule.enabled=true', ...values].flatMap((value) => ['--set', value]);
  return rulesIn(find(await template(args), 'PrometheusRule'));
}

describe.concurrent('a PodMonitor', () => {
  test('finds the pods, by labels and a port that they have', async () => {
    const objects = await template(HOST_NETWORK.args);
    const monitor = find(objects, 'PodMonitor');
    expect(at(monitor, 'metadata', 'namespace')).toBe('monitoring');
    expect(at(monitor, 'metadata', 'labels', 'release')).toBe('prometheus');
    expect(at(monitor, 'spec', 'namespaceSelector')).toEqual({ matchNames: [NAMESPACE] });
    expect(at(monitor, 'spec', 'podMetricsEndpoints')).toEqual([
      { port: 'metrics', path: '/metrics', interval: '1m', scrapeTimeout: '10s' },
    ]);
    const pod = at(find(objects, 'Deployment'), 'spec', 'template');
    expect(at(pod, 'metadata', 'labels')).toMatchObject(at(monitor, 'spec', 'selector', 'matchLabels') ?? { no: 1 });
    expect(at(pod, 'spec', 'containers', 0, 'ports')).toContainEqual({ name: 'metrics', containerPort: 10261 });
  });

  test('leaves to Prometheus what it is not told', async () => {
    const monitor = find(await template(['--set', 'podMonitor.enabled=true']), 'PodMonitor');
    expect(at(monitor, 'metadata', 'namespace')).toBe(NAMESPACE);
    expect(at(monitor, 'spec', 'podMetricsEndpoints')).toEqual([{ port: 'metrics', path: '/metrics' }]);
  });
});

describe.concurrent('a PrometheusRule', () => {
  test('has every alert, each with a severity, its texts and a page about it', async () => {
    const all = await rules();
    expect(all.map((rule) => ownField(rule, 'alert'))).toEqual(ALERTS.map(({ name }) => name));
    for (const [index, { name, severity, description }] of ALERTS.entries()) {
      expect(at(all[index], 'labels')).toEqual({ severity });
      expect(at(all[index], 'annotations', 'description')).toBe(description);
      expect(at(all[index], 'annotations', 'runbook_url')).toBe(`docs/alerts.md#${name.toLowerCase()}`);
    }
  });

  test('is about the series of its own namespace', async () => {
    const text = JSON.stringify(await rules());
    expect(text).toContain('namespace=\\"sandgate\\"');
    expect(text).not.toMatch(/RELEASE|THRESHOLD/);
  });

  test('has what the values say: thresholds, labels, another address of the docs, and not what is left out', async () => {
    const rule = find(await template(EVERY_VALUE.args), 'PrometheusRule');
    expect(at(rule, 'metadata', 'namespace')).toBe('monitoring');
    expect(at(rule, 'metadata', 'labels', 'release')).toBe('prometheus');
    const all = rulesIn(rule);
    expect(all).toHaveLength(ALERTS.length - 1);
    expect(JSON.stringify(all)).not.toContain('SandgateManyRefusals');
    for (const one of all) {
      expect(at(one, 'labels', 'team')).toBe('platform');
      expect(at(one, 'annotations', 'runbook_url')).toMatch(
        /^https:\/\/docs\.example\.com\/sandgate\/docs\/alerts\.md#/,
      );
    }
    const slow = all.find((one) => ownField(one, 'alert') === 'SandgateReviewsSlow');
    expect(at(slow, 'expr')).toMatch(/ > 0\.25$/);
  });

  test('a threshold of many digits stays a number of Prometheus', async () => {
    const stale = (await rules('prometheusRule.thresholds.watchStaleSeconds=3000000')).find(
      (one) => ownField(one, 'alert') === 'SandgateWatchStale',
    );
    expect(at(stale, 'expr')).toMatch(/ > 3(?:000000|e\+06) and /);
  });
});

describe.concurrent('a dashboard', () => {
  test('is a ConfigMap with the label of the sidecar, which holds the file as it is', async () => {
    const map = find(await template(['--set', 'grafanaDashboard.enabled=true']), 'ConfigMap', 'sandgate-dashboard');
    expect(at(map, 'metadata', 'labels', 'grafana_dashboard')).toBe('1');
    const text = at(map, 'data', 'sandgate.json');
    expect(text).toBe(readFileSync(join(CHART, 'dashboards/sandgate.json'), 'utf8'));
  });

  test('goes where the sidecar looks, into the folder that it is told', async () => {
    const map = find(await template(EVERY_VALUE.args), 'ConfigMap', 'admission-gate-dashboard');
    expect(at(map, 'metadata', 'namespace')).toBe('monitoring');
    expect(at(map, 'metadata', 'labels', 'dashboards')).toBe('sandgate');
    expect(at(map, 'metadata', 'annotations')).toEqual({ grafana_folder: 'Kubernetes' });
  });
});

test.each([
  ['podMonitor.enabled=true,metrics.enabled=false', 'podMonitor.enabled: there are no metrics to fetch'],
  ['prometheusRule.enabled=true,metrics.enabled=false', 'prometheusRule.enabled: there are no metrics to fetch'],
  ['grafanaDashboard.enabled=true,metrics.enabled=false', 'grafanaDashboard.enabled: there are no metrics to fetch'],
  ['podMonitor.enabled=true,serviceMonitor.enabled=true', 'each pod would be scraped twice'],
  [
    'podMonitor.enabled=true,networkPolicy.enabled=true',
    'networkPolicy.metricsNamespaces: is empty, which shuts out the Prometheus that podMonitor is for',
  ],
  [
    'podMonitor.enabled=true,podMonitor.interval=30s,podMonitor.scrapeTimeout=1m',
    'podMonitor.scrapeTimeout: 1m is longer than the interval of 30s',
  ],
  ['prometheusRule.disabled={SandgateDwon}', "'/prometheusRule/disabled/0'"],
  ['prometheusRule.alertLabels.severity=page', "invalid propertyName 'severity'"],
  ['prometheusRule.docsURL=docs.example.com', "'/prometheusRule/docsURL'"],
  ['prometheusRule.thresholds.watchStaleSeconds=30', "'/prometheusRule/thresholds/watchStaleSeconds'"],
  [
    'prometheusRule.enabled=true,prometheusRule.thresholds.certificateDays=30',
    'cert-manager renews the certificate 720h before its end, so that 30 days would be an alert about every certificate',
  ],
])('%s is refused', async (value, says) => {
  await expect(templateText(['--set', value])).rejects.toThrow(says);
});
