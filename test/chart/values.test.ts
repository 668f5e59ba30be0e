// The values: described in full, and nothing else is taken.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policyBundles } from '../../scripts/chart/bundles-template.ts';
import { readValues } from '../../scripts/chart/values.ts';
import { listValues } from '../../scripts/chart/values-schema.ts';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { bundleFile, bundleNames, bundlesDirectory } from '../../src/resources/bundles.ts';
import {
  CHART,
  CLUSTERS,
  EVERY_VALUE,
  EXISTING_SECRET,
  HOST_NETWORK,
  LEAST,
  policyValue,
  template,
  templateText,
  VALUE_SETS,
} from './rendered.ts';

const SCHEMA: unknown = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
const VALUES = listValues(readValues(readFileSync(join(CHART, 'values.yaml'), 'utf8')), {
  all: bundleNames(bundlesDirectory()),
  policies: policyBundles(bundlesDirectory()),
});

const NO_BUNDLES = { all: [], policies: [] };

/** What the API server checks, and what belongs to Helm. */
const OPEN = [
  'global',
  'affinity.nodeAffinity',
  'affinity.podAffinity',
  'affinity.podAntiAffinity',
  'autoscaling.behavior',
  'extraEnv[].valueFrom',
  'extraInitContainers[]',
  'extraVolumeMounts[]',
  'extraVolumes[]',
  'topologySpreadConstraints[].labelSelector',
];

/** What a value needs to have an effect, by the beginning of its path. */
const NEEDED: Readonly<Record<string, string>> = {
  'audit.': 'audit.enabled=true',
  'autoscaling.': 'autoscaling.enabled=true',
  'certificates.certManager.issuerRef.': 'certificates.certManager.issuerRef.name=corp',
  'clientCA.': 'clientCA.secretName=corp',
  extraVolumeMounts: 'extraVolumes[0].name=notes',
  'grafanaDashboard.': 'grafanaDashboard.enabled=true',
  'networkPolicy.': 'networkPolicy.enabled=true',
  'prometheusRule.': 'prometheusRule.enabled=true',
  'serviceMonitor.': 'serviceMonitor.enabled=true',
  'tracing.enabled': 'tracing.endpoint=http://elsewhere:4318',
};

/** That of workloadEgressNetworkPolicy: the value itself is left out of it, or has nothing to change. */
const NEEDED_FOR_EGRESS = {
  enabled: true,
  workloadNamespace: 'a',
  additionalInternalCIDRs: ['10.0.0.0/8', 'fd00::/8'],
};

/** The arguments without which a value has no effect. */
function neededFor(path: string): readonly string[] {
  const [group, key = ''] = path.split('.');
  if (group === 'workloadEgressNetworkPolicy') {
    const needed = key === 'enabled' ? { ...NEEDED_FOR_EGRESS, enabled: false } : NEEDED_FOR_EGRESS;
    return ['--set-json', `${group}=${JSON.stringify(needed)}`];
  }
  // Not by --set, which goes before --set-json in any order.
  if (path === 'tracing.endpoint') return ['--set-json', 'tracing={"enabled":true,"endpoint":"http://elsewhere:4318"}'];
  const [, needed = ''] = Object.entries(NEEDED).find(([beginning]) => path.startsWith(beginning)) ?? [];
  return needed === '' || needed.startsWith(`${path}=`) ? [] : ['--set', needed];
}

/** The paths of schemas of objects that say nothing about keys they do not list. */
function openPaths(schema: unknown, path = ''): readonly string[] {
  if (!isJsonObject(schema)) return [];
  const isObject = schema.type === 'object';
  const own = isObject && ownField(schema, 'additionalProperties') === undefined ? [path] : [];
  const properties = ownField(schema, 'properties');
  const members = isJsonObject(properties) ? Object.entries(properties) : [];
  const inside = members.flatMap(([key, member]) => openPaths(member, path === '' ? key : `${path}.${key}`));
  const items = openPaths(ownField(schema, 'items'), `${path}[]`);
  return [...own, ...inside, ...items, ...openPaths(ownField(schema, 'additionalProperties'), `${path}.*`)];
}

test('no object takes a key that is not known', () => {
  expect(openPaths(SCHEMA).toSorted()).toEqual(OPEN.toSorted());
});

test('every value is explained, by itself or by its group', () => {
  const commented = new Set(VALUES.filter((value) => value.comment !== '').map((value) => value.path));
  const silent = VALUES.filter(({ path, schema }) => {
    const groups = path.split('.').map((_, index, keys) => keys.slice(0, index + 1).join('.'));
    return schema !== undefined && !groups.some((group) => commented.has(group));
  });
  expect(silent.map((value) => value.path)).toEqual([]);
});

