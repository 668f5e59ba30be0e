// What stays in the cluster after helm uninstall says that nothing is judged by it any more: on a real API server, by both Helms, with
// the rights that the chart gives, whoever registers the webhooks.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { NAMESPACE } from '../../chart/rendered.ts';
import { helm, helm3 } from '../../support/helm.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { deleteDefinitions, install, RELEASE, runHelm, uninstall, upgrade } from './release.ts';
import { makeTls, type Replica, routeTo, SECRET_WITH_CA, startReplica, type TlsSecret } from './replicas.ts';

const VALIDATING: ObjectRef = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: RELEASE,
};
const MAP: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: `${RELEASE}-uninstall` };
const SOON = 60_000;
const UNINSTALLED = { status: 'Unknown', reason: 'Uninstalled' };

let plane: ControlPlane;
let tenants: string;
let tls: TlsSecret;
let started: Replica[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, services: true });
  tenants = await createNamespace(plane);
  tls = await makeTls();
});

afterAll(async () => {
  await plane?.stop();
});

afterEach(async () => {
  for (const replica of started) await replica.kill();
  started = [];
  await uninstall(plane);
  await deleteDefinitions(plane);
});

/** Of each scope: one that is in force, and one that has no effect. */
function objects(): readonly JsonObject[] {
  const apiVersion = 'sandgate.dev/v1alpha1';
  const landjail = resolve(import.meta.dirname, '../../../policies/capabilities/landjail/class.yaml');
  const capabilityClass: unknown = parse(readFileSync(landjail, 'utf8'));
  if (!isJsonObject(capabilityClass)) throw new Error(`${landjail} holds no class`);
  const expires = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, '');
  return [
    {
      apiVersion,
      kind: 'IsolationPolicy',
      metadata: { name: 'kept' },
      spec: { podSecurity: { level: 'baseline', version: 'latest' }, exceptions: { allow: true } },
    },
    capabilityClass,
    {
      apiVersion,
      kind: 'IsolationException',
      metadata: { name: 'kept', namespace: tenants },
      spec: { policy: 'kept', checks: ['hostNamespaces'], images: ['example.com/a'], reason: 'a test', expires },
    },
  ];
}

async function conditions(): Promise<readonly JsonObject[]> {
  const found = await Promise.all(objects().map((object) => expectOk(plane.admin.get(refOf(object)))));
  return found.map(({ body }) => {
    const condition = at(body, 'status', 'conditions', 0);
    return isJsonObject(condition) ? condition : {};
  });
}

/** Two replicas of the release, whose webhooks are registered and asked, and an object of each kind with a status. */
async function running(values: readonly string[], run = helm): Promise<void> {
  await install(plane, values, { run });
  started = [await startReplica(plane, tls), await startReplica(plane, tls)];
  await routeTo(plane, started);
  await waitFor(async () => listAt((await plane.admin.get(VALIDATING)).body, 'webhooks').length > 1, {
    within: SOON,
    what: 'the webhooks are registered',
  });
  for (const object of objects()) {
    const store = async (): Promise<unknown> => (await expectOk(plane.admin.create(object))).body;
    await waitFor(store, { within: 30_000, what: `${String(object.kind)} is stored` });
  }
  await untilSaid();
}

async function isSaid(): Promise<boolean> {
  return (await conditions()).every(({ status }) => status === 'True' || status === 'False');
}

function untilSaid(): Promise<unknown> {
  return waitFor(isSaid, { within: SOON, what: 'every object has a status' });
}

function byServer(): readonly string[] {
  return SECRET_WITH_CA;
}

function byChart(): readonly string[] {
  const ca = `--set-json=certificates.existingSecret.caBundle=${JSON.stringify(tls.ca)}`;
  return [...SECRET_WITH_CA, '--set=webhooks.registration=Chart', ca];
}

test.each([
  { name: 'Helm 4', run: helm, who: 'the server', values: byServer },
  { name: 'Helm 3', run: helm3, who: 'the server', values: byServer },
  { name: 'Helm 4', run: helm, who: 'the chart', values: byChart },
])(
  'after an uninstall by $name, with webhooks registered by $who, nothing says that it is accepted',
  async ({ run, values }) => {
    await running(values(), run);
    await runHelm(plane, ['uninstall', RELEASE], run);
    for (const condition of await conditions()) expect(condition).toMatchObject(UNINSTALLED);
    expect((await plane.admin.get(MAP)).status).toBe(404);
    // The pods go on for a moment, without any right: as long as they would be given to end.
    await new Promise((done) => setTimeout(done, 3000));
    for (const replica of started) await replica.terminate();
    started = [];
    for (const condition of await conditions()) expect(condition).toMatchObject(UNINSTALLED);
  },
);

test('a release that is installed again accepts them at once', async () => {
  await running(SECRET_WITH_CA);
  await uninstall(plane);
  for (const replica of started) await replica.terminate();
  await install(plane, SECRET_WITH_CA);
  started = [await startReplica(plane, tls)];
  await routeTo(plane, started);
  await untilSaid();
});

test('an upgrade, new pods and the end of all pods change nothing', async () => {
  await running(SECRET_WITH_CA);
  const before = await conditions();
  await upgrade(plane, [...SECRET_WITH_CA, '--set=logLevel=debug']);
  const next = await startReplica(plane, tls);
  for (const replica of started) await replica.terminate();
  await next.terminate();
  started = [];
  expect(await conditions()).toEqual(before);
});

test('an uninstall while it is down works, and waits for nobody', async () => {
  await running(SECRET_WITH_CA);
  for (const replica of started) await replica.kill();
  started = [];
  await routeTo(plane, []);
  const began = performance.now();
  await uninstall(plane);
  expect(performance.now() - began).toBeLessThan(30_000);
  // It goes on saying what it said: nobody was there to change it.
  expect((await conditions()).map(({ status }) => status)).not.toContain('Unknown');
});

test('whoever only tries the deletion announces nothing', async () => {
  await running(SECRET_WITH_CA);
  const before = await conditions();
  const labels = { 'sandgate.dev/uninstall': 'announced' };
  const metadata = { name: MAP.name, namespace: NAMESPACE, labels };
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata }));
  await expectOk(plane.admin.delete(MAP, { dryRun: true }));
  expect(await conditions()).toEqual(before);
});

test('where it did not come to an uninstall, what is so is said again', async () => {
  await running(SECRET_WITH_CA);
  const before = (await conditions()).map(({ status, reason }) => ({ status, reason }));
  const labels = { 'sandgate.dev/uninstall': 'announced' };
  await expectOk(
    plane.admin.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: MAP.name, namespace: NAMESPACE, labels },
    }),
  );
  await expectOk(plane.admin.delete(MAP));
  for (const condition of await conditions()) expect(condition).toMatchObject(UNINSTALLED);
  await untilSaid();
  expect((await conditions()).map(({ status, reason }) => ({ status, reason }))).toEqual(before);
});
