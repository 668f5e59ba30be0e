// Audits of a real cluster: by its own policies, with the rights that docs/audit.md says are enough, and with fewer.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { definitionOf } from '../../scripts/crd/custom-resource.ts';
import { run } from '../../src/cli/run.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { type Printed, sandgate } from '../cli/console.ts';
import { OPEN_REPORT } from '../report/open-report-schema.ts';
import { at, listAt } from './control-plane/at.ts';
import { type ControlPlane, startControlPlane } from './control-plane/control-plane.ts';
import { installDefinition, installSandboxes } from './control-plane/custom-resources.ts';
import { expectOk } from './control-plane/expect-ok.ts';
import { createNamespace } from './control-plane/namespaces.ts';
import { installReports } from './control-plane/reports.ts';
import { waitFor } from './control-plane/wait-for.ts';
import { kubeconfigWith } from './live/our-access.ts';
import { AGENTS_TIER, agentsPolicy } from './support/gated-cluster.ts';
import { BARE, controllerOf, podOf, SAFE, sandboxOf, UNSAFE } from './support/workloads.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/audit.md');

let plane: ControlPlane;
let agents: string;
let others: string;

beforeAll(async () => {
  plane = await startControlPlane();
  await Promise.all([
    ...OWN_KINDS.map((kind) => installDefinition(plane, definitionOf(kind))),
    installSandboxes(plane),
  ]);
  await expectOk(plane.admin.create(agentsPolicy()));
  [agents, others] = await Promise.all([createNamespace(plane, AGENTS_TIER), createNamespace(plane)]);
  // No webhook is registered: all of this is stored as it is.
  const { body } = await expectOk(plane.admin.create(controllerOf(agents, 'Deployment', 'web', SAFE)));
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    uid: at(body, 'metadata', 'uid'),
    controller: true,
  };
  const owned = { ownerReferences: [owner] };
  for (const object of [
    podOf(agents, 'web-1', SAFE, owned),
    podOf(agents, 'web-2', UNSAFE, owned),
    podOf(agents, 'web-3', UNSAFE, owned),
    podOf(agents, 'bare', BARE),
    podOf(others, 'elsewhere', UNSAFE),
    sandboxOf(agents, 'sandbox', UNSAFE),
  ]) {
    await expectOk(plane.admin.create(object));
  }
});

afterAll(async () => {
  await plane?.stop();
});

function rules(): readonly JsonObject[] {
  const [, yaml = ''] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  return listAt(parse(yaml), 'rules').filter(isJsonObject);
}

async function audit(kubeconfig: string, args = ''): Promise<Printed> {
  return await sandgate(plane.folder, `audit --kubeconfig ${kubeconfig} -o json ${args}`.trim());
}

function rows(printed: Printed): string[] {
  return listAt(printed.json(), 'results').map((row) =>
    [at(row, 'object', 'kind'), at(row, 'object', 'name'), at(row, 'verdict'), at(row, 'pods', 'running')]
      .join(' ')
      .trim(),
  );
}

test('with the documented rights, the cluster is judged by its own policies', async () => {
  const printed = await audit(await kubeconfigWith(plane, rules()));
  expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 1, stderr: '' });
  expect(rows(printed)).toEqual(
    expect.arrayContaining([
      'Deployment web allowed 1',
      'Sandbox sandbox denied 0',
      'Pod web-2 denied 2',
      'Pod bare denied 1',
      'Pod elsewhere skipped 1',
    ]),
  );
  expect(rows(printed)).toHaveLength(5);
  expect(printed.json()).toMatchObject({ pods: { running: 5, denied: 3 }, unread: [] });
});

test('a policy of a file judges instead of those of the cluster', async () => {
  const printed = await audit(plane.kubeconfig(), `-p baseline -n ${others}`);
  expect(printed).toMatchObject({ code: 1, stderr: '' });
  expect(rows(printed)).toEqual(['Pod elsewhere denied 1']);
});