test('a value without a schema is an error, and so is a schema without a value', () => {
  const [first, ...others] = VALUES;
  expect(() => listValues(others, NO_BUNDLES)).toThrow(`there is no ${first?.path}, which has a schema`);
  expect(() => listValues([...VALUES, { path: 'colour', fallback: 'red', comment: '' }], NO_BUNDLES)).toThrow(
    'colour has no schema',
  );
});

describe.concurrent('each value has an effect', () => {
  const set: unknown = parse(readFileSync(EVERY_VALUE.file, 'utf8'));
  const alone = VALUES.filter(({ path, schema }) => schema !== undefined && valueAt(set, path) !== undefined);

  test('each value is set by one of the files that come with the chart', () => {
    const files = [EXISTING_SECRET, EVERY_VALUE, LEAST, HOST_NETWORK, ...CLUSTERS].map(({ file }): unknown =>
      parse(readFileSync(file, 'utf8')),
    );
    const unset = VALUES.filter(
      ({ path, schema, fallback }) =>
        schema !== undefined &&
        !files.some((values) => valueAt(values, path) !== undefined && valueAt(values, path) !== fallback),
    );
    expect(unset.map((value) => value.path)).toEqual([]);
  });

  test.each(alone.filter(({ path, fallback }) => valueAt(set, path) !== fallback))(
    'the value $path changes what is rendered',
    async ({ path }) => {
      const before = neededFor(path);
      const [usual, changed] = await Promise.all([
        templateText(before),
        templateText([...before, '--set-json', `${path}=${JSON.stringify(valueAt(set, path))}`]),
      ]);
      expect(changed).not.toBe(usual);
    },
  );
});

function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce(ownField, values);
}

