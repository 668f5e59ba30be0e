// The audit log of a real API server, replayed. The same log is what the tests of test/cli/replay read: UPDATE_RECORDED_LOG=1
// records it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandgate } from '../cli/console.ts';
import { EXPECTED, RECORDED_LOG, RECORDED_NAMESPACE, rowsOf } from '../cli/replay/recorded.ts';
import { at } from './control-plane/at.ts';
import { type ControlPlane, startControlPlane } from './control-plane/control-plane.ts';
import { expectOk } from './control-plane/expect-ok.ts';
import { refOf } from './control-plane/kube-client.ts';
import { allowAll, createServiceAccount } from './control-plane/namespaces.ts';
import { waitFor } from './control-plane/wait-for.ts';
import { BARE, controllerOf, podOf, UNSAFE } from './support/workloads.ts';

const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ audit: 'RequestResponse' });
});

afterAll(async () => {
  await plane?.stop();
});

async function record(): Promise<void> {
  const namespace = RECORDED_NAMESPACE;
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await createServiceAccount(plane, namespace, 'default');
  await allowAll(plane, namespace, 'alice');
  await allowAll(plane, namespace, CONTROLLER);
  const alice = plane.as('alice', ['tenants']);
  const { body: good } = await expectOk(alice.create(podOf(namespace, 'good', BARE)));
  const { body: bad } = await expectOk(alice.create(podOf(namespace, 'bad', UNSAFE)));
  await expectOk(alice.create(podOf(namespace, 'tried', UNSAFE), { dryRun: true }));
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'made', uid: 'a-uid', controller: true };
  const made = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, generateName: 'made-', ownerReferences: [owner] },
    spec: UNSAFE,
  };
  await expectOk(plane.as(CONTROLLER).create(made));
  await expectOk(plane.as(CONTROLLER).create(made));
  await expectOk(alice.patch(refOf(bad), { metadata: { labels: { a: 'b' } } }, 'merge'));
  const debug = { name: 'debug', image: 'a', securityContext: { privileged: true } };
  const subresource = { subresource: 'ephemeralcontainers' };
  await expectOk(alice.patch(refOf(good), { spec: { ephemeralContainers: [debug] } }, 'strategic', subresource));
  await expectOk(alice.apply(podOf(namespace, 'applied', BARE)));
  await expectOk(alice.create(controllerOf(namespace, 'Deployment', 'web', UNSAFE)));
  await expectOk(alice.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'settings' } }));
  await expectOk(alice.delete(refOf(bad)));
  // What RBAC refuses comes to no webhook.
  expect((await plane.as('bob').create(podOf(namespace, 'bobs', UNSAFE))).status).toBe(403);
  await waitFor(
    async () =>
      (await plane.auditEvents()).some(
        (event) => at(event, 'objectRef', 'name') === 'bobs' || at(event, 'impersonatedUser', 'username') === 'bob',
      ),
    {
      within: 30_000,
      what: 'the last request is in the log',
    },
  );
}

test('the log of an API server is replayed as the requests that it has', async () => {
  await record();
  const log = join(plane.folder, 'audit.log');
  const printed = await sandgate(plane.folder, ['replay', '-p', 'baseline', '-f', log, '-o', 'json']);
  expect(printed.stderr).toBe('');
  expect(printed.code).toBe(1);
  expect(rowsOf(printed.json())).toEqual(EXPECTED);
  expect(printed.json()).toMatchObject({ events: { denied: 5, unjudged: {} }, unread: [] });
  if (process.env.UPDATE_RECORDED_LOG) {
    const lines = readFileSync(log, 'utf8').split('\n');
    const ours = lines.filter(
      (line) => line.includes(`"namespace":"${RECORDED_NAMESPACE}"`) && !line.includes('rolebindings'),
    );
    writeFileSync(RECORDED_LOG, `${ours.join('\n')}\n`);
  }
});
