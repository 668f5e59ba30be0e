// Where the pods are in the network, who may connect to them, and who fetches their metrics.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { helm } from '../support/helm.ts';
import { at, CHART, EVERY_VALUE, find, HOST_NETWORK, LEAST, NAMESPACE, template, templateText } from './rendered.ts';

function podIn(objects: readonly JsonObject[]): unknown {
  return at(find(objects, 'Deployment'), 'spec', 'template', 'spec');
}

async function notes(args: readonly string[]): Promise<string> {
  const all = ['install', 'sandgate', CHART, '--dry-run=client', '--namespace', NAMESPACE, ...args];
  const { stdout } = await helm(all);
  return stdout.slice(stdout.indexOf('NOTES:'));
}

describe.concurrent('in the network of the nodes', () => {
  test('names of the cluster are still resolved', async () => {
    const pod = podIn(await template(['--set', 'hostNetwork=true']));
    expect([at(pod, 'hostNetwork'), at(pod, 'dnsPolicy')]).toEqual([true, 'ClusterFirstWithHostNet']);
    const told = podIn(await template(['--set', 'hostNetwork=true,dnsPolicy=Default']));
    expect(at(told, 'dnsPolicy')).toBe('Default');
  });

  test('elsewhere nothing is said of either', async () => {
    const pod = podIn(await template());
    expect([at(pod, 'hostNetwork'), at(pod, 'dnsPolicy')]).toEqual([undefined, undefined]);
  });

  // What keeps two of them off one node is the scheduler, by these: the API server makes host ports of them.
  test('every port that is listened on is declared', async () => {
    const listening = at(podIn(await template(HOST_NETWORK.args)), 'containers', 0);
    expect(at(listening, 'ports')).toEqual([
      { name: 'https', containerPort: 10260 },
      { name: 'metrics', containerPort: 10261 },
    ]);
    expect(at(listening, 'args')).toEqual(expect.arrayContaining(['--port=10260', '--metrics-port=10261']));
  });

  test('the pod is not restricted any more, nor baseline, for its network and its ports alone', async () => {
    const folder = folderWith({ 'chart.yaml': await templateText(HOST_NETWORK.args) });
    for (const policy of ['restricted', 'baseline']) {
      const printed = await sandgate(folder, `check -p ${policy} -f chart.yaml -o json --no-inject`);
      const checks = new Set([...printed.stdout.matchAll(/"check": ?"(\w+)"/g)].map((match) => match[1]));
      expect([policy, printed.code, checks]).toEqual([policy, 1, new Set(['hostNamespaces', 'hostPorts'])]);
    }
  });

  test('the notes say what that takes', async () => {
    const usual = await notes(['--set', 'hostNetwork=true,replicas=3']);
    expect(usual).toContain('The ports 8443 and 8080 have to be free there, no node takes two of these pods,');
    expect(usual).toContain('For 3 of them you need 3 nodes, and\none more for each upgrade');
    const told = await notes(HOST_NETWORK.args);
    expect(told).toContain('For 2 of them you need 2 nodes.');
    expect(told).not.toContain('one more for each upgrade');
    expect(await notes([])).not.toContain('network of their nodes');
  });

  test.each([
    [
      'hostNetwork=true,dnsPolicy=ClusterFirst',
      'dnsPolicy: with hostNetwork Kubernetes takes ClusterFirst for Default',
    ],
    ['hostNetwork=true,networkPolicy.enabled=true', 'networkPolicy.enabled: a NetworkPolicy does not hold for pods in'],
    ['dnsPolicy=None', "'/dnsPolicy': value must be one of"],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set', value])).rejects.toThrow(says);
  });
});

describe.concurrent('the port', () => {
  test('is another one everywhere; the Service stays where the API server asks', async () => {
    const objects = await template(['--set', 'port=10250']);
    const listening = at(podIn(objects), 'containers', 0);
    expect(at(listening, 'args')).toContain('--port=10250');
    expect(at(listening, 'ports', 0)).toEqual({ name: 'https', containerPort: 10250 });
    expect(at(listening, 'readinessProbe', 'httpGet', 'port')).toBe('https');
    expect(at(find(objects, 'Service', 'sandgate'), 'spec', 'ports', 0)).toMatchObject({
      port: 443,
      targetPort: 'https',
    });
    expect(JSON.stringify(objects)).not.toContain('8443');
  });

  test.each([
    ['port=443', "'/port'"],
    ['port=8080', 'metrics.port: 8080 is the port of the webhook: set another one, such as 8081'],
    ['port=9090,metrics.port=9090', 'metrics.port: 9090 is the port of the webhook: set another one, such as 8080'],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set', value])).rejects.toThrow(says);
  });

  test('may be that of metrics where there are none', async () => {
    await expect(templateText([...LEAST.args, '--set', 'port=8080'])).resolves.toContain('--port=8080');
  });
});