describe.concurrent('refused is', () => {
  const ca = '-----BEGIN CERTIFICATE-----';

  test.each([
    ['a key that is not known', 'replica=3', /additional properties 'replica' not allowed/],
    [
      'one further down',
      'webhooks.enforce.failurepolicy="Ignore"',
      /'\/webhooks\/enforce': additional properties 'failurepolicy'/,
    ],
    ['a value taken away', 'webhooks.enforce.failurePolicy=null', /missing property 'failurePolicy'/],
    ['no pod at all', 'replicas=0', /'\/replicas'/],
    ['a word that is none of those', 'webhooks.fill.failurePolicy="ignore"', /must be one of 'Fail', 'Ignore'/],
    [
      'a timeout that the API server would not take',
      'webhooks.fill.timeoutSeconds=31',
      /'\/webhooks\/fill\/timeoutSeconds'/,
    ],
    ['a number as text', 'metrics.port="8080"', /'\/metrics\/port': got string, want integer/],
    ['the port that is taken', 'metrics.port=8443', /metrics\.port: 8443 is the port of the webhook/],
    [
      'a bundle that is not shipped',
      'bundles=["restrictd"]',
      /'\/bundles\/0': value must be one of 'agent-sandbox', 'agent-sandbox-strict', 'agents', /,
    ],
    ['a bundle twice', 'bundles=["agents","agents"]', /'\/bundles'/],
    [
      'a policy with a typo',
      policyValue({ spec: { hardn: 'restricted' } }),
      /'\/policies\/0\/spec': additional properties 'hardn'/,
    ],
    ['a policy of another kind', policyValue({ kind: 'ClusterPolicy' }), /'\/policies\/0\/kind'/],
    ['a policy without a name', policyValue({ metadata: {} }), /missing property 'name'/],
    [
      'both a level and labels',
      policyValue({ spec: { podSecurity: { level: 'baseline', fromNamespaceLabels: true } } }),
      /oneOf/,
    ],
    [
      'two policies of one name, of which one would be lost',
      policyValue({}).replace(/^policies=\[(.*)\]$/, 'policies=[$1,$1]'),
      /policies: the name "a" is taken by another policy/,
    ],
    ['two classes of one name', 'bundles=["docker","docker-k8s-runner"]', /bundles: docker and docker-k8s-runner are/],
    [
      'a bundle without the class that it lists',
      'bundles=["agents","runners"]',
      /bundles: runners lists the class docker, which these values do not install: add docker or docker-k8s-runner to bundles, or put docker into existingClasses where it is a CapabilityClass object of the cluster/,
    ],
    ['one with only one of its classes', 'bundles=["nsjail","coder"]', /bundles: coder lists the class landjail, /],
    [
      'a policy of ones own without a class that no bundle is',
      policyValue({ spec: { capabilities: [{ name: 'fuse' }] } }),
      /policies: a lists the class fuse, which these values do not install: put fuse into existingClasses where/,
    ],
    ['a class to exist that nothing lists', 'existingClasses=["docker"]', /no policy of these values lists docker/],
    ['a class that cannot be', 'existingClasses=["Docker"]', /'\/existingClasses\/0'/],
    [
      'a URL for an image',
      'image.repository="https://r.example.com/gate"',
      /image\.repository: .* begins with a scheme/,
    ],
    ['a tag in the repository', 'image.repository="r.example.com:5000/gate:1"', /has a tag: put it into image\.tag/],
    ['a digest that is none', 'image.digest="latest"', /'\/image\/digest'/],
    ['an annotation of ours', 'podAnnotations={"checksum/policies":"x"}', /invalid propertyName 'checksum\/policies'/],
    ['a namespace that cannot be', 'excludedNamespaces=["Kube"]', /'\/excludedNamespaces\/0'/],
    ['every namespace at once', 'excludedNamespaces=["*"]', /'\/excludedNamespaces\/0'/],
    [
      'a platform that is none',
      'platforms=["eks"]',
      /must be one of 'AKS', 'EKS', 'GKE', 'OpenShift', 'Rancher', 'k3s'/,
    ],
    [
      'an annotation by which webhooks are found again',
      'webhooks.annotations={"sandgate.dev/registration":"Chart"}',
      /invalid propertyName 'sandgate.dev\/registration'/,
    ],
    ['a selector with a typo', 'webhooks.namespaceSelector={"matchLabel":{}}', /additional properties 'matchLabel'/],
    ['a condition without an expression', 'webhooks.matchConditions=[{"name":"a"}]', /missing property 'expression'/],
    [
      'a condition with the name of one of ours',
      'webhooks.matchConditions=[{"name":"not-ourselves","expression":"true"}]',
      /matchConditions\[0\]\.name: "not-ourselves" is the name of a condition of the chart/,
    ],
    [
      'two conditions of one name',
      'webhooks.matchConditions=[{"name":"a","expression":"true"},{"name":"a","expression":"false"}]',
      /matchConditions\[1\]\.name: another condition is called "a"/,
    ],
    [
      'fewer pods at most than at least',
      'autoscaling={"enabled":true,"minReplicas":9}',
      /autoscaling\.maxReplicas: 6 is less than minReplicas 9/,
    ],
    [
      'a volume with the name of one of ours',
      'extraVolumes=[{"name":"tls","emptyDir":{}}]',
      /extraVolumes\[0\]\.name: a volume of the chart is called "tls"/,
    ],
    [
      'a mount over our files',
      'extraVolumeMounts=[{"name":"a","mountPath":"/etc/sandgate/tls"}]',
      /mountPath: \/etc\/sandgate\/tls is where the chart mounts its own files/,
    ],
    [
      'a mount of no volume',
      'extraVolumeMounts=[{"name":"a","mountPath":"/a"}]',
      /extraVolumeMounts\[0\]\.name: there is no volume "a"/,
    ],
    ['a security context that is none', 'podSecurityContext={"runAsuser":1}', /additional properties 'runAsuser'/],
    ['a probe of ones own', 'livenessProbe={"exec":{"command":["true"]}}', /additional properties 'exec'/],
    ['a probe that never fails', 'livenessProbe.failureThreshold=0', /'\/livenessProbe\/failureThreshold'/],
    ['a label of ours', 'podLabels={"app.kubernetes.io/name":"x"}', /invalid propertyName 'app.kubernetes.io\/name'/],
    [
      'a certificate that is none',
      'certificates.existingSecret.caBundle="LS0tLS1CRUdJTg=="',
      /caBundle: there is no certificate in it: expected PEM/,
    ],
    [
      'a key among certificates',
      `certificates.existingSecret.caBundle="${ca} PRIVATE KEY"`,
      /caBundle: there is a private key in it/,
    ],
    [
      'a certificate that is renewed before it is made',
      'certificates.certManager.renewBefore="2160h"',
      /renewBefore: 2160h is not within the duration of 2160h/,
    ],
    [
      'a certificate that cert-manager does not make',
      'certificates.certManager.duration="59m30s"',
      /duration: 59m30s is too short for cert-manager/,
    ],
    [
      'a span of time that is none',
      'certificates.certManager.duration="90d"',
      /'\/certificates\/certManager\/duration'/,
    ],
    [
      'half a certificate source',
      'certificates.certManager.enabled=false',
      /there is none to serve with: set certificates\.certManager\.enabled=true/,
    ],
    ['two of them', 'certificates.existingSecret.name="tls"', /certManager and existingSecret exclude each other/],
    ['two others of them', 'certificates.helm.enabled=true', /certManager, existingSecret and helm exclude each other/],
    [
      'a deadline before the drain',
      'shutdown.drainSeconds=20',
      /deadlineSeconds: 20 would cut off what drainSeconds 20 still lets in/,
    ],
    [
      'a kill before the deadline',
      'shutdown.deadlineSeconds=30',
      /gracePeriodSeconds: 30 would kill the pod before deadlineSeconds 30/,
    ],
  ])('the chart refuses %s: %s', async (_, value, says) => {
    await expect(templateText(['--set-json', value])).rejects.toThrow(says);
  });

  test('a Secret without the CA that signed it, where nobody reads the one in it', async () => {
    const args = ['--set', 'certificates.certManager.enabled=false,certificates.existingSecret.name=tls'];
    await expect(templateText(args)).resolves.toContain('--tls-ca=/etc/sandgate/tls/ca.crt');
    args.push('--set', 'webhooks.registration=Chart');
    await expect(templateText(args)).rejects.toThrow(/caBundle: the API server has to know who signed the certificate/);
  });
});

