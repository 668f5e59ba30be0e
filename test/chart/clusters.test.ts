// The chart for kinds of clusters that ask for something of their own.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { helm, helm3 } from '../support/helm.ts';
import { at, CLUSTERS, configurationsIn, find, template, templateText, type ValueSet } from './rendered.ts';

function cluster(name: string): ValueSet {
  const found = CLUSTERS.find((set) => set.name === name);
  if (!found) throw new Error(`no values for ${name}`);
  return found;
}

/** The webhooks that workloads are sent to. */
function workloadWebhooks(objects: readonly JsonObject[]): readonly JsonObject[] {
  const webhooks = configurationsIn(objects).flatMap((object) => [at(object, 'webhooks')].flat().filter(isJsonObject));
  return webhooks.filter(({ name }) => /^(workloads|advisory)\./.test(String(name)));
}

/** What keeps workloads of a namespace from being sent: its name, its labels, a pattern. */
async function exclusions(
  args: readonly string[],
): Promise<readonly { names: unknown; labels: unknown; globs: unknown }[]> {
  return workloadWebhooks(await template(args)).map((webhook) => {
    const [byName, ...byLabel] = [at(webhook, 'namespaceSelector', 'matchExpressions')].flat();
    const conditions = [at(webhook, 'matchConditions')].flat();
    const glob = conditions.find((condition) => at(condition, 'name') === 'not-in-excluded-namespaces');
    return { names: at(byName, 'values'), labels: byLabel, globs: at(glob, 'expression') };
  });
}

describe.each(CLUSTERS)('for $name', ({ name, args }) => {
  test(`Helm 3 and Helm 4 render the same for ${name}, but for a certificate that each makes anew`, async () => {
    const [four, three] = await Promise.all(
      [helm, helm3].map(async (run) => (await template(args, { run })).filter(({ kind }) => kind !== 'Secret')),
    );
    expect(new Set(four?.map((object) => JSON.stringify(object)))).toEqual(
      new Set(three?.map((object) => JSON.stringify(object))),
    );
  });

  test(`the pods for ${name} are restricted, but for the network of the nodes where it is needed`, async () => {
    const folder = folderWith({ 'chart.yaml': await templateText(args) });
    const printed = await sandgate(folder, 'check -p restricted -f chart.yaml -o json --no-inject');
    const checks = new Set([...printed.stdout.matchAll(/"check": ?"(\w+)"/g)].map((match) => match[1]));
    expect(checks).toEqual(new Set(name === 'eks' ? ['hostNamespaces', 'hostPorts'] : []));
  });
});

test.each([
  { name: 'aks', names: ['sandgate', 'cert-manager', 'kube-system'], globs: undefined },
  {
    name: 'eks',
    names: ['sandgate', 'cert-manager', 'kube-system', 'amazon-guardduty', 'amazon-cloudwatch'],
    globs: undefined,
  },
  {
    name: 'gke',
    names: ['sandgate', 'cert-manager', 'kube-system', 'gke-gmp-system', 'gmp-system'],
    globs: '^(gke-managed-.*)$',
  },
  { name: 'openshift', names: ['sandgate', 'cert-manager', 'kube-system'], globs: '^(openshift-.*)$' },
  {
    name: 'k3s',
    names: ['sandgate', 'kube-system', 'system-upgrade', 'cis-operator-system', 'calico-system', 'tigera-operator'],
    globs: '^(cattle-.*)$',
  },
])(
  'the namespaces that $name runs itself are excluded from all webhooks for workloads',
  async ({ name, names, globs }) => {
    const found = await exclusions(cluster(name).args);
    expect(found.length).toBe(3);
    for (const { names: excluded, globs: expression } of found) {
      expect(excluded).toEqual(names);
      expect(expression).toBe(
        globs && `!has(request.namespace) || !request.namespace.matches(${JSON.stringify(globs)})`,
      );
    }
  },
);

