// The chart on a real API server, by a real Helm: installed, upgraded, and gone again.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  CHART,
  CLUSTERS,
  DEFINITIONS,
  EXISTING_SECRET,
  find,
  HOST_NETWORK,
  NAMESPACE,
  template,
  titleOf,
  VALUE_SETS,
} from '../../chart/rendered.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { helm, helm3 } from '../../support/helm.ts';
import { at } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCertManagerKinds } from './cert-manager.ts';
import { installPrometheusKinds } from './prometheus-operator.ts';
import { deleteDefinitions, everything, install, uninstall, upgrade } from './release.ts';

/** Where one of the files of values wants its ServiceMonitor, and its NetworkPolicies. */
const MONITORING = 'monitoring';
const WORKLOADS = ['agents', 'agents-staging'];
const POLICY = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name: 'mine' }, spec: {} };
const DEFINITION: ObjectRef = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'isolationpolicies.sandgate.dev',
};
const DEPLOYMENT: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, name: 'sandgate' };
const WEBHOOKS: ObjectRef = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: 'sandgate',
};

/** Webhooks that are objects of the chart. */
const BY_CHART = ['--set', 'webhooks.registration=Chart'];

let plane: ControlPlane;
let before: readonly string[];

beforeAll(async () => {
  plane = await startControlPlane();
  await Promise.all([installCertManagerKinds(plane), installPrometheusKinds(plane)]);
  for (const name of [NAMESPACE, MONITORING, ...WORKLOADS]) {
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }
  await createServiceAccount(plane, MONITORING, 'admission');
  before = await snapshot();
});

afterAll(async () => {
  await plane?.stop();
});

afterEach(async () => {
  await uninstall(plane);
  await deleteDefinitions(plane);
  await untilThereIs(before, 'all is as it was');
});

/** The storage of a new kind is not there at once: asked again until it is. */
function snapshot(): Promise<readonly string[]> {
  return waitFor(() => everything(plane), { within: 30_000, what: 'every kind can be listed' });
}

async function untilThereIs(expected: readonly string[], what: string): Promise<void> {
  const isThere = async (): Promise<true> => {
    const found = await everything(plane);
    const differences = [...found, ...expected].filter((one) => found.includes(one) !== expected.includes(one));
    if (differences.length > 0) throw new Error(`more or less than expected: ${differences.join(', ')}`);
    return true;
  };
  await waitFor(isThere, { within: 30_000, what });
}

async function get(ref: ObjectRef): Promise<KubeReply> {
  return await expectOk(plane.admin.get(ref));
}

describe.each([...VALUE_SETS, ...CLUSTERS])('with the values of $name', ({ args }) => {
  test('the API server takes every object without a word', async () => {
    for (const object of await template(args)) {
      const { warnings } = await expectOk(plane.admin.create(object, { dryRun: true, fieldValidation: 'Strict' }));
      expect([titleOf(object), warnings]).toEqual([titleOf(object), []]);
    }
  });

  test('it is installed, and leaves nothing but what it says', async () => {
    await install(plane, args);
    const objects = await template(args);
    for (const object of objects) await get(refOf(object));
    const made = (await snapshot()).filter((object) => !before.includes(object));
    // And the record that Helm keeps.
    expect(made.length).toBe(objects.length + 1);

    await uninstall(plane);
    const isKept = objects.some(
      (object) => at(object, 'metadata', 'annotations', 'helm.sh/resource-policy') === 'keep',
    );
    const definitions = DEFINITIONS.map((name) => `customresourcedefinitions.apiextensions.k8s.io /${name}`);
    await untilThereIs(isKept ? [...before, ...definitions].toSorted() : before, 'nothing but definitions is left');
  });
});

