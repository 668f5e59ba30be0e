// The CronJob that audits: that it is made only where it is asked for, and what it runs as, with which rights.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { REPORT_APIS } from '../../src/report/open-reports/stored.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { ALL_WORKLOADS } from '../../src/workloads/index.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { at, EVERY_VALUE, find, NAMESPACE, template, templateText, titleOf, VALUE_SETS } from './rendered.ts';

const ENABLED = ['--set', 'audit.enabled=true'];
const PAGE = resolve(import.meta.dirname, '../../docs/audit.md');

function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

async function cronJob(args: readonly string[]): Promise<JsonObject> {
  return find(await template(args), 'CronJob');
}

async function audited(args: readonly string[]): Promise<unknown> {
  return at(await cronJob(args), 'spec', 'jobTemplate', 'spec', 'template', 'spec');
}

/** Each right by itself: `list deployments.apps`, with the name of the object where there is one. */
function rights(rules: readonly unknown[]): readonly string[] {
  return rules.flatMap((rule) => {
    const names = listAt(rule, 'resourceNames').map((name) => `/${String(name)}`);
    return listAt(rule, 'verbs').flatMap((verb) =>
      listAt(rule, 'resources').flatMap((resource) =>
        listAt(rule, 'apiGroups').flatMap((group) =>
          (names.length === 0 ? [''] : names).map(
            (name) => `${String(verb)} ${String(resource)}.${String(group)}${name}`,
          ),
        ),
      ),
    );
  });
}

test.each(VALUE_SETS.filter((set) => set !== EVERY_VALUE))(
  'no audit is made with the values of $name',
  async ({ args }) => {
    expect((await template(args)).map(titleOf).filter((title) => title.includes('audit'))).toEqual([]);
  },
);

test('the audit has a CronJob, an account and a role of its own, which nothing else of the release has', async () => {
  const objects = await template([...ENABLED]);
  expect(objects.map(titleOf).filter((title) => title.includes('audit'))).toEqual([
    'ServiceAccount/sandgate-audit',
    'ClusterRole/sandgate-audit',
    'ClusterRoleBinding/sandgate-audit',
    'CronJob/sandgate-audit',
  ]);
  expect(at(find(objects, 'ServiceAccount', 'sandgate-audit'), 'automountServiceAccountToken')).toBe(false);
  expect(at(find(objects, 'ClusterRoleBinding', 'sandgate-audit'), 'subjects')).toEqual([
    { kind: 'ServiceAccount', name: 'sandgate-audit', namespace: NAMESPACE },
  ]);
  expect(at(find(objects, 'ClusterRoleBinding', 'sandgate-audit'), 'roleRef', 'name')).toBe('sandgate-audit');
  expect(at(find(objects, 'CronJob'), 'metadata', 'namespace')).toBe(NAMESPACE);
});

test('an account that is there already is used, with the rights of the chart', async () => {
  const objects = await template([...ENABLED, '--set', 'audit.serviceAccountName=auditor']);
  expect(objects.map(titleOf)).not.toContain('ServiceAccount/auditor');
  expect(at(find(objects, 'ClusterRoleBinding', 'sandgate-audit'), 'subjects', 0, 'name')).toBe('auditor');
});

test('without rights of the chart there is no role, and none is named as the owner of reports', async () => {
  const objects = await template([...ENABLED, '--set', 'rbac.create=false,webhooks.registration=Chart']);
  expect(objects.map(titleOf).filter((title) => title.includes('audit'))).toEqual([
    'ServiceAccount/sandgate-audit',
    'CronJob/sandgate-audit',
  ]);
  expect(JSON.stringify(find(objects, 'CronJob'))).not.toContain('--reports-owner');
});

test('its name is one that Kubernetes takes for a CronJob, however long that of the release is', async () => {
  const name = 'a'.repeat(53);
  const job = find(await template(ENABLED, { release: name }), 'CronJob');
  expect(at(job, 'metadata', 'name')).toBe(`${'a'.repeat(46)}-audit`);
});

test('it runs at the time that the values say, one at a time and within a limit, and keeps as many as they say', async () => {
  expect(at(await cronJob(ENABLED), 'spec')).toMatchObject({
    schedule: '0 3 * * *',
    concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 1,
    jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: 1800 } },
  });
  expect(at(await cronJob(EVERY_VALUE.args), 'spec')).toMatchObject({
    schedule: '*/30 6-22 * * 1-5',
    successfulJobsHistoryLimit: 2,
    failedJobsHistoryLimit: 5,
    jobTemplate: { spec: { activeDeadlineSeconds: 600 } },
  });
});

