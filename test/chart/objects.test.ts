// What the chart makes of its values.
import { describe, expect, test } from 'vitest';
import type { ClientConfig } from '../../scripts/registration/configuration.ts';
import { reachableWebhook } from '../../scripts/registration/reachable.ts';
import { uninstallWebhook } from '../../scripts/registration/uninstall.ts';
import { WEBHOOK_ENTRIES, webhookConfigurations } from '../../scripts/registration.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { NAMESPACE_NAME_LABEL, REACHABLE_WEBHOOK, UNINSTALL_LABEL, UNINSTALL_WEBHOOK } from '../../src/model/names.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { qualifiedKind } from '../../src/workloads/workload.ts';
import {
  at,
  configurationsIn,
  DEFINITIONS,
  EVERY_VALUE,
  EXISTING_SECRET,
  find,
  LEAST,
  NAMESPACE,
  policyValue,
  template,
  titleOf,
  VALUE_SETS,
} from './rendered.ts';

/** The kinds that every-value-values.yaml adds. */
const CHOSEN = [
  'RunnerGroup.actions-gateway.github.com',
  'ClusterWorkflowTemplate.argoproj.io',
  'BuildRunner.runners.example.com',
];

/** Where the Prometheus looks for it, and where workloads are. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'ConfigMap/admission-gate-dashboard': ['monitoring'],
  'PodMonitor/sandgate': ['monitoring'],
  'PrometheusRule/admission-gate': ['monitoring'],
  'ServiceMonitor/admission-gate': ['monitoring'],
  'NetworkPolicy/agents-egress': ['agents', 'agents-staging'],
};

const BY_CHART_ARGS = ['--set', 'webhooks.registration=Chart'];

async function container(args: readonly string[] = []): Promise<unknown> {
  return at(find(await template(args), 'Deployment'), 'spec', 'template', 'spec', 'containers', 0);
}

async function policyChecksum(args: readonly string[]): Promise<unknown> {
  const deployment = find(await template(args), 'Deployment');
  return at(deployment, 'spec', 'template', 'metadata', 'annotations', 'checksum/policies');
}

describe.concurrent('which objects there are', () => {
  const ALWAYS = [
    'ClusterRole/sandgate',
    'ClusterRole/sandgate-edit',
    'ClusterRole/sandgate-edit-exceptions',
    'ClusterRole/sandgate-view',
    'ClusterRoleBinding/sandgate',
    'Deployment/sandgate',
    'Role/sandgate',
    'RoleBinding/sandgate',
    'Service/sandgate',
    'ServiceAccount/sandgate',
  ];
  const BY_SERVER = ['ConfigMap/sandgate-webhooks'];
  const BY_CHART = ['MutatingWebhookConfiguration/sandgate', 'ValidatingWebhookConfiguration/sandgate'];
  const CERTIFICATES = [
    'Certificate/sandgate',
    'Certificate/sandgate-ca',
    'Issuer/sandgate-ca',
    'Issuer/sandgate-self-signed',
  ];
  const USUAL = [
    ...DEFINITIONS.map((name) => `CustomResourceDefinition/${name}`),
    'PodDisruptionBudget/sandgate',
    'Service/sandgate-metrics',
  ];
  const policies = ['--set-json', policyValue({})];

  test.each([
    { what: 'by default', args: [], objects: [...ALWAYS, ...BY_SERVER, ...CERTIFICATES, ...USUAL] },
    {
      what: 'with webhooks registered by the chart',
      args: BY_CHART_ARGS,
      objects: [...ALWAYS, ...BY_CHART, ...CERTIFICATES, ...USUAL],
    },
    {
      what: 'with policies',
      args: policies,
      objects: [...ALWAYS, ...BY_SERVER, ...CERTIFICATES, ...USUAL, 'ConfigMap/sandgate-policies'],
    },
    { what: 'with a Secret', args: EXISTING_SECRET.args, objects: [...ALWAYS, ...BY_SERVER, ...USUAL] },
    { what: 'with the least', args: LEAST.args, objects: [...ALWAYS, ...BY_SERVER, ...CERTIFICATES] },
  ])('$what, the chart renders exactly its objects', async ({ args, objects }) => {
    expect((await template(args)).map(titleOf).toSorted()).toEqual(objects.toSorted());
  });

  test('all in one namespace or in none, and all with the labels of the release', async () => {
    for (const { args } of VALUE_SETS) {
      for (const object of await template(args)) {
        const isCluster = /^(Cluster|Custom|Mutating|Validating)/.test(String(object.kind));
        const own = ELSEWHERE[titleOf(object)] ?? [NAMESPACE];
        const namespace = at(object, 'metadata', 'namespace');
        expect([titleOf(object), isCluster ? namespace === undefined : own.includes(String(namespace))]).toEqual([
          titleOf(object),
          true,
        ]);
        expect(at(object, 'metadata', 'labels')).toMatchObject({
          'app.kubernetes.io/instance': 'sandgate',
          'app.kubernetes.io/managed-by': 'Helm',
          'app.kubernetes.io/version': '0.1.0',
        });
      }
    }
  });
});

describe.concurrent('an uninstall', () => {
  test('is announced by a hook that starts no pod and leaves nothing, which is what the webhook and the server look for', async () => {
    for (const args of [[], BY_CHART_ARGS]) {
      const objects = await template(args, { hooks: true });
      const notice = find(objects, 'ConfigMap', 'sandgate-uninstall');
      expect(at(notice, 'metadata', 'annotations')).toEqual({
        'helm.sh/hook': 'pre-delete',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded,hook-failed',
      });
      expect(at(notice, 'metadata', 'namespace')).toBe(NAMESPACE);
      const labels = at(notice, 'metadata', 'labels');
      expect(isJsonObject(labels) && UNINSTALL_LABEL in labels).toBe(true);
      const hooks = objects.filter(
        (object) => String(at(object, 'metadata', 'annotations', 'helm.sh/hook')) === 'pre-delete',
      );
      expect(hooks.map(titleOf)).toEqual(['ConfigMap/sandgate-uninstall']);
    }
  });
});

describe.concurrent('names', () => {
  test.each([
    { release: 'sandgate', args: [], name: 'sandgate' },
    { release: 'prod-sandgate', args: [], name: 'prod-sandgate' },
    { release: 'prod', args: [], name: 'prod-sandgate' },
    { release: 'prod', args: ['--set', 'nameOverride=gate'], name: 'prod-gate' },
    { release: 'prod', args: ['--set', 'fullnameOverride=admission'], name: 'admission' },
    { release: 'a'.repeat(53), args: [], name: 'a'.repeat(50) },
  ])('names fit a release called $release $args', async ({ release, args, name }) => {
    const objects = await template(args, { release });
    expect(titleOf(find(objects, 'Deployment'))).toBe(`Deployment/${name}`);
    // Everything that names another object names one that is there.
    for (const webhook of webhooksIn(objects)) {
      expect(at(webhook, 'clientConfig', 'service')).toMatchObject({ name, namespace: NAMESPACE, port: 443 });
    }
    expect(at(find(objects, 'Certificate', name), 'spec', 'dnsNames')).toEqual([
      name,
      `${name}.sandgate`,
      `${name}.sandgate.svc`,
    ]);
    const pod = at(find(objects, 'Deployment'), 'spec', 'template', 'spec');
    expect(at(pod, 'serviceAccountName')).toBe(name);
    expect(at(pod, 'volumes', 0, 'secret', 'secretName')).toBe(
      at(find(objects, 'Certificate', name), 'spec', 'secretName'),
    );
    // The names of roles are no part of any host name or label.
    for (const object of objects.filter(({ kind }) => kind !== 'ClusterRole'))
      expect(String(at(object, 'metadata', 'name')).length).toBeLessThanOrEqual(63);
  });
});

describe.concurrent('the webhooks', () => {
  test('are those of the registration, and the one that tells whether the API server reaches us', async () => {
    const { mutating, validating } = webhookConfigurations({
      name: 'sandgate',
      clientConfig,
      namespace: NAMESPACE,
      excludedNamespaces: ['cert-manager', 'kube-system'],
      username: 'system:serviceaccount:sandgate:sandgate',
      // For the server to register where it is used.
      connections: true,
      roleBindings: true,
      ownBindings: ['sandgate', 'sandgate-audit'],
    });
    const ours = { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'In', values: [NAMESPACE] }] } as const;
    const objects = configurationsIn(await template());
    expect(at(find(objects, mutating.kind), 'webhooks')).toEqual(mutating.webhooks);
    expect(at(find(objects, validating.kind), 'webhooks')).toEqual([
      ...validating.webhooks,
      reachableWebhook(clientConfig('/reachable'), ours),
      uninstallWebhook(clientConfig('/uninstall'), ours),
    ]);
  });

  test('are the same in both modes, but for what says who registers them', async () => {
    const always = '--set=webhooks.connect.enabled=true,webhooks.roleBindings.enabled=true';
    const modes = [[always], [...BY_CHART_ARGS, always]];
    const [server, chart] = await Promise.all(modes.map(async (args) => configurationsIn(await template(args))));
    expect(server?.map(({ kind, webhooks }) => [kind, webhooks])).toEqual(
      chart?.map(({ kind, webhooks }) => [kind, webhooks]),
    );
    for (const configuration of server ?? []) {
      expect(at(configuration, 'metadata', 'ownerReferences')).toEqual([
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'sandgate' },
      ]);
      // By these Helm takes over what it did not make, where the chart is to register them again.
      expect(at(configuration, 'metadata', 'annotations')).toEqual({
        'admissions.enforcer/disabled': 'true',
        'sandgate.dev/registration': 'Server',
        'meta.helm.sh/release-name': 'sandgate',
        'meta.helm.sh/release-namespace': NAMESPACE,
      });
    }
    for (const configuration of chart ?? []) {
      expect(at(configuration, 'metadata', 'ownerReferences')).toBeUndefined();
      expect(at(configuration, 'metadata', 'annotations')).toEqual({
        'admissions.enforcer/disabled': 'true',
        'sandgate.dev/registration': 'Chart',
        // cert-manager tells the API server of the CA.
        'cert-manager.io/inject-ca-from': 'sandgate/sandgate',
      });
    }
  });

  test('are for the kinds that the values choose, and left out for those that they ignore, in both modes', async () => {
    const ignored = [
      '--set-json',
      `workloads=[{"group":"batch","kind":"Job","enforcement":"Ignore"},"RayJob.ray.io",{"group":"apps","kind":"Deployment","enforcement":"Enforce"}]`,
    ];
    for (const mode of [[], BY_CHART_ARGS]) {
      const webhooks = webhooksIn(await template([...ignored, ...mode]));
      const resources = webhooks.map((webhook) =>
        [at(webhook, 'rules')].flat().flatMap((rule) => at(rule, 'resources')),
      );
      const [fill, enforce, advise] = resources;
      expect(enforce).toEqual(expect.arrayContaining(['pods', 'deployments']));
      expect(advise).toEqual(expect.arrayContaining(['statefulsets', 'rayjobs']));
      expect(advise).not.toContain('deployments');
      for (const list of [fill, enforce, advise]) expect(list).not.toContain('jobs');
      // What else the chart gives the server has to fit what is registered.
      const args = String(at(await container([...ignored, ...mode]), 'args'));
      expect(args).toContain('RayJob.ray.io');
      expect(args).not.toContain(',Job.batch');
    }
  });

  test('that the server registers need its rights, and a ClusterRole that takes them away again', async () => {
    await expect(template(['--set', 'rbac.create=false'])).rejects.toThrow(
      'webhooks.registration: the server registers its webhooks with a right of its own',
    );
    await expect(template(['--set', 'rbac.create=false', ...BY_CHART_ARGS])).resolves.not.toEqual([]);
  });

  test('can be told otherwise, one by one', async () => {
    const webhooks = webhooksIn(await template(EVERY_VALUE.args));
    expect(webhooks.map((webhook) => [webhook.name, webhook.failurePolicy, webhook.timeoutSeconds])).toEqual([
      [WEBHOOK_ENTRIES.fill.name, 'Fail', 1],
      [WEBHOOK_ENTRIES.enforce.name, 'Ignore', 10],
      [WEBHOOK_ENTRIES.advise.name, 'Fail', 1],
      [WEBHOOK_ENTRIES.connect.name, 'Fail', 5],
      [WEBHOOK_ENTRIES.roleBindings.name, 'Fail', 5],
      [WEBHOOK_ENTRIES.policies.name, 'Ignore', 10],
      // The one who asks it has to hear why it does not answer.
      [REACHABLE_WEBHOOK, 'Fail', 5],
      // An uninstall does not wait for one that is away.
      [UNINSTALL_WEBHOOK, 'Ignore', 5],
    ]);
    expect(JSON.stringify(webhooks)).toContain('system:serviceaccount:sandgate:gatekeeper');
  });

  test.each([
    { what: 'by default', args: [], excluded: ['sandgate', 'cert-manager', 'kube-system'] },
    {
      what: 'with others',
      args: EVERY_VALUE.args,
      excluded: [
        'sandgate',
        'kube-system',
        'calico-system',
        'amazon-guardduty',
        'amazon-cloudwatch',
        'cis-operator-system',
        'tigera-operator',
      ],
    },
    { what: 'with none', args: LEAST.args, excluded: ['sandgate', 'cert-manager'] },
    { what: 'with a certificate from elsewhere', args: EXISTING_SECRET.args, excluded: ['sandgate', 'kube-system'] },
    {
      what: 'with our own named, too',
      args: ['--set', 'excludedNamespaces={sandgate,a}'],
      excluded: ['sandgate', 'cert-manager', 'a'],
    },
  ])('leave namespaces alone: $what', async ({ args, excluded }) => {
    const selectors = webhooksIn(await template(args)).map((webhook) =>
      at(webhook, 'namespaceSelector', 'matchExpressions', 0, 'values'),
    );
    expect(selectors).toEqual([
      excluded,
      excluded,
      excluded,
      excluded,
      excluded,
      undefined,
      ['sandgate'],
      ['sandgate'],
    ]);
  });

  test('have no CA where a certificate of cert-manager comes with it', async () => {
    for (const args of [[], BY_CHART_ARGS]) {
      for (const webhook of webhooksIn(await template(args)))
        expect(at(webhook, 'clientConfig', 'caBundle')).toBeUndefined();
    }
  });

  test('the webhooks have the CA that the values give', async () => {
    for (const configuration of configurationsIn(await template(EXISTING_SECRET.args))) {
      for (const webhook of webhooksIn([configuration])) {
        const bundle = Buffer.from(String(at(webhook, 'clientConfig', 'caBundle')), 'base64').toString('utf8');
        expect(bundle).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/);
      }
    }
  });
});

describe.concurrent('the pod', () => {
  test('is started with what the values say', async () => {
    expect(at(await container(), 'args')).toEqual([
      'serve',
      '--in-cluster',
      '--uninstall-notice=sandgate/sandgate-uninstall',
      `--registered-kinds=${[...WORKLOADS.map(qualifiedKind), 'PodExecOptions', 'RoleBinding.rbac.authorization.k8s.io'].join(',')}`,
      '--tls-cert=/etc/sandgate/tls/tls.crt',
      '--tls-key=/etc/sandgate/tls/tls.key',
      '--register-webhooks=/etc/sandgate/webhooks/webhooks.yaml',
      '--events-about=sandgate',
      '--tls-ca=/etc/sandgate/tls/ca.crt',
      '--port=8443',
      '--metrics-port=8080',
      '--log-level=info',
      '--authorization-cache-authorized-ttl=10',
      '--authorization-cache-unauthorized-ttl=5',
      '--drain=5',
      '--shutdown-deadline=20',
    ]);
    expect(at(await container(EVERY_VALUE.args), 'args')).toEqual([
      'serve',
      '--in-cluster',
      '--policies=baseline',
      '--policies=/etc/sandgate/policies',
      '--uninstall-notice=sandgate/admission-gate-uninstall',
      `--registered-kinds=${[...WORKLOADS.map(qualifiedKind), ...CHOSEN, 'PodExecOptions', 'RoleBinding.rbac.authorization.k8s.io'].join(',')}`,
      '--tls-cert=/etc/sandgate/tls/tls.crt',
      '--tls-key=/etc/sandgate/tls/tls.key',
      '--register-webhooks=/etc/sandgate/webhooks/webhooks.yaml',
      '--events-about=admission-gate',
      '--tls-ca=/etc/sandgate/tls/ca.crt',
      '--port=9443',
      '--metrics-port=9090',
      '--denial-events',
      '--traces',
      '--log-level=warn',
      '--authorization-cache-authorized-ttl=30',
      '--authorization-cache-unauthorized-ttl=1',
      '--drain=10',
      '--shutdown-deadline=25',
      '--capability-implementations={"docker":"rootless","nsjail":"user-namespace"}',
      '--client-ca=/etc/sandgate/client-ca/ca.crt',
      '--client-name=kube-apiserver',
      "--client-name=another, with 'quotes'",
      '--host=0.0.0.0',
      '--metrics-on-webhook-port',
    ]);
    expect(at(await container(LEAST.args), 'args')).toContain('--no-metrics');
  });

  test.each([
    { args: [], image: 'sandgate:0.1.0' },
    { args: ['--set', 'image.repository=r.example.com:5000/a/b,image.tag=1.2'], image: 'r.example.com:5000/a/b:1.2' },
    {
      args: ['--set', `image.tag=1.2,image.digest=sha256:${'a'.repeat(64)}`],
      image: `sandgate@sha256:${'a'.repeat(64)}`,
    },
  ])('has the image $image', async ({ args, image }) => {
    expect(at(await container(args), 'image')).toBe(image);
  });

  test('is asked over TLS whether it lives, on a port that it listens on', async () => {
    const asked = await container();
    const ports = at(asked, 'ports');
    expect(ports).toEqual([
      { name: 'https', containerPort: 8443 },
      { name: 'metrics', containerPort: 8080 },
    ]);
    for (const [probe, path] of [
      ['livenessProbe', '/livez'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(at(asked, probe, 'httpGet')).toEqual({ path, port: 'https', scheme: 'HTTPS' });
    }
    // It says that it is going for as long as it serves: long enough for the probe to hear it.
    const period =
      Number(at(asked, 'readinessProbe', 'periodSeconds')) * Number(at(asked, 'readinessProbe', 'failureThreshold'));
    expect(period).toBeLessThanOrEqual(5);
  });

  test('is another where its policies are', async () => {
    const levels = ['baseline', 'restricted'].map((level) => ({ spec: { podSecurity: { level } } }));
    const all = [[], ...levels.map((changes) => ['--set-json', policyValue(changes)])];
    const [none, one, other] = await Promise.all(all.map(policyChecksum));
    expect(new Set([none, one, other]).size).toBe(3);
    expect(await policyChecksum(['--set', 'replicas=5'])).toBe(none);
  });

  test('reads the key, and nobody else does', async () => {
    const spec = at(find(await template(), 'Deployment'), 'spec', 'template', 'spec');
    expect(at(spec, 'volumes', 0)).toEqual({ name: 'tls', secret: { secretName: 'sandgate-tls', defaultMode: 0o440 } });
    expect(at(spec, 'securityContext', 'fsGroup')).toBe(65532);
    expect(at(spec, 'containers', 0, 'volumeMounts', 0)).toEqual({
      name: 'tls',
      mountPath: '/etc/sandgate/tls',
      readOnly: true,
    });
  });
});

test('a definition goes with the release only where that is asked for', async () => {
  expect(DEFINITIONS).toContain('isolationpolicies.sandgate.dev');
  for (const name of DEFINITIONS) {
    const kept = find(await template(), 'CustomResourceDefinition', name);
    expect(at(kept, 'metadata', 'annotations', 'helm.sh/resource-policy')).toBe('keep');
    const gone = find(await template(EVERY_VALUE.args), 'CustomResourceDefinition', name);
    expect(at(gone, 'metadata', 'annotations')).toBeUndefined();
  }
});

test('the policies of the values come in files of their own', async () => {
  const map = find(await template(EVERY_VALUE.args), 'ConfigMap', 'admission-gate-policies');
  const files = at(map, 'data');
  expect(isJsonObject(files) && Object.keys(files)).toEqual([
    'tenants.yaml',
    'bundle-restricted.yaml',
    'workload-deployment.apps.yaml',
    'workload-buildrunner.runners.example.com.yaml',
  ]);
});

function clientConfig(path: string): ClientConfig {
  return { service: { name: 'sandgate', namespace: NAMESPACE, path, port: 443 } };
}

function webhooksIn(objects: readonly JsonObject[]): readonly JsonObject[] {
  return configurationsIn(objects).flatMap((object) =>
    Array.isArray(object.webhooks) ? object.webhooks.filter(isJsonObject) : [],
  );
}