test('a list that may not be read is told, counted, and makes the exit code 2', async () => {
  const fewer = rules().map((rule) => ({
    ...rule,
    resources: listAt(rule, 'resources').filter((resource) => resource !== 'pods'),
  }));
  const printed = await audit(await kubeconfigWith(plane, fewer));
  expect(printed.code).toBe(2);
  expect(printed.stderr).toMatch(/not judged: pods in namespaces? ".*: 403 pods is forbidden/);
  expect(listAt(printed.json(), 'unread')).toHaveLength(1);
  expect(rows(printed)).toContain('Sandbox sandbox denied 0');
});

test('with --watch, a pod that comes and goes is printed when it does', async () => {
  const abort = new AbortController();
  let stdout = '';
  let stderr = '';
  // With -n, its namespace is read by name.
  const namespaces = { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] };
  const kubeconfig = await kubeconfigWith(plane, [...rules(), namespaces]);
  const ended = run(
    ['audit', '--kubeconfig', kubeconfig, '-p', 'baseline', '-n', others, '--watch', '--interval', '1'],
    {
      stdin: (async function* () {})(),
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
      cwd: plane.folder,
      stdoutIsTTY: false,
      stderrIsTTY: false,
      signal: abort.signal,
    },
  );
  const says = async (text: string): Promise<void> => {
    await waitFor(() => Promise.resolve((stdout + stderr).includes(text)), { within: 60_000, what: text });
  };
  await says('waiting for changes');
  await expectOk(plane.admin.create(podOf(others, 'new', UNSAFE)));
  await says(`new   Pod ${others}/new  deny hostNamespaces: `);
  await expectOk(plane.admin.delete({ apiVersion: 'v1', kind: 'Pod', namespace: others, name: 'new' }));
  await says(`gone  Pod ${others}/new  deny hostNamespaces: `);
  abort.abort();
  expect(await ended).toBe(1);
});

test('a cluster that cannot be reached is an error of the command line', async () => {
  const { code, stderr } = await sandgate(plane.folder, 'audit --kubeconfig absent');
  expect(code).toBe(2);
  expect(stderr).toContain('absent');
});

async function publish(args = ''): Promise<Printed> {
  return await audit(await kubeconfigWith(plane, rules()), `--publish ${args}`.trim());
}

async function stored(apiVersion: string, kind: string): Promise<readonly unknown[]> {
  return listAt((await expectOk(plane.admin.list({ apiVersion, kind }))).body, 'items');
}

describe('reports in the cluster', () => {
  const OPEN = 'openreports.io/v1alpha1';
  const OLDER = 'wgpolicyk8s.io/v1alpha2';

  test('a cluster without any kind of reports is told so', async () => {
    expect(await publish()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the cluster has no reports (expected') as unknown,
    });
  });

  test('PolicyReports are written where only these are installed', async () => {
    await installReports(plane, 'wgpolicyk8s.io');
    expect(await publish()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 reports of wgpolicyk8s.io written, 0 removed') as unknown,
    });
    const [report, ...more] = await stored(OLDER, 'PolicyReport');
    expect(more).toEqual([]);
    expect(report).toMatchObject({ metadata: { namespace: agents, name: 'sandgate-audit' }, summary: { pass: 1 } });
    expect(new Set(listAt(report, 'results').map((result) => at(result, 'source')))).toEqual(new Set(['sandgate']));
  });

  test('Reports are written where they are installed, with the documented rights, and those left over are removed', async () => {
    await installReports(plane, 'openreports.io');
    const labels = { 'app.kubernetes.io/managed-by': 'sandgate', 'sandgate.dev/report': 'audit' };
    const report = { apiVersion: OPEN, kind: 'Report', results: [] };
    await expectOk(plane.admin.create({ ...report, metadata: { namespace: others, name: 'left-over', labels } }));
    await expectOk(plane.admin.create({ ...report, metadata: { namespace: others, name: 'not-ours' } }));
    const { stderr } = await publish(`-n ${agents}`);
    expect(stderr).toContain('1 reports of openreports.io written, 0 removed');
    // And the PolicyReport of the time when there was nothing else.
    expect((await publish()).stderr).toContain('1 reports of openreports.io written, 2 removed');
    expect(await stored(OLDER, 'PolicyReport')).toEqual([]);
    const reports = await stored(OPEN, 'Report');
    expect(reports).toHaveLength(2);
    expect(new Set(reports.map((one) => at(one, 'metadata', 'name')))).toEqual(new Set(['not-ours', 'sandgate-audit']));
    const ours = reports.find((one) => at(one, 'metadata', 'namespace') === agents);
    expect(new Ajv({ strict: false }).validate(OPEN_REPORT, ours)).toBe(true);
    const failed = listAt(ours, 'results').filter((result) => at(result, 'result') === 'fail');
    const names = failed.flatMap((result) => listAt(result, 'resources').map((resource) => at(resource, 'name')));
    expect(new Set(names)).toEqual(new Set(['sandbox', 'web-2', 'bare']));
    expect(at(ours, 'summary', 'fail')).toBe(failed.length);
  });
});