test('a key in the place of the CA is refused without being printed', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
  const value = `certificates.existingSecret.caBundle=${JSON.stringify(key)}`;
  const error: unknown = await templateText(['--set-json', value]).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/caBundle: there is a private key in it/);
  expect(String(error)).not.toContain('c2VjcmV0');
});

test.each([
  [['--set', 'bundles={runners,docker}']],
  [['--set', 'bundles={runners,docker-k8s-runner}']],
  [['--set', 'bundles={runners},existingClasses={docker}']],
  [['--set', 'existingClasses={fuse}', '--set-json', policyValue({ spec: { capabilities: [{ name: 'fuse' }] } })]],
])('a policy whose classes are bundles or said to exist is taken: %j', async (args) => {
  await expect(template(args)).resolves.not.toEqual([]);
});

test('a class that is a bundle as well as an object of the cluster is refused', async () => {
  const args = ['--set', 'bundles={runners,docker},existingClasses={docker}'];
  await expect(templateText(args)).rejects.toThrow(/existingClasses: docker is installed by bundles/);
});

test.each([
  ['bundle-agents', 'bundles=[{"name":"agents","validationActions":["Warn"]}]', 'the file of bundle agents'],
  [
    'workload-deployment.apps',
    'workloads=[{"group":"apps","kind":"Deployment","enforcement":"Enforce"}]',
    'the file of workload kind deployment.apps',
  ],
])('a policy called %s does not get lost behind the file of that name', async (name, values, by) => {
  const policy = ['--set-json', policyValue({ metadata: { name } })];
  await expect(templateText([...policy, '--set-json', values])).rejects.toThrow(
    `policies: the name "${name}" is taken by ${by}: give each policy a name of its own`,
  );
  await expect(template(policy)).resolves.not.toEqual([]);
});

test('a policy may have the name of a bundle that is a class, and of no other', async () => {
  const folder = bundlesDirectory();
  for (const name of bundleNames(folder)) {
    const classes = listedBy(name).map((listed) => `,existingClasses={${listed.join(',')}}`);
    const args = ['--set', `bundles={${name}}${classes.join('')}`, '--set-json', policyValue({ metadata: { name } })];
    if (bundleFile(folder, name).endsWith('class.yaml')) await expect(template(args)).resolves.not.toEqual([]);
    else await expect(template(args)).rejects.toThrow(`the name "${name}" is taken by a bundle`);
  }
});

/** The classes that the policy of a bundle lists, in one list; none where it lists none. */
function listedBy(bundle: string): readonly (readonly string[])[] {
  const document: unknown = parse(readFileSync(bundleFile(bundlesDirectory(), bundle), 'utf8'));
  const capabilities = ownField(ownField(document, 'spec'), 'capabilities');
  return Array.isArray(capabilities) ? [capabilities.map((one) => String(ownField(one, 'name')))] : [];
}

test('as part of another chart it takes what Helm gives to all', async () => {
  await expect(template(['--set-json', 'global={"imageRegistry":"r.example.com"}'])).resolves.not.toEqual([]);
});

test.each(VALUE_SETS)('nothing is left of a template in what becomes of $name', async ({ args }) => {
  const sources = (await templateText(args)).split(/^(?=# Source: )/m);
  // Texts of alerts and legends of panels are templates of Prometheus and of Grafana.
  const text = sources
    .filter((source) => !/^# Source: \S+\/(?:prometheus-rule|grafana-dashboard)\.yaml/.test(source))
    .join('');
  expect(sources.length).toBeGreaterThan(10);
  expect(text).not.toMatch(/\{\{|\}\}|<no value>|%!|PLACE\d/);
});
