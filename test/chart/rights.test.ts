// Accounts, roles, issuers and priorities: what comes from the chart, and what from elsewhere.
import { describe, expect, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { EVENT_RULES, RULES } from '../cluster/support/sandgate.ts';
import { at, configurationsIn, EVERY_VALUE, find, HOST_NETWORK, template, templateText, titleOf } from './rendered.ts';

/** The kinds of a scope, or all. */
function kinds(wanted?: 'Cluster' | 'Namespaced'): object {
  const found = OWN_KINDS.filter(({ scope }) => wanted === undefined || scope === wanted);
  return { apiGroups: ['sandgate.dev'], resources: found.map(({ plural }) => plural) };
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const READ = ['get', 'list', 'watch'];
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-view';

const BY_CHART = ['--set', 'webhooks.registration=Chart'];

function webhookRule(...verbs: readonly string[]): object {
  return {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    resourceNames: ['sandgate'],
    verbs,
  };
}

test('the server may read what it watches, ask who may use what, and write no more than the status of our kinds', async () => {
  const rules = at(find(await template(BY_CHART), 'ClusterRole', 'sandgate'), 'rules');
  expect(rules).toEqual([...RULES, webhookRule('get')]);
});

test('it may write the webhook configurations of its own name, and no others, where it is to register them', async () => {
  const rules = at(find(await template([], { release: 'prod' }), 'ClusterRole', 'prod-sandgate'), 'rules');
  const resourceNames = ['prod-sandgate'];
  expect(rules).toEqual([
    ...RULES.slice(0, 2),
    // The pod that somebody connects to, where a policy judges connections.
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ...RULES.slice(2),
    { ...webhookRule('get', 'create', 'patch', 'delete'), resourceNames },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames, verbs: ['get'] },
  ]);
});

test('it may write events in every namespace where it is to write about what it refuses, and is told to', async () => {
  const args = [...BY_CHART, '--set', 'denialEvents.enabled=true'];
  const objects = await template(args);
  const rules = at(find(objects, 'ClusterRole', 'sandgate'), 'rules');
  expect(rules).toEqual([...RULES, ...EVENT_RULES, webhookRule('get')]);
  expect(JSON.stringify(find(objects, 'Deployment'))).toContain('"--denial-events"');
  const effects = configurationsIn(objects).flatMap((one) => listIn(ownField(one, 'webhooks')));
  const byName = new Map(effects.map((one) => [ownField(one, 'name'), ownField(one, 'sideEffects')]));
  expect(byName.get('workloads.validate.sandgate.dev')).toBe('NoneOnDryRun');
  expect(byName.get('policies.validate.sandgate.dev')).toBe('None');
});

test('in its own namespace it may write events, and look at its own Deployment and at what announces an uninstall', async () => {
  const objects = await template();
  expect(at(find(objects, 'Role'), 'rules')).toEqual([
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'list'] },
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['sandgate'], verbs: ['get'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['sandgate-uninstall'], verbs: ['get'] },
  ]);
  expect(at(find(objects, 'RoleBinding'), 'subjects')).toEqual(
    at(find(objects, 'ClusterRoleBinding', 'sandgate'), 'subjects'),
  );
});

describe.concurrent('roles for people', () => {
  test('one reads all of our kinds, and is part of view; two write what is of the cluster and of namespaces, and are part of nothing', async () => {
    const objects = await template([], { release: 'prod' });
    const view = find(objects, 'ClusterRole', 'prod-sandgate-view');
    expect(at(view, 'rules')).toEqual([{ ...kinds(), verbs: READ }]);
    expect(at(view, 'metadata', 'labels', AGGREGATE)).toBe('true');
    for (const [role, scope] of [
      ['prod-sandgate-edit', 'Cluster'],
      ['prod-sandgate-edit-exceptions', 'Namespaced'],
    ] as const) {
      const edit = find(objects, 'ClusterRole', role);
      expect(at(edit, 'rules')).toEqual([{ ...kinds(scope), verbs: [...READ, ...WRITE] }]);
      expect(JSON.stringify(at(edit, 'metadata', 'labels'))).not.toContain('aggregate');
    }
  });

  test('the part of view can be left out', async () => {
    const view = find(await template(EVERY_VALUE.args), 'ClusterRole', 'admission-gate-view');
    expect(JSON.stringify(at(view, 'metadata', 'labels'))).not.toContain('aggregate');
  });

  test('no role of the chart lets anybody use a class', async () => {
    const roles = (await template()).filter((object) => object.kind === 'ClusterRole');
    expect(roles.length).toBe(4);
    for (const role of roles) expect(JSON.stringify(at(role, 'rules'))).not.toMatch(/"(use|\*)"/);
  });
});