test('on AKS, the selector has what the admissions enforcer would add, and the annotation keeps it away everywhere', async () => {
  for (const { labels } of await exclusions(cluster('aks').args)) {
    expect(labels).toEqual([
      { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
      { key: 'control-plane', operator: 'NotIn', values: ['true'] },
    ]);
  }
  for (const mode of ['Server', 'Chart']) {
    const configurations = configurationsIn(await template(['--set', `webhooks.registration=${mode}`]));
    expect(
      configurations.map((object) => at(object, 'metadata', 'annotations', 'admissions.enforcer/disabled')),
    ).toEqual(['true', 'true']);
  }
});

describe.concurrent('on OpenShift', () => {
  const { args } = cluster('openshift');

  test('neither the pods nor that of helm test name a user or a group, which come from the namespace', async () => {
    const objects = await template(args, { hooks: true });
    const specs = [at(find(objects, 'Deployment'), 'spec', 'template', 'spec'), at(find(objects, 'Pod'), 'spec')];
    for (const spec of specs) {
      expect(at(spec, 'securityContext')).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(JSON.stringify(at(spec, 'containers'))).not.toMatch(/runAs(User|Group)/);
    }
  });

  test('a user that somebody chose stays', async () => {
    const objects = await template([...args, '--set', 'podSecurityContext.runAsUser=1000680000']);
    const context = at(find(objects, 'Deployment'), 'spec', 'template', 'spec', 'securityContext');
    expect([at(context, 'runAsUser'), at(context, 'fsGroup')]).toEqual([1_000_680_000, undefined]);
  });
});

/** The webhooks that are not about workloads. */
function otherWebhooks(objects: readonly JsonObject[]): readonly unknown[] {
  const ofWorkloads = workloadWebhooks(objects);
  const all = configurationsIn(objects).flatMap((object) => [at(object, 'webhooks')].flat());
  return all.filter((webhook) => !ofWorkloads.some((other) => at(other, 'name') === at(webhook, 'name')));
}

test('selectors and conditions of ones own are added to those of the chart, on webhooks for workloads alone', async () => {
  const own = [
    '--set-json',
    'webhooks.namespaceSelector={"matchLabels":{"a":"b"},"matchExpressions":[{"key":"c","operator":"Exists"}]}',
    '--set-json',
    'webhooks.objectSelector={"matchLabels":{"d":"e"}}',
    '--set-json',
    'webhooks.matchConditions=[{"name":"f","expression":"true"}]',
  ];
  // Connections are of workloads, too, in what depends on their namespace.
  const without = '--set=webhooks.connect.enabled=false,webhooks.roleBindings.enabled=false';
  const [usual, changed] = await Promise.all([template([without]), template([...own, without])]);
  for (const [index, webhook] of workloadWebhooks(changed).entries()) {
    const before = workloadWebhooks(usual)[index];
    expect(at(webhook, 'namespaceSelector')).toEqual({
      matchLabels: { a: 'b' },
      matchExpressions: [
        ...[at(before, 'namespaceSelector', 'matchExpressions')].flat(),
        { key: 'c', operator: 'Exists' },
      ],
    });
    expect(at(before, 'objectSelector')).toBeUndefined();
    expect(at(webhook, 'objectSelector')).toEqual({ matchLabels: { d: 'e' } });
    expect(at(webhook, 'matchConditions')).toEqual([
      ...[at(before, 'matchConditions')].flat(),
      { name: 'f', expression: 'true' },
    ]);
  }
  expect(otherWebhooks(changed)).toEqual(otherWebhooks(usual));
});

describe.concurrent('a certificate that Helm makes', () => {
  const args = ['--set', 'certificates.certManager.enabled=false,certificates.helm.enabled=true'];

  test('is mounted from a Secret of the release, and its CA is what the API server is told of', async () => {
    const objects = await template([...args, '--set', 'webhooks.registration=Chart']);
    const secret = find(objects, 'Secret');
    expect(at(secret, 'metadata', 'name')).toBe('sandgate-helm-tls');
    const pod = at(find(objects, 'Deployment'), 'spec', 'template', 'spec');
    expect(at(pod, 'volumes', 0, 'secret', 'secretName')).toBe('sandgate-helm-tls');
    const bundles = configurationsIn(objects).flatMap((object) =>
      [at(object, 'webhooks')].flat().map((webhook) => at(webhook, 'clientConfig', 'caBundle')),
    );
    expect(bundles.length).toBe(6);
    expect(new Set(bundles)).toEqual(new Set([at(secret, 'data', 'ca.crt')]));
    expect(objects.filter(({ apiVersion }) => String(apiVersion).startsWith('cert-manager.io'))).toEqual([]);
  });

  test('leaves it to the server to tell of the CA, where that registers the webhooks', async () => {
    const objects = await template(args);
    expect(JSON.stringify(configurationsIn(objects))).not.toContain('caBundle');
    const container = at(find(objects, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0);
    expect(at(container, 'args')).toContain('--tls-ca=/etc/sandgate/tls/ca.crt');
  });
});
