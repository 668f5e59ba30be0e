// The CronJob that audits, as Helm installs it: its command is run here as a process, with the token of its service account and the
// policies that the kubelet would mount, and what it stores is read back. Kubernetes' garbage collector runs.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isJsonObject, stringField } from '../../../src/model/json.ts';
import { NAMESPACE } from '../../chart/rendered.ts';
import { OPEN_REPORT } from '../../report/open-report-schema.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { installReports } from '../control-plane/reports.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { AGENTS_TIER, agentsPolicy } from '../support/gated-cluster.ts';
import { podOf, SAFE, UNSAFE } from '../support/workloads.ts';
import { WITH_FLOOR } from './judgement.ts';
import { install, RELEASE, uninstall } from './release.ts';
import { SECRET_WITH_CA } from './replicas.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');
const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob', namespace: NAMESPACE, name: `${RELEASE}-audit` };
const POLICIES = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: `${RELEASE}-policies` };
const OLDER = { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' };
const OPEN = { apiVersion: 'openreports.io/v1alpha1', kind: 'Report' };

let plane: ControlPlane;
let agents: string;
let others: string;
let excluded: string;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true });
  [agents, others, excluded] = await Promise.all([
    createNamespace(plane, AGENTS_TIER),
    createNamespace(plane),
    createNamespace(plane),
  ]);
  await install(plane, [
    ...SECRET_WITH_CA,
    WITH_FLOOR,
    // Once a year: the tests run its command themselves.
    `--set=audit.enabled=true,audit.schedule=@yearly,excludedNamespaces={kube-system,*${excluded.slice(4)}}`,
  ]);
  await expectOk(plane.admin.create(agentsPolicy()));
  await createServiceAccount(plane, NAMESPACE, 'default');
  // Nothing judges them: the server does not run, and so no webhook is registered.
  for (const object of [
    podOf(agents, 'safe', SAFE),
    podOf(agents, 'unsafe', UNSAFE),
    podOf(others, 'unsafe', UNSAFE),
    podOf(excluded, 'unsafe', UNSAFE),
    podOf(NAMESPACE, 'unsafe', UNSAFE),
  ]) {
    await expectOk(plane.admin.create(object));
  }
});

afterAll(async () => {
  if (plane !== undefined) await uninstall(plane);
  await plane?.stop();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command of the CronJob as its pod would. */
async function runCronJob(): Promise<Ended> {
  const job = (await expectOk(plane.admin.get(CRON_JOB))).body;
  const pod = at(job, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  const token = await plane.tokenFor(NAMESPACE, stringField(pod, 'serviceAccountName') ?? '');
  const policies = await mountedPolicies();
  const args = listAt(pod, 'containers', 0, 'args').map((arg) =>
    String(arg)
      .replace(/^--in-cluster$/, `--kubeconfig=${plane.kubeconfig({ token })}`)
      .replace(/=\/etc\/sandgate\/policies$/, `=${policies}`),
  );
  expect(args.join(' ')).toContain(`--policies=${policies}`);
  const env = { PATH: process.env.PATH };
  return await new Promise((done) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: plane.folder, env }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** The folder of policies, as the kubelet makes it of the ConfigMap. */
async function mountedPolicies(): Promise<string> {
  const { data } = (await expectOk(plane.admin.get(POLICIES))).body;
  const folder = join(plane.folder, 'audit-policies');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(isJsonObject(data) ? data : {}))
    writeFileSync(join(folder, name), String(text));
  return folder;
}

async function stored(kind: typeof OPEN): Promise<readonly unknown[]> {
  return listAt((await expectOk(plane.admin.list(kind))).body, 'items');
}

/** What the reports say failed: `namespace/name policy`. */
function failures(reports: readonly unknown[]): readonly string[] {
  const found = reports.flatMap((report) =>
    listAt(report, 'results')
      .filter((result) => at(result, 'result') === 'fail')
      .flatMap((result) =>
        [...listAt(result, 'resources'), ...listAt(result, 'subjects')].map((resource) =>
          [`${String(at(resource, 'namespace'))}/${String(at(resource, 'name'))}`, at(result, 'policy')].join(' '),
        ),
      ),
  );
  return [...new Set(found)].toSorted();
}

/** By the policy of the values, and by that of the cluster where it is for the namespace. */
function expectedFailures(): readonly string[] {
  return [`${agents}/unsafe agents`, `${agents}/unsafe floor`, `${others}/unsafe floor`].toSorted();
}

async function uidOfRole(): Promise<unknown> {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: `${RELEASE}-audit` };
  return at((await expectOk(plane.admin.get(role))).body, 'metadata', 'uid');
}

test('without the definitions of any reports the Job fails, and says which are expected', async () => {
  const { code, stderr } = await runCronJob();
  expect(code).toBe(2);
  expect(stderr).toContain(
    'the cluster has no reports (expected the CustomResourceDefinitions of openreports.io/v1alpha1',
  );
});

test('with the definitions of wgpolicyk8s.io only, each namespace that is judged has a PolicyReport, and the Job works', async () => {
  await installReports(plane, 'wgpolicyk8s.io');
  const { code, stderr, stdout } = await runCronJob();
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'sandgate: 2 reports of wgpolicyk8s.io written, 0 removed\n' });
  expect(stdout).toContain('2 denied');
  expect(failures(await stored(OLDER))).toEqual(expectedFailures());
});

test('with those of openreports.io, Reports take their place, which belong to the role of the audit', async () => {
  await installReports(plane, 'openreports.io');
  const { code, stderr } = await runCronJob();
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'sandgate: 2 reports of openreports.io written, 2 removed\n' });
  expect(await stored(OLDER)).toEqual([]);
  const reports = await stored(OPEN);
  expect(failures(reports)).toEqual(expectedFailures());
  const uid = await uidOfRole();
  for (const report of reports) {
    expect(new Ajv({ strict: false }).validate(OPEN_REPORT, report)).toBe(true);
    expect(listAt(report, 'metadata', 'ownerReferences')).toEqual([
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: `${RELEASE}-audit`, uid },
    ]);
  }
});

test('a report of a namespace in which nothing is left is removed by the next Job', async () => {
  await expectOk(plane.admin.delete({ apiVersion: 'v1', kind: 'Pod', namespace: others, name: 'unsafe' }));
  await waitFor(async () => (await plane.admin.get({ ...podRef(others), name: 'unsafe' })).status === 404, {
    within: 60_000,
    what: 'the pod is gone',
  });
  expect(await runCronJob()).toMatchObject({
    code: 0,
    stderr: 'sandgate: 1 reports of openreports.io written, 1 removed\n',
  });
  expect(failures(await stored(OPEN))).toEqual([`${agents}/unsafe agents`, `${agents}/unsafe floor`].toSorted());
});

function podRef(namespace: string): { apiVersion: string; kind: string; namespace: string } {
  return { apiVersion: 'v1', kind: 'Pod', namespace };
}

test('the reports go with the release', async () => {
  await uninstall(plane);
  await waitFor(async () => (await stored(OPEN)).length === 0, { within: 120_000, what: 'the reports are gone' });
});
