// The webhook for connections, which the server registers only while a policy uses it: on a real API server, over the Service, with the
// rights that the chart gives.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { untilJudged, WITH_FLOOR } from './judgement.ts';
import { deleteDefinitions, install, RELEASE, uninstall, upgrade } from './release.ts';
import { makeTls, type Replica, routeTo, SECRET_WITH_CA, startReplica, type TlsSecret } from './replicas.ts';

const VALIDATING = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: RELEASE,
};
const CONNECTIONS = 'connections.validate.sandgate.dev';
const VALUES = [...SECRET_WITH_CA, WITH_FLOOR];
const DOORS: JsonObject = {
  apiVersion: 'sandgate.dev/v1alpha1',
  kind: 'IsolationPolicy',
  metadata: { name: 'doors' },
  spec: { connect: { exec: 'Deny', attach: 'Deny', ephemeralContainers: 'Deny' } },
};
const SECONDS = { within: 15_000 };
/** An unused one stays for up to fifteen seconds. */
const LATER = { within: 60_000 };

let plane: ControlPlane;
let tenants: string;
let tls: TlsSecret;
let started: Replica[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, services: true });
  tenants = await createNamespace(plane);
  tls = await makeTls();
  const containers = [{ name: 'app', image: 'example.com/app:1' }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: tenants, name: 'web' }, spec: { containers } };
  await expectOk(plane.admin.create(pod));
});

afterAll(async () => {
  await plane?.stop();
});

beforeEach(async () => {
  await install(plane, VALUES);
  const replicas = [await start(), await start()];
  await routeTo(plane, replicas);
  await untilJudged(plane, tenants);
});

afterEach(async () => {
  for (const replica of started) await replica.kill();
  started = [];
  await uninstall(plane);
  await deleteDefinitions(plane);
});

async function start(): Promise<Replica> {
  const replica = await startReplica(plane, tls);
  started.push(replica);
  return replica;
}

async function registered(): Promise<boolean> {
  const { body } = await expectOk(plane.admin.get(VALIDATING));
  return listAt(body, 'webhooks').some((webhook) => at(webhook, 'name') === CONNECTIONS);
}

/** `refused` by us, or the words of the API server, which has no node to send an exec to. */
async function exec(): Promise<string> {
  const path = `/api/v1/namespaces/${tenants}/pods/web/exec?command=id`;
  const message = String((await plane.admin.request('POST', path)).body.message);
  return message.includes(`admission webhook "${CONNECTIONS}" denied the request: `) ? 'refused' : message;
}

const LET_IN: unknown = expect.stringContaining('does not have a host assigned');

async function accepted(): Promise<{ status: unknown; message: string }> {
  const { body } = await expectOk(plane.admin.get(refOf(DOORS)));
  const [condition] = listAt(body, 'status', 'conditions');
  return { status: at(condition, 'status'), message: String(at(condition, 'message')) };
}

test('a policy that uses it has it registered within seconds, and the last one that goes takes it away', async () => {
  expect([await registered(), await exec()]).toEqual([false, LET_IN]);
  await expectOk(plane.admin.create(DOORS));
  await waitFor(registered, { ...SECONDS, what: 'it is registered' });
  await waitFor(async () => (await exec()) === 'refused', { ...SECONDS, what: 'an exec is refused' });
  await waitFor(async () => (await accepted()).message === 'in force', { ...SECONDS, what: 'the status says so' });

  // Replaced, as a tool does that cannot change a field.
  await expectOk(plane.admin.delete(refOf(DOORS)));
  await expectOk(plane.admin.create(DOORS));
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) expect(await registered()).toBe(true);
  expect(await exec()).toBe('refused');

  await expectOk(plane.admin.delete(refOf(DOORS)));
  await waitFor(async () => !(await registered()), { ...LATER, what: 'it is removed' });
  await waitFor(async () => (await exec()) !== 'refused', { ...SECONDS, what: 'an exec is let in' });
  expect(await exec()).toEqual(LET_IN);
  // One replica did each.
  await waitFor(() => started.flatMap((one) => one.lines('webhook removed that no policy uses')).length > 0, {
    ...LATER,
    what: 'it is logged',
  });
  expect(started.flatMap((one) => one.lines('webhook registered where it is used'))).toMatchObject([
    { webhook: CONNECTIONS },
  ]);
  expect(started.flatMap((one) => one.lines('webhooks changed by others'))).toEqual([]);
  expect(started.flatMap((one) => one.lines('kind of a policy not judged'))).toEqual([]);
});

test('the status of a policy says that connections are not judged while the server cannot register it', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: RELEASE };
  const { body } = await expectOk(plane.admin.get(role));
  const rules = listAt(body, 'rules').filter((rule) => !JSON.stringify(rule).includes('webhookconfigurations'));
  await expectOk(plane.admin.patch(role, { rules }, 'merge'));
  await expectOk(plane.admin.create(DOORS));
  await waitFor(async () => (await accepted()).message.includes('not registered yet, so nobody is refused'), {
    ...SECONDS,
    what: 'the status says that nobody is refused',
  });
  expect(await registered()).toBe(false);
  await expectOk(plane.admin.patch(role, { rules: listAt(body, 'rules') }, 'merge'));
  await waitFor(async () => (await accepted()).message === 'in force', { ...LATER, what: 'it is in force' });
  expect([await registered(), await exec()]).toEqual([true, 'refused']);
});

test('what another field manager has a part in is removed all the same', async () => {
  await expectOk(plane.admin.create(DOORS));
  await waitFor(registered, { ...SECONDS, what: 'it is registered' });
  const { body } = await expectOk(plane.admin.get(VALIDATING));
  const index = listAt(body, 'webhooks').findIndex((webhook) => at(webhook, 'name') === CONNECTIONS);
  const patch = [{ op: 'replace', path: `/webhooks/${index}/timeoutSeconds`, value: 9 }];
  await expectOk(plane.admin.patch(VALIDATING, patch, 'json', { fieldManager: 'kubectl-edit' }));
  await expectOk(plane.admin.delete(refOf(DOORS)));
  await waitFor(async () => !(await registered()), { ...LATER, what: 'it is removed' });
});

test('an upgrade from true, which has it always, to auto removes it where no policy uses it', async () => {
  await upgrade(plane, [...VALUES, '--set=webhooks.connect.enabled=true']);
  for (const replica of started) await replica.mountConfiguration();
  await waitFor(registered, { ...LATER, what: 'it is always registered' });
  await upgrade(plane, [...VALUES, '--set=webhooks.connect.enabled=auto']);
  for (const replica of started) await replica.mountConfiguration();
  await waitFor(async () => !(await registered()), { within: 90_000, what: 'it is removed' });
  await expectOk(plane.admin.create(DOORS));
  await waitFor(registered, { ...SECONDS, what: 'it is registered again' });
});
