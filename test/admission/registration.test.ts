import { describe, expect, test } from 'vitest';
import type { ValidatingWebhook } from '../../scripts/registration/configuration.ts';
import { type RegistrationOptions, WEBHOOK_ENTRIES, webhookConfigurations } from '../../scripts/registration.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { type Enforcement, qualifiedKind, type Workload } from '../../src/workloads/workload.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { entriesFor, type MatchedRequest } from '../support/registered.ts';

const FILL = 'workloads.mutate.sandgate.dev';
const ENFORCE = 'workloads.validate.sandgate.dev';
const ADVISE = 'advisory.validate.sandgate.dev';
const POLICIES = 'policies.validate.sandgate.dev';

function clientConfig(path: string): { url: string } {
  return { url: `https://127.0.0.1:8443${path}` };
}

function configurations(options: Partial<RegistrationOptions> = {}) {
  return webhookConfigurations({ name: 'sandgate', clientConfig, ...options });
}

function webhooks(options: Partial<RegistrationOptions> = {}): readonly ValidatingWebhook[] {
  const { mutating, validating } = configurations(options);
  return [...mutating.webhooks, ...validating.webhooks];
}

function requestFor(row: Workload, changes: Partial<MatchedRequest> = {}): MatchedRequest {
  const { group, resource, versions } = row;
  const version = versions[0] ?? '';
  return { group, version, resource, subresource: '', operation: 'CREATE', namespace: 'agents', ...changes };
}

/** The subresources that exist, whether we want them or not. */
function subresourcesOf(row: Workload): readonly string[] {
  if (row.kind !== 'Pod') return ['', 'status', 'scale'];
  return ['', ...row.subresources, 'attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'status'];
}

/** An object of a kind whose template violates; `image` and a container tell two of them apart. */
function objectOf(row: Workload, image: string): JsonObject {
  const template: JsonObject = {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [{ name: 'app', image, securityContext: { privileged: true } }],
      ephemeralContainers: image === 'old' ? [] : [{ name: 'shell', image: 'busybox' }],
    },
  };
  const keys = (row.templates[0] ?? '').split('/').slice(1);
  const held = keys.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), template);
  return { apiVersion: row.group === '' ? 'v1' : `${row.group}/${row.versions[0]}`, kind: row.kind, ...held };
}

describe('what is registered is what the engine looks at, and no more', () => {
  // A time to live is what is filled in around a template.
  const around = 'lifecycle: { ttlSecondsAfterFinished: { default: 600 } }';
  const gate = gateOf(policyYaml('all', `podSecurity: { level: restricted }\nharden: restricted\n${around}`));
  const cases = WORKLOADS.flatMap((row) =>
    ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'].flatMap((operation) =>
      subresourcesOf(row)
        // What is created through a subresource is of another kind: a Binding, an Eviction.
        .filter((subresource) => subresource === '' || operation !== 'CREATE')
        .map((subresource) => ({ name: `${operation} ${row.resource}/${subresource}`, row, operation, subresource })),
    ),
  );

  test.each(cases)('$name is registered exactly if the engine looks at it', ({ row, operation, subresource }) => {
    const subject = subjectOf(objectOf(row, 'new'), {
      operation,
      subresource,
      ...(operation === 'UPDATE' && { oldObject: objectOf(row, 'old') }),
    });
    const filled = mutate(subject, gate).verdict !== 'skipped';
    const judged = validate(subject, gate).verdict !== 'skipped';
    // No kind but Pod has a subresource that the engine reads.
    expect(entriesFor(webhooks(), requestFor(row, { operation, subresource }))).toEqual([
      ...(filled ? [FILL] : []),
      ...(judged ? [row.enforcement === 'Enforce' ? ENFORCE : ADVISE] : []),
    ]);
  });

  test('some of them are looked at, and some are not', () => {
    expect(entriesFor(webhooks(), requestFor(podRow, { operation: 'UPDATE' }))).toEqual([ENFORCE]);
    const ephemeral = requestFor(podRow, { operation: 'UPDATE', subresource: 'ephemeralcontainers' });
    expect(entriesFor(webhooks(), ephemeral)).toEqual([FILL, ENFORCE]);
    expect(entriesFor(webhooks(), { ...ephemeral, subresource: 'resize' })).toEqual([ENFORCE]);
  });
});

const podRow = rowOf('Pod');

function rowOf(kind: string): Workload {
  const row = WORKLOADS.find((workload) => qualifiedKind(workload) === kind);
  if (!row) throw new Error(`no row for ${kind}`);
  return row;
}

test.each(WORKLOADS.flatMap((row) => [...row.versions, 'v9'].map((version) => ({ row, version }))))(
  'a $row.kind of $version comes to us',
  ({ row, version }) => {
    const entries = entriesFor(webhooks(), requestFor(row, { version }));
    expect(entries).toContain(row.enforcement === 'Enforce' ? ENFORCE : ADVISE);
  },
);

