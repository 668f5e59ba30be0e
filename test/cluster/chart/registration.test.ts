// Webhooks that the server registers, from the first to the last: on a real API server, over the Service, by a real Helm, with the rights
// that the chart gives.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { find, NAMESPACE, template } from '../../chart/rendered.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { helm, helm3 } from '../../support/helm.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { helmTest } from './helm-test.ts';
import { keepAsking, untilJudged, WITH_FLOOR } from './judgement.ts';
import { deleteDefinitions, install, RELEASE, runHelm, uninstall, upgrade } from './release.ts';
import {
  makeTls,
  managersOf,
  type Replica,
  routeTo,
  SECRET_WITH_CA,
  startReplica,
  type TlsSecret,
  untilReplicaReady,
} from './replicas.ts';

const MUTATING = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  name: RELEASE,
};
const VALIDATING = { ...MUTATING, kind: 'ValidatingWebhookConfiguration' };
const CONFIGURATIONS = [MUTATING, VALIDATING];
const VALUES = [...SECRET_WITH_CA, WITH_FLOOR];
const BY_CHART = ['--set=webhooks.registration=Chart'];
/** Looked for twice a minute. */
const NEXT_LOOK = 60_000;

let plane: ControlPlane;
let tenants: string;
let tls: TlsSecret;
let started: Replica[] = [];

beforeAll(async () => {
  plane = await startControlPlane({
    controllerManager: true,
    services: true,
    // As on OpenShift: only those who may delete an object may give it an owner.
    admissionPlugins: ['OwnerReferencesPermissionEnforcement'],
  });
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
  await waitFor(async () => (await live()).length === 0, { within: 30_000, what: 'the configurations are gone' });
});

async function start(secret: TlsSecret = tls): Promise<Replica> {
  const replica = await startReplica(plane, secret);
  started.push(replica);
  return replica;
}

async function stop(replica: Replica): Promise<void> {
  started = started.filter((other) => other !== replica);
  await replica.terminate();
}

/** The configurations that there are. */
async function live(): Promise<readonly JsonObject[]> {
  const found = await Promise.all(CONFIGURATIONS.map((ref) => plane.admin.get(ref)));
  return found.filter(({ status }) => status === 200).map(({ body }) => body);
}

async function get(ref: typeof MUTATING): Promise<JsonObject> {
  return (await expectOk(plane.admin.get(ref))).body;
}

/** Versions of both: the same for as long as nobody writes. */
async function versions(): Promise<readonly unknown[]> {
  return (await live()).map((object) => at(object, 'metadata', 'resourceVersion'));
}

/** The names of all webhooks that are registered, each as often as it is. */
async function registered(): Promise<readonly string[]> {
  return (await live()).flatMap((object) => listAt(object, 'webhooks').map((webhook) => String(at(webhook, 'name'))));
}

async function untilRegistered(): Promise<void> {
  await waitFor(async () => (await registered()).length === 6, { within: 60_000, what: 'the webhooks are registered' });
}

/** Installs, and resolves when this many replicas serve what the API server asks. */
async function running(count = 1, values: readonly string[] = VALUES): Promise<readonly Replica[]> {
  await install(plane, values);
  const replicas: Replica[] = [];
  for (let i = 0; i < count; i++) replicas.push(await start());
  await routeTo(plane, replicas);
  await untilRegistered();
  await untilJudged(plane, tenants);
  return replicas;
}

