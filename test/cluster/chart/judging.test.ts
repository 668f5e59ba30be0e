// What the chart installs does its work on a real API server: its registration, its rights, its policies, our server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { NAMESPACE } from '../../chart/rendered.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installSandboxes } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type Deployed, deploy } from './deployed.ts';
import { uninstall, upgrade } from './release.ts';

const FLOOR = policyOf('floor', {
  match: { namespaceSelector: { matchLabels: { tier: 'tenants' } } },
  podSecurity: { level: 'baseline' },
  harden: 'restricted',
});
const BARE = { containers: [{ name: 'app', image: 'example.com/app:1' }] };

let plane: ControlPlane;
let server: Deployed;
let tenants: string;

function policyOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name }, spec };
}

function podOf(name: string, spec: JsonObject = BARE, namespace = tenants): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec };
}

beforeAll(async () => {
  plane = await startControlPlane();
  await installSandboxes(plane);
  server = await deploy(plane, [
    `--set-json=policies=[${JSON.stringify(FLOOR)}]`,
    // What else the server is told goes with it: it would end at an argument that it does not know.
    '--set=capabilityImplementations.docker=rootless,extraArgs={--metrics-on-webhook-port}',
  ]);
  tenants = await createNamespace(plane, { tier: 'tenants' });
  const isAsked = async (): Promise<boolean> => {
    const { status, body } = await plane.admin.create(podOf('probe', { ...BARE, hostPID: true }), { dryRun: true });
    return status === 403 && String(body.message).includes('workloads.validate.sandgate.dev');
  };
  await waitFor(isAsked, { within: 30_000, what: 'the webhooks are in effect' });
});

afterAll(async () => {
  await plane?.stop();
  await server?.stop();
});

test('a bare pod is completed, an unsafe one refused by the policy of the values', async () => {
  const { body } = await expectOk(plane.admin.create(podOf('bare')));
  expect(at(body, 'spec', 'securityContext', 'seccompProfile', 'type')).toBe('RuntimeDefault');
  const refused = await plane.admin.create(podOf('unsafe', { ...BARE, hostPID: true }));
  expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('(policy "floor")')]);
});

test('a namespace that the policy does not select is free', async () => {
  const free = await createNamespace(plane);
  await expectOk(plane.admin.create(podOf('unsafe', { ...BARE, hostPID: true }, free)));
});

test('what else the values tell the server is heard', async () => {
  const client = server.connect();
  const { status, text } = await client.send('/metrics');
  client.close();
  expect([status, text]).toEqual([200, expect.stringContaining('sandgate_')]);
});

test('our own namespace is left alone, whatever its labels', async () => {
  const label = { metadata: { labels: { tier: 'tenants' } } };
  await expectOk(plane.admin.patch({ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE }, label, 'merge'));
  await createServiceAccount(plane, NAMESPACE, 'default');
  await expectOk(plane.admin.create(podOf('unsafe', { ...BARE, hostPID: true }, NAMESPACE), { dryRun: true }));
});

describe('an IsolationPolicy', () => {
  test('is put in force with the rights that the chart gives, and says so', async () => {
    const policy = policyOf('sandboxes', {
      match: { namespaceSelector: { matchLabels: { tier: 'tenants' } } },
      podSecurity: { level: 'restricted' },
    });
    await expectOk(plane.admin.create(policy));
    const isAccepted = async (): Promise<boolean> => {
      const conditions = listAt((await plane.admin.get(refOf(policy))).body, 'status', 'conditions');
      return conditions.some((condition) => at(condition, 'type') === 'Accepted' && at(condition, 'status') === 'True');
    };
    await waitFor(isAccepted, { within: 30_000, what: 'its status says that it is in force' });
    const volumes = [{ name: 'node', hostPath: { path: '/' } }];
    const refused = await plane.admin.create(podOf('unsafe', { ...BARE, volumes }));
    expect(refused.body.message).toContain('"sandboxes"');
    await expectOk(plane.admin.delete(refOf(policy)));
  });

  test('that does not compile is refused when it is applied', async () => {
    // What the definition cannot tell, and the server can.
    const identity = { images: [{ image: 'ghcr.io/acme/app', tags: '>=banana', runAsUser: 1000 }] };
    const refused = await plane.admin.create(policyOf('broken', { identity }));
    expect(refused.body.message).toMatch(/^admission webhook "policies\.validate\.sandgate\.dev" denied the request: /);
    expect((await plane.admin.create(policyOf('floor', {}))).body.message).toContain('taken');
  });
});

// Last: nobody answers afterwards.
test('while the server is away, what it takes to get it back goes through', async () => {
  const policy = policyOf('left', { podSecurity: { level: 'privileged' } });
  await expectOk(plane.admin.create(policy));
  await server.stop();
  expect((await plane.admin.create(podOf('late'))).body.message).toContain(
    'failed calling webhook "workloads.validate.sandgate.dev"',
  );
  expect((await plane.admin.create(policyOf('late', {}))).body.message).toContain(
    'failed calling webhook "policies.validate',
  );
  await expectOk(plane.admin.delete(refOf(policy)));
  await expectOk(plane.admin.create(podOf('ours', BARE, NAMESPACE)));
  await server.giveBack();
  await upgrade(plane, ['--reuse-values', '--set', 'replicas=3', '--force-conflicts']);
  await uninstall(plane);
  const isFree = async (): Promise<boolean> =>
    (await plane.admin.create(podOf('late'), { dryRun: true })).status === 201;
  await waitFor(isFree, { within: 30_000, what: 'the webhooks are gone' });
});