test.each([
  { name: 'leases', group: 'coordination.k8s.io', resource: 'leases', namespace: 'agents' },
  { name: 'events', group: 'events.k8s.io', resource: 'events', namespace: 'agents' },
  { name: 'nodes', group: '', resource: 'nodes', namespace: '' },
  { name: 'secrets', group: '', resource: 'secrets', namespace: 'agents' },
  { name: 'the Deployments of another group', group: 'example.com', resource: 'deployments', namespace: 'agents' },
  {
    name: 'our own policies',
    group: 'sandgate.dev',
    resource: 'isolationpolicies',
    namespace: '',
    entries: [POLICIES],
  },
  {
    name: 'our own classes',
    group: 'sandgate.dev',
    resource: 'capabilityclasses',
    namespace: '',
    entries: [POLICIES],
  },
])('which webhooks are called for $name', ({ entries = [], ...request }) => {
  for (const operation of ['CREATE', 'UPDATE']) {
    expect(entriesFor(webhooks(), { ...request, version: 'v1alpha1', subresource: '', operation })).toEqual(entries);
    expect(entriesFor(webhooks(), { ...request, version: 'v1alpha1', subresource: 'status', operation })).toEqual([]);
  }
  expect(entriesFor(webhooks(), { ...request, version: 'v1', subresource: '', operation: 'DELETE' })).toEqual([]);
});

describe('how strictly a kind is judged decides its entry', () => {
  test.each([
    { kind: 'Deployment.apps', as: 'Enforce', entries: [ENFORCE] },
    { kind: 'Deployment.apps', as: 'Ignore', entries: [] },
    { kind: 'Pod', as: 'Warn', entries: [FILL, ADVISE] },
    { kind: 'Pod', as: 'Ignore', entries: [] },
    { kind: 'Sandbox.agents.x-k8s.io', as: 'Ignore', entries: [] },
  ] satisfies { kind: string; as: Enforcement; entries: string[] }[])(
    'a $kind with enforcement $as is sent to the entries for that',
    ({ kind, as, entries }) => {
      const enforcement = (row: Workload): Enforcement => (qualifiedKind(row) === kind ? as : row.enforcement);
      expect(entriesFor(webhooks({ enforcement }), requestFor(rowOf(kind)))).toEqual(entries);
    },
  );

  test('an entry for which no kind is left is not there', () => {
    expect(webhooks({ enforcement: () => 'Ignore' }).map((webhook) => webhook.name)).toEqual([POLICIES]);
    expect(webhooks({ enforcement: () => 'Enforce' }).map((webhook) => webhook.name)).toEqual([
      FILL,
      ENFORCE,
      POLICIES,
    ]);
  });

  test('a kind of yours is registered like ours', () => {
    const mine: Workload = {
      group: 'ray.io',
      kind: 'RayCluster',
      versions: ['v1'],
      resource: 'rayclusters',
      templates: ['/spec/headGroupSpec/template'],
      subresources: [],
      enforcement: 'Enforce',
      fillIn: false,
    };
    const registered = webhooks({ workloads: [...WORKLOADS, mine] });
    expect(entriesFor(registered, requestFor(mine, { operation: 'UPDATE' }))).toEqual([ENFORCE]);
  });
});

function called(options: Partial<RegistrationOptions>, namespace: string): string[] {
  return entriesFor(webhooks(options), requestFor(podRow, { namespace }));
}

describe('namespaces', () => {
  test('kube-system is left alone', () => {
    expect(called({}, 'kube-system')).toEqual([]);
    expect(called({}, 'kube-systems')).toEqual([FILL, ENFORCE]);
  });
  test('our own namespace is left alone, whatever else is', () => {
    expect(called({ namespace: 'sandgate' }, 'sandgate')).toEqual([]);
    expect(called({ namespace: 'sandgate', excludedNamespaces: [] }, 'sandgate')).toEqual([]);
    expect(called({ namespace: 'sandgate', excludedNamespaces: ['calico'] }, 'calico')).toEqual([]);
    expect(called({ namespace: 'sandgate', excludedNamespaces: ['calico'] }, 'kube-system')).toEqual([FILL, ENFORCE]);
  });
  test('none is named twice', () => {
    const [entry] = webhooks({ namespace: 'a', excludedNamespaces: ['a', 'b', 'b'] });
    expect(entry?.namespaceSelector?.matchExpressions?.[0]?.values).toEqual(['a', 'b']);
  });
  test('with none to leave alone the selector is empty', () => {
    expect(webhooks({ excludedNamespaces: [] })[0]?.namespaceSelector).toEqual({});
  });
  test('a policy is judged wherever it is: it belongs to none', () => {
    expect(webhooks().find((webhook) => webhook.name === POLICIES)?.namespaceSelector).toBeUndefined();
  });
});