test('both Services have the families of addresses, and each its annotations', async () => {
  const objects = await template(EVERY_VALUE.args);
  const services = ['admission-gate', 'admission-gate-metrics'].map((name) => find(objects, 'Service', name));
  for (const service of services) {
    expect(at(service, 'spec')).toMatchObject({ ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4'] });
  }
  expect(services.map((service) => at(service, 'metadata', 'annotations'))).toEqual([
    { 'example.com/owner': 'platform' },
    { 'prometheus.io/scrape': 'true' },
  ]);
  await expect(templateText(['--set', 'service.ipFamilies={IPv5}'])).rejects.toThrow("'/service/ipFamilies/0'");
});

describe.concurrent('a NetworkPolicy', () => {
  test('lets in reviews from anywhere and scrapes from the namespaces that are named; what goes out is left alone', async () => {
    const policy = find(await template(EVERY_VALUE.args), 'NetworkPolicy', 'admission-gate');
    const from = {
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['monitoring', 'observability'] },
        ],
      },
    };
    expect(at(policy, 'spec')).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'gate', 'app.kubernetes.io/instance': 'sandgate' } },
      policyTypes: ['Ingress'],
      ingress: [
        { ports: [{ port: 9443, protocol: 'TCP' }] },
        { from: [from], ports: [{ port: 9090, protocol: 'TCP' }] },
      ],
    });
  });

  test('closes the port of metrics where no namespace is named, or there are no metrics', async () => {
    const reviews = [{ ports: [{ port: 8443, protocol: 'TCP' }] }];
    const none = find(await template(['--set', 'networkPolicy.enabled=true']), 'NetworkPolicy');
    expect(at(none, 'spec', 'ingress')).toEqual(reviews);
    const args = [...LEAST.args, '--set', 'networkPolicy.enabled=true,networkPolicy.metricsNamespaces={monitoring}'];
    expect(at(find(await template(args), 'NetworkPolicy'), 'spec', 'ingress')).toEqual(reviews);
  });
});

describe.concurrent('a ServiceMonitor', () => {
  test('finds the Service of the metrics, by labels and a port that it has', async () => {
    const objects = await template(EVERY_VALUE.args);
    const monitor = find(objects, 'ServiceMonitor');
    expect(at(monitor, 'metadata', 'namespace')).toBe('monitoring');
    expect(at(monitor, 'spec', 'namespaceSelector')).toEqual({ matchNames: [NAMESPACE] });
    expect(at(monitor, 'spec', 'endpoints')).toEqual([
      { port: 'metrics', path: '/metrics', interval: '1m', scrapeTimeout: '10s' },
    ]);
    const found = objects.filter(
      (object) =>
        object.kind === 'Service' &&
        at(object, 'spec', 'ports', 0, 'name') === at(monitor, 'spec', 'endpoints', 0, 'port'),
    );
    expect(found.map((service) => at(service, 'metadata', 'name'))).toEqual(['admission-gate-metrics']);
    expect(at(found[0], 'metadata', 'labels')).toMatchObject(
      at(monitor, 'spec', 'selector', 'matchLabels') ?? { no: 1 },
    );
  });

  test('leaves to Prometheus what it is not told', async () => {
    const monitor = find(await template(['--set', 'serviceMonitor.enabled=true']), 'ServiceMonitor');
    expect(at(monitor, 'metadata', 'namespace')).toBe(NAMESPACE);
    expect(at(monitor, 'spec', 'endpoints')).toEqual([{ port: 'metrics', path: '/metrics' }]);
  });

  test.each([
    ['serviceMonitor.enabled=true,metrics.enabled=false', 'serviceMonitor.enabled: there are no metrics to fetch'],
    [
      'serviceMonitor.enabled=true,networkPolicy.enabled=true',
      'networkPolicy.metricsNamespaces: is empty, which shuts out the Prometheus',
    ],
    [
      'serviceMonitor.enabled=true,serviceMonitor.interval=30s,serviceMonitor.scrapeTimeout=1m',
      'serviceMonitor.scrapeTimeout: 1m is longer than the interval of 30s',
    ],
    ['serviceMonitor.interval=30', "'/serviceMonitor/interval'"],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set', value])).rejects.toThrow(says);
  });
});