describe('once the API server reaches it', () => {
  test('both configurations are there as the chart has them, with the CA of its Secret and an owner', async () => {
    const [replica] = await running();
    expect(await registered()).toEqual([
      'workloads.mutate.sandgate.dev',
      'workloads.validate.sandgate.dev',
      'advisory.validate.sandgate.dev',
      'policies.validate.sandgate.dev',
      'reachable.validate.sandgate.dev',
      'uninstall.validate.sandgate.dev',
    ]);
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: RELEASE };
    const uid = at((await expectOk(plane.admin.get(role))).body, 'metadata', 'uid');
    for (const object of await live()) {
      expect(at(object, 'metadata', 'ownerReferences')).toEqual([{ ...role, uid }]);
      for (const webhook of listAt(object, 'webhooks')) {
        const bundle = Buffer.from(String(at(webhook, 'clientConfig', 'caBundle')), 'base64').toString('utf8');
        expect(bundle).toBe(tls.ca);
      }
    }
    // The log comes in batches.
    await waitFor(() => replica?.lines('webhooks registered').length === 1, { within: 30_000, what: 'it is logged' });
    expect((await replica?.readyz())?.text).toContain('[+]webhooks ok\n');
    const events = await plane.admin.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: NAMESPACE });
    const ours = listAt(events.body, 'items').filter((event) => at(event, 'reason') === 'WebhooksRegistered');
    expect(ours.map((event) => at(event, 'involvedObject', 'kind'))).toContain('Deployment');
    // None of those that were not stored is.
    expect(listAt(events.body, 'items').filter((event) => at(event, 'reason') === 'WebhooksAsked')).toEqual([]);
  });

  test('a second replica writes nothing, nor does the first when it looks again', async () => {
    await running();
    const before = await versions();
    const second = await start();
    await waitFor(() => second.lines('webhooks registered').length > 0, { within: 60_000, what: 'it has looked' });
    await new Promise((resolve) => setTimeout(resolve, 35_000));
    expect(await versions()).toEqual(before);
  });

  test('it cannot write a configuration of another name', async () => {
    await running();
    const us = plane.as(`system:serviceaccount:${NAMESPACE}:${RELEASE}`);
    const other = { ...MUTATING, metadata: { name: 'other' }, webhooks: [] };
    expect((await us.apply(other, { fieldManager: 'sandgate' })).status).toBe(403);
    expect((await us.create(other)).status).toBe(403);
    expect((await us.delete({ ...MUTATING, name: 'other' })).status).toBe(403);
    expect((await us.list(MUTATING)).status).toBe(403);
  });

  test('what somebody changes is set right, what somebody removes is registered again, and both are said', async () => {
    const [replica] = await running();
    const open = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }];
    await expectOk(plane.admin.patch(VALIDATING, open, 'json', { fieldManager: 'kubectl-edit' }));
    await waitFor(async () => at(await get(VALIDATING), 'webhooks', 0, 'failurePolicy') === 'Fail', {
      within: NEXT_LOOK,
      what: 'it fails closed again',
    });
    // The log comes in batches.
    await waitFor(() => replica?.lines('webhooks changed by others').length === 1, {
      within: 30_000,
      what: 'it is logged',
    });
    expect(replica?.lines('webhooks changed by others')).toMatchObject([
      { field: 'webhooks[workloads.validate.sandgate.dev].failurePolicy', managers: ['kubectl-edit'] },
    ]);
    await expectOk(plane.admin.delete(MUTATING));
    await waitFor(async () => (await registered()).length === 6, { within: NEXT_LOOK, what: 'both are registered' });
  });
});

describe('an upgrade', () => {
  test('that changes the webhooks reaches the API server without a new pod', async () => {
    const [replica] = await running();
    await upgrade(plane, [...VALUES, '--set=webhooks.enforce.timeoutSeconds=7']);
    await replica?.mountConfiguration();
    await waitFor(async () => at(await get(VALIDATING), 'webhooks', 0, 'timeoutSeconds') === 7, {
      within: NEXT_LOOK,
      what: 'the new timeout is registered',
    });
  });

  test('from Chart to Server leaves a moment without webhooks, which nobody is refused in', async () => {
    await install(plane, [...VALUES, ...BY_CHART, ...(await caValue())]);
    const before = await start();
    await routeTo(plane, [before]);
    await untilJudged(plane, tenants);
    const answers = keepAsking(plane, tenants);
    await upgrade(plane, VALUES);
    const after = await start();
    await routeTo(plane, [after]);
    await stop(before);
    await waitFor(async () => (await registered()).length === 6, { within: 60_000, what: 'they are registered' });
    await untilJudged(plane, tenants);
    expect([...(await answers()).keys()].toSorted()).toEqual(['judged', 'let in']);
  });

  test('from Chart to Server leaves no moment without them, where Helm is told to keep them', async () => {
    await install(plane, [...VALUES, ...BY_CHART, ...(await caValue())]);
    const before = await start();
    await routeTo(plane, [before]);
    await untilJudged(plane, tenants);
    // As docs/install.md has it.
    const command =
      'annotate validatingwebhookconfiguration,mutatingwebhookconfiguration sandgate helm.sh/resource-policy=keep';
    expect((await plane.kubectl(command.split(' '))).code).toBe(0);
    const answers = keepAsking(plane, tenants);
    await upgrade(plane, VALUES);
    const after = await start();
    await routeTo(plane, [before, after]);
    await waitFor(async () => managersOf(await get(VALIDATING)).includes('sandgate'), {
      within: 60_000,
      what: 'the server has taken them over',
    });
    await routeTo(plane, [after]);
    await stop(before);
    expect([...(await answers()).keys()]).toEqual(['judged']);
    expect(at(await get(VALIDATING), 'metadata', 'annotations', 'sandgate.dev/registration')).toBe('Server');
  });

  test.each([
    { name: 'Helm 4', run: helm, more: ['--force-conflicts'] },
    { name: 'Helm 3', run: helm3, more: [] },
  ])(
    'from Server to Chart by $name takes over what is there, and the pods of before leave it alone',
    async ({ run, more }) => {
      await install(plane, VALUES, { run });
      const before = await start();
      await routeTo(plane, [before]);
      await untilJudged(plane, tenants);
      const answers = keepAsking(plane, tenants);
      const changed = ['--set=webhooks.enforce.timeoutSeconds=9'];
      const values = [...VALUES, ...BY_CHART, ...(await caValue()), ...changed];
      if (more.length > 0) await expect(upgrade(plane, values, { run })).rejects.toThrow('conflict with "sandgate"');
      await upgrade(plane, [...values, ...more], { run });
      await waitFor(() => before.lines('webhooks registered by others').length > 0, {
        within: NEXT_LOOK,
        what: 'the pod of before has seen it',
      });
      expect(at(await get(VALIDATING), 'webhooks', 0, 'timeoutSeconds')).toBe(9);
      expect(await registered()).toHaveLength(6);
      expect([...(await answers()).keys()]).toEqual(['judged']);
      await uninstall(plane);
      expect(await live()).toEqual([]);
    },
  );

  test('that is rolled back registers what the release before said', async () => {
    await running();
    await upgrade(plane, [...VALUES, '--set=webhooks.enforce.timeoutSeconds=7']);
    const second = await start();
    await waitFor(async () => at(await get(VALIDATING), 'webhooks', 0, 'timeoutSeconds') === 7, {
      within: 60_000,
      what: 'the new pod has registered its timeout',
    });
    await runHelm(plane, ['rollback', RELEASE, '1']);
    const third = await start();
    await routeTo(plane, [third]);
    await stop(second);
    await waitFor(async () => at(await get(VALIDATING), 'webhooks', 0, 'timeoutSeconds') === 5, {
      within: 60_000,
      what: 'the former timeout is registered',
    });
  });
});