describe('each entry', () => {
  test.each(webhooks({ username: 'system:serviceaccount:sandgate:sandgate' }))('$name is well formed', (webhook) => {
    // The API server asks for a domain with at least three labels.
    expect(webhook.name).toMatch(/^[a-z]+\.(mutate|validate)\.sandgate\.dev$/);
    expect(webhook.timeoutSeconds).toBeGreaterThanOrEqual(1);
    expect(webhook.timeoutSeconds).toBeLessThanOrEqual(10);
    expect(webhook).toMatchObject({ sideEffects: 'None', matchPolicy: 'Equivalent', admissionReviewVersions: ['v1'] });
    const names = webhook.matchConditions.map((condition) => condition.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThanOrEqual(64);
  });

  test('fails as it should while we are down', () => {
    const { mutating, validating } = configurations();
    expect(
      mutating.webhooks.map(({ name, failurePolicy, timeoutSeconds, reinvocationPolicy }) => ({
        name,
        failurePolicy,
        timeoutSeconds,
        reinvocationPolicy,
      })),
    ).toEqual([{ name: FILL, failurePolicy: 'Ignore', timeoutSeconds: 2, reinvocationPolicy: 'IfNeeded' }]);
    expect(
      validating.webhooks.map(({ name, failurePolicy, timeoutSeconds }) => ({ name, failurePolicy, timeoutSeconds })),
    ).toEqual([
      { name: ENFORCE, failurePolicy: 'Fail', timeoutSeconds: 5 },
      { name: ADVISE, failurePolicy: 'Ignore', timeoutSeconds: 2 },
      { name: POLICIES, failurePolicy: 'Fail', timeoutSeconds: 5 },
    ]);
  });

  test('of connections is there only where it is asked for, and is sent nothing else', () => {
    expect(webhooks().map(({ name }) => name)).not.toContain(WEBHOOK_ENTRIES.connect.name);
    const found = webhooks({ connections: true }).filter(({ name }) => name === WEBHOOK_ENTRIES.connect.name);
    expect(found).toMatchObject([{ failurePolicy: 'Fail', timeoutSeconds: 5 }]);
    expect(found[0]?.rules).toEqual([
      {
        apiGroups: [''],
        apiVersions: ['*'],
        resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy'],
        operations: ['CONNECT'],
        scope: 'Namespaced',
      },
    ]);
  });

  test('of role bindings likewise, and never asks about what an API server writes or about our own', () => {
    expect(webhooks().map(({ name }) => name)).not.toContain(WEBHOOK_ENTRIES.roleBindings.name);
    const all = webhooks({ roleBindings: true, ownBindings: ['sandgate'] });
    const [found] = all.filter(({ name }) => name === WEBHOOK_ENTRIES.roleBindings.name);
    expect(found).toMatchObject({ failurePolicy: 'Fail', timeoutSeconds: 5 });
    expect(found?.rules.map(({ resources, operations, scope }) => [resources, operations, scope])).toEqual([
      [['rolebindings'], ['CREATE', 'UPDATE'], 'Namespaced'],
      [['clusterrolebindings'], ['CREATE', 'UPDATE'], 'Cluster'],
    ]);
    expect(found?.matchConditions.slice(0, 2)).toEqual([
      {
        name: 'not-the-api-server',
        expression: "!has(request.userInfo.username) || request.userInfo.username != 'system:apiserver'",
      },
      {
        name: 'not-our-own-bindings',
        expression:
          "request.operation != 'UPDATE' || request.resource.resource != 'clusterrolebindings' || !(request.name in [\"sandgate\"])",
      },
    ]);
  });

  test('can be told otherwise', () => {
    const changed = webhooks({ failurePolicy: { fill: 'Fail', enforce: 'Ignore' }, timeoutSeconds: { enforce: 7 } });
    expect(changed.map((webhook) => webhook.failurePolicy)).toEqual(['Fail', 'Ignore', 'Ignore', 'Fail']);
    expect(changed.map((webhook) => webhook.timeoutSeconds)).toEqual([2, 7, 2, 5]);
  });

  test('is sent to its path', () => {
    for (const entry of Object.values(WEBHOOK_ENTRIES)) {
      const found = webhooks({ connections: true, roleBindings: true }).find((webhook) => webhook.name === entry.name);
      expect(found?.clientConfig).toEqual({ url: `https://127.0.0.1:8443${entry.path}` });
    }
  });
});

test('the same options make the same configurations', () => {
  expect(JSON.stringify(configurations())).toBe(JSON.stringify(configurations()));
});