describe('what it runs', () => {
  test('is an audit by the policies of the values and the cluster, without the namespaces that are never judged', async () => {
    expect(at(await audited(ENABLED), 'containers', 0, 'args')).toEqual([
      'audit',
      '--in-cluster',
      '--cluster-policies',
      '--exclude-namespace=sandgate',
      '--exclude-namespace=cert-manager',
      '--exclude-namespace=kube-system',
      '--publish',
      '--reports-owner=sandgate-audit',
      '--exit-zero',
      '--quiet',
    ]);
    const args = listAt(await audited(EVERY_VALUE.args), 'containers', 0, 'args');
    expect(args).toEqual(
      expect.arrayContaining([
        '--policies=baseline',
        '--policies=/etc/sandgate/policies',
        '--exclude-namespace=cattle-*',
        '--exclude-namespace=build-*',
        '--capability-implementations={"docker":"rootless","nsjail":"user-namespace"}',
      ]),
    );
  });

  test('has the policies, the image and the limits of the pods that answer reviews, and no certificate', async () => {
    for (const values of [EVERY_VALUE.args, [...ENABLED, '--set', 'platforms={OpenShift},bundles={baseline}']]) {
      const objects = await template(values);
      const server = at(find(objects, 'Deployment'), 'spec', 'template', 'spec');
      const pod = await audited(values);
      const policiesOf = (one: unknown): readonly unknown[] =>
        listAt(one, 'containers', 0, 'args').filter((arg) => String(arg).startsWith('--policies='));
      expect(policiesOf(pod)).toEqual(policiesOf(server));
      for (const key of ['image', 'imagePullPolicy', 'securityContext'])
        expect([key, at(pod, 'containers', 0, key)]).toEqual([key, at(server, 'containers', 0, key)]);
      for (const key of ['securityContext', 'imagePullSecrets', 'runtimeClassName', 'nodeSelector', 'tolerations'])
        expect([key, at(pod, key)]).toEqual([key, at(server, key)]);
      const volumes = listAt(server, 'volumes').filter((volume) => at(volume, 'name') === 'policies');
      expect(listAt(pod, 'volumes')).toEqual(volumes);
      expect(listAt(pod, 'containers', 0, 'volumeMounts')).toHaveLength(volumes.length);
    }
  });

  test('is not among the pods that the Service, the budget and the NetworkPolicy of the server are about', async () => {
    const objects = await template(EVERY_VALUE.args);
    const labels = at(find(objects, 'CronJob'), 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels');
    expect(labels).toMatchObject({ 'app.kubernetes.io/name': 'gate-audit', team: 'everybody' });
    const selected = at(find(objects, 'Service', 'admission-gate'), 'spec', 'selector', 'app.kubernetes.io/name');
    expect(selected).toBe('gate');
  });

  test('is a command that this version has, and that is refused for nothing but the cluster it cannot reach from here', async () => {
    const args = listAt(await audited([...ENABLED, '--set', 'bundles={baseline}']), 'containers', 0, 'args').map(
      String,
    );
    const { code, stderr } = await sandgate(folderWith({}), args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/not in a pod|service account|KUBERNETES_SERVICE_HOST/);
  });
});

describe('its rights', () => {
  test('are to list what it judges and judges by, to ask about classes, and to write reports; and its own role', async () => {
    const role = find(await template(ENABLED), 'ClusterRole', 'sandgate-audit');
    const listed = [
      ...ALL_WORKLOADS,
      ...OWN_KINDS.map(({ group, plural }) => ({ group, resource: plural })),
      { group: '', resource: 'namespaces' },
      { group: '', resource: 'nodes' },
      { group: 'node.k8s.io', resource: 'runtimeclasses' },
    ].map(({ group, resource }) => `list ${resource}.${group}`);
    const reports = REPORT_APIS.flatMap(({ group, resource, clusterResource }) =>
      [resource, clusterResource].flatMap((one) =>
        ['list', 'create', 'patch', 'delete'].map((verb) => `${verb} ${one}.${group}`),
      ),
    );
    const others = [
      'create subjectaccessreviews.authorization.k8s.io',
      'get clusterroles.rbac.authorization.k8s.io/sandgate-audit',
    ];
    expect(rights(listAt(role, 'rules')).toSorted()).toEqual([...listed, ...reports, ...others].toSorted());
  });

  test('cover those that docs/audit.md says are enough', async () => {
    const [, yaml = ''] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
    const chart = new Set(rights(listAt(find(await template(ENABLED), 'ClusterRole', 'sandgate-audit'), 'rules')));
    const documented: unknown = parse(yaml);
    expect(listAt(documented, 'rules').length).toBeGreaterThan(5);
    // A rule of the page names several groups and the resources of all of them.
    for (const rule of listAt(documented, 'rules')) {
      for (const resource of listAt(rule, 'resources')) {
        const one = rights([{ ...(isJsonObject(rule) && rule), resources: [resource] }]);
        expect([resource, one.some((right) => chart.has(right))]).toEqual([resource, true]);
      }
    }
  });

  test('reach what the values add to the kinds that are judged', async () => {
    const role = find(await template(EVERY_VALUE.args), 'ClusterRole', 'admission-gate-audit');
    expect(rights(listAt(role, 'rules'))).toContain('list buildrunners.runners.example.com');
  });
});

test.each([
  ['audit.schedule=nightly'],
  ['audit.schedule=0 3 * *'],
  ['audit.schedule=TZ=UTC 0 3 * * *'],
  ['audit.deadlineSeconds=0'],
  ['audit.failedJobsHistoryLimit=-1'],
  ['audit.interval=5m'],
])('a wrong value is refused: %s', async (value) => {
  await expect(templateText([...ENABLED, '--set', value])).rejects.toThrow(/audit/);
});

test('what the chart writes into the CronJob is Restricted by our own judgement', async () => {
  const folder = folderWith({ 'job.json': JSON.stringify(await cronJob(ENABLED)) });
  const printed = await sandgate(folder, 'check -p restricted -f job.json -o json --no-inject');
  expect(printed.json()).toMatchObject({ summary: { denied: 0, allowed: 1 } });
});