describe('an upgrade', () => {
  test('changes what the values say, and nothing else', async () => {
    await install(plane, BY_CHART);
    const { body } = await get(DEPLOYMENT);
    await upgrade(plane, BY_CHART);
    expect(at((await get(DEPLOYMENT)).body, 'metadata', 'generation')).toBe(at(body, 'metadata', 'generation'));
    await upgrade(plane, [...BY_CHART, '--set', 'replicas=5,webhooks.enforce.failurePolicy=Ignore']);
    expect(at((await get(DEPLOYMENT)).body, 'spec', 'replicas')).toBe(5);
    expect(at((await get(WEBHOOKS)).body, 'webhooks', 0, 'failurePolicy')).toBe('Ignore');
  });

  test.each([
    { name: 'Helm 4', run: helm },
    { name: 'Helm 3', run: helm3 },
  ])('by $name keeps the CA that cert-manager wrote into the webhooks', async ({ run }) => {
    await install(plane, BY_CHART, { run });
    const caBundle = await injectCa();
    await upgrade(plane, [...BY_CHART, '--set', 'webhooks.enforce.timeoutSeconds=7'], { run });
    const { body } = await get(WEBHOOKS);
    expect(at(body, 'webhooks', 0, 'timeoutSeconds')).toBe(7);
    expect(at(body, 'webhooks', 0, 'clientConfig', 'caBundle')).toBe(caBundle);
  });

  test.each([
    { name: 'Helm 4', run: helm },
    { name: 'Helm 3', run: helm3 },
  ])(
    'by $name to an autoscaler leaves the number of pods to it, from the moment that it has set one',
    async ({ run }) => {
      const scaled = ['--set', 'autoscaling.enabled=true'];
      const replicas = async (): Promise<unknown> => at((await get(DEPLOYMENT)).body, 'spec', 'replicas');
      await install(plane, [], { run });
      await upgrade(plane, scaled, { run });
      // Kubernetes' own default for a number that is not there any more, as docs/clusters.md says.
      expect(await replicas()).toBe(1);
      await expectOk(plane.admin.patch(DEPLOYMENT, { spec: { replicas: 7 } }, 'merge', { subresource: 'scale' }));
      await upgrade(plane, [...scaled, '--set', 'logLevel=warn'], { run });
      expect(await replicas()).toBe(7);
      await uninstall(plane);
    },
  );

  test('after the admissions enforcer of AKS has rewritten the selectors is made by force, or changes nothing with that platform', async () => {
    const enforced = [
      { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
      { key: 'control-plane', operator: 'NotIn', values: ['true'] },
    ];
    await install(plane, BY_CHART);
    const { body } = await get(WEBHOOKS);
    const ours = [at(body, 'webhooks', 0, 'namespaceSelector', 'matchExpressions')].flat();
    const patch = [
      { op: 'replace', path: '/webhooks/0/namespaceSelector/matchExpressions', value: [...ours, ...enforced] },
    ];
    await expectOk(plane.admin.patch(WEBHOOKS, patch, 'json', { fieldManager: 'admissionsenforcer' }));
    await expect(upgrade(plane, BY_CHART)).rejects.toThrow('conflict with "admissionsenforcer"');
    await upgrade(plane, [...BY_CHART, '--force-conflicts']);
    const after = await get(WEBHOOKS);
    expect(at(after.body, 'webhooks', 0, 'namespaceSelector', 'matchExpressions')).toEqual(ours);

    // What it would write is there already, so that both may own it.
    await upgrade(plane, [...BY_CHART, '--set=platforms={AKS}']);
    const { body: onAks } = await get(WEBHOOKS);
    expect(at(onAks, 'webhooks', 0, 'namespaceSelector', 'matchExpressions')).toEqual([...ours, ...enforced]);
    await expectOk(plane.admin.patch(WEBHOOKS, patch, 'json', { fieldManager: 'admissionsenforcer' }));
    await upgrade(plane, [...BY_CHART, '--set=platforms={AKS}', '--set=replicas=3']);
  });

  test('from a certificate of cert-manager to one of a Secret, and back', async () => {
    await install(plane, BY_CHART);
    await injectCa();
    const withSecret = [...BY_CHART, ...EXISTING_SECRET.args];
    // Helm 4 applies as the API server does: the field is somebody else's.
    await expect(upgrade(plane, withSecret)).rejects.toThrow('conflict with "cert-manager-cainjector"');
    await upgrade(plane, [...withSecret, '--force-conflicts']);
    expect(at((await get(WEBHOOKS)).body, 'metadata', 'annotations', 'cert-manager.io/inject-ca-from')).toBeUndefined();
    expect(at((await get(WEBHOOKS)).body, 'webhooks', 0, 'clientConfig', 'caBundle')).toBeTypeOf('string');
    await upgrade(plane, ['--reset-values', ...BY_CHART]);
    expect(at((await get(WEBHOOKS)).body, 'webhooks', 0, 'clientConfig', 'caBundle')).toBeUndefined();
    expect(at((await get(WEBHOOKS)).body, 'metadata', 'annotations', 'cert-manager.io/inject-ca-from')).toBe(
      'sandgate/sandgate',
    );
  });

  test('brings new values to those of the release, where Helm is asked to', async () => {
    await install(plane, ['--set', 'replicas=3'], { chart: olderChart(withoutHistoryLimit) });
    await expect(upgrade(plane, ['--reuse-values'])).rejects.toThrow("missing property 'revisionHistoryLimit'");
    await upgrade(plane, ['--reset-then-reuse-values']);
    expect(at((await get(DEPLOYMENT)).body, 'spec', 'replicas')).toBe(3);
  });

  test('brings a new definition, and keeps the policies', async () => {
    await install(plane, ['--set', 'webhooks.policies.failurePolicy=Ignore'], { chart: olderChart(withoutRuntime) });
    expect(JSON.stringify((await get(DEFINITION)).body.spec)).not.toContain('"runtime":{');
    await waitFor(async () => (await plane.admin.create(POLICY)).status === 201, {
      within: 30_000,
      what: 'policies are served',
    });
    await upgrade(plane);
    expect(JSON.stringify((await get(DEFINITION)).body.spec)).toContain('"runtime":{');
    await get(refOf(POLICY));
    await uninstall(plane);
    await get(refOf(POLICY));
    await install(plane);
    await get(refOf(POLICY));
  });
});

// By these the scheduler keeps two of them off one node: the chart asks for no anti-affinity.
test('in the network of the nodes the API server makes host ports of all ports', async () => {
  const spec = at(find(await template(HOST_NETWORK.args), 'Deployment'), 'spec', 'template', 'spec');
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'sandgate', namespace: MONITORING }, spec };
  const { body } = await expectOk(plane.admin.create(pod, { dryRun: true }));
  expect(at(body, 'spec', 'containers', 0, 'ports')).toEqual([
    { name: 'https', containerPort: 10260, hostPort: 10260, protocol: 'TCP' },
    { name: 'metrics', containerPort: 10261, hostPort: 10261, protocol: 'TCP' },
  ]);
});