test('with an account and rights from elsewhere nothing of either is made, and the webhooks know who we are', async () => {
  const objects = await template(HOST_NETWORK.args);
  expect(objects.map(titleOf).filter((title) => /Role|ServiceAccount/.test(title))).toEqual([]);
  expect(at(find(objects, 'Deployment'), 'spec', 'template', 'spec', 'serviceAccountName')).toBe('admission');
  expect(JSON.stringify(find(objects, 'ValidatingWebhookConfiguration'))).toContain(
    'system:serviceaccount:sandgate:admission',
  );
});

test.each([
  ['serviceAccount.create=false', 'serviceAccount.name: is empty, and none is created'],
  [
    'serviceAccount.create=false,serviceAccount.name=a,serviceAccount.annotations.b=c',
    'serviceAccount.annotations: none is created to have them',
  ],
])('%s is refused', async (value, says) => {
  await expect(templateText(['--set', value])).rejects.toThrow(says);
});

describe.concurrent('an issuer of your own', () => {
  const args = [
    '--set',
    'certificates.certManager.issuerRef.name=corp,certificates.certManager.issuerRef.kind=ClusterIssuer',
  ];

  test('signs the one certificate there is, for the name that the API server asks for', async () => {
    const made = (await template(args)).filter((object) => object.apiVersion === 'cert-manager.io/v1');
    expect(made.map(titleOf)).toEqual(['Certificate/sandgate']);
    expect(at(made[0], 'spec')).toMatchObject({
      secretName: 'sandgate-tls',
      dnsNames: ['sandgate.sandgate.svc'],
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'corp' },
    });
  });

  test('leaves it to the server to tell the API server of the CA, or to cert-manager', async () => {
    const injectFrom = 'cert-manager.io/inject-ca-from';
    for (const configuration of configurationsIn(await template(args)))
      expect(at(configuration, 'metadata', 'annotations', injectFrom)).toBeUndefined();
    for (const configuration of configurationsIn(await template([...args, ...BY_CHART])))
      expect(at(configuration, 'metadata', 'annotations', injectFrom)).toBe('sandgate/sandgate');
  });

  test('can be of another group', async () => {
    expect(at(find(await template(EVERY_VALUE.args), 'Certificate'), 'spec', 'issuerRef')).toEqual({
      group: 'awspca.cert-manager.io',
      kind: 'AWSPCAClusterIssuer',
      name: 'platform',
    });
  });

  test.each([
    [
      'certificates.certManager.issuerRef.kind=ClusterIssuer',
      'issuerRef.name: is empty, so that ClusterIssuer of cert-ma',
    ],
    ['certificates.certManager.issuerRef.group=example.com', 'issuerRef.name: is empty, so that Issuer of example.com'],
    [
      'certificates.certManager.enabled=false,certificates.existingSecret.name=a,certificates.existingSecret.caBundle=-----BEGIN CERTIFICATE-----,certificates.certManager.issuerRef.name=b',
      'issuerRef: is not used with existingSecret',
    ],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set', value])).rejects.toThrow(says);
  });
});

describe.concurrent('a ResourceQuota', () => {
  test.each(['system-cluster-critical', 'system-node-critical'])('lets in pods of %s', async (priority) => {
    const objects = await template(['--set', `priorityClassName=${priority}`]);
    expect(at(find(objects, 'ResourceQuota'), 'spec')).toEqual({
      hard: { pods: '1G' },
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [priority] }],
      },
    });
    expect(at(find(objects, 'Deployment'), 'spec', 'template', 'spec', 'priorityClassName')).toBe(priority);
  });

  test.each([
    { what: 'without a priority', args: [] },
    { what: 'for one of your own', args: ['--set', 'priorityClassName=platform'] },
    { what: 'where you make one', args: HOST_NETWORK.args },
  ])('is not made $what', async ({ args }) => {
    const objects = await template(args);
    expect(objects.filter((object) => object.kind === 'ResourceQuota')).toEqual([]);
  });
});