test('a new CA costs no review, though the replicas see it one after the other', async () => {
  const [first, second] = await running(2);
  const next = await makeTls(undefined, await makeAuthority('the next CA'));
  const answers = keepAsking(plane, tenants);
  for (const replica of [first, second]) {
    replica?.mountTls(next);
    await waitFor(() => (replica?.lines('certificate reloaded').length ?? 0) > 0, {
      within: 60_000,
      what: 'the replica serves the new certificate',
    });
    plane.services.cut();
  }
  const third = await start(next);
  await untilReplicaReady(third);
  await routeTo(plane, [third]);
  plane.services.cut();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  // The connections that were cut are not what is tried here.
  const refused = [...(await answers()).keys()].filter((answer) => answer !== 'judged' && !/EOF|reset/.test(answer));
  expect(refused).toEqual([]);
  const bundle = String(at(await get(VALIDATING), 'webhooks', 0, 'clientConfig', 'caBundle'));
  expect(Buffer.from(bundle, 'base64').toString('utf8')).toBe(next.ca + tls.ca);
  const until = String(at(await get(VALIDATING), 'metadata', 'annotations', 'sandgate.dev/former-ca-until'));
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(50 * 60_000);
});

test('a certificate that the API server would not accept is not taken up, and the one before goes on being served', async () => {
  const [replica] = await running();
  replica?.mountTls({ ...(await makeTls('other.sandgate.svc')), ca: tls.ca });
  await waitFor(() => (replica?.lines('certificate not reloaded').length ?? 0) > 0, {
    within: 60_000,
    what: 'it is said',
  });
  expect(replica?.lines('certificate not reloaded')[0]?.problem).toContain('does not name sandgate.sandgate.svc');
  plane.services.cut();
  await untilJudged(plane, tenants);
});

describe('helm test', () => {
  test('succeeds where the API server asks, and fails with the reason where it does not', async () => {
    await install(plane, VALUES);
    const failed = await helmTest(plane);
    expect(failed.code).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain('the API server does not ask Sandgate, so nothing is judged');
    const replica = await start();
    await routeTo(plane, [replica]);
    await untilRegistered();
    const succeeded = await helmTest(plane);
    expect([succeeded.code, succeeded.stdout]).toEqual([
      0,
      expect.stringContaining('the API server asks it about workloads'),
    ]);
  });

  test('runs as the account of the release, which the pod that it makes is given', async () => {
    const pod = find(await template(VALUES, { hooks: true }), 'Pod');
    expect(at(pod, 'spec', 'serviceAccountName')).toBe(RELEASE);
  });
});

/** For a chart that registers the webhooks: the CA among its values. */
async function caValue(): Promise<readonly string[]> {
  return [`--set-json=certificates.existingSecret.caBundle=${JSON.stringify(tls.ca)}`];
}