test('what was left behind belongs to the release of its name; another has to say that it takes it', async () => {
  await install(plane);
  await uninstall(plane);
  await expect(install(plane, [], { release: 'other' })).rejects.toThrow(
    /invalid ownership metadata|cannot be imported/,
  );
  await install(plane, ['--take-ownership'], { release: 'other' });
  await uninstall(plane, 'other');
});

/** As cert-manager's cainjector does it. Returns what it wrote. */
async function injectCa(): Promise<string> {
  const caBundle = Buffer.from((await makeAuthority('sandgate-ca')).cert).toString('base64');
  const written = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }];
  await expectOk(plane.admin.patch(WEBHOOKS, written, 'json', { fieldManager: 'cert-manager-cainjector' }));
  return caBundle;
}

/** A copy of the chart that is gone after the test, with what a newer release brought taken out of it. */
function olderChart(strip: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-chart-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(CHART, folder, { recursive: true });
  strip(folder);
  return folder;
}

function withoutRuntime(folder: string): void {
  takeOut(join(folder, 'templates', 'crds.yaml'), /\n( +)runtime:\n(?:\1 +.*\n)+/, '\n');
}

function withoutHistoryLimit(folder: string): void {
  takeOut(join(folder, 'values.yaml'), /revisionHistoryLimit: .*/);
  takeOut(join(folder, 'values.schema.json'), /"revisionHistoryLimit",/);
  takeOut(join(folder, 'templates', 'deployment.yaml'), / +revisionHistoryLimit: .*\n/);
}

function takeOut(file: string, what: RegExp, instead = ''): void {
  const text = readFileSync(file, 'utf8');
  if (!what.test(text)) throw new Error(`${file}: there is no ${String(what)}`);
  writeFileSync(file, text.replace(what, instead));
}
