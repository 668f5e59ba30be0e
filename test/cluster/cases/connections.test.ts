// Who may connect to running pods. No node is needed to see it: admission comes before the kubelet, so that a refusal is a 403 of
// ours, and what is let in ends with the complaint that the pod runs nowhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { AGENTS_TIER, type GatedCluster, policyOf, startGatedCluster } from '../support/gated-cluster.ts';
import { OUR_NAMESPACE } from '../support/sandgate.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import { podOf } from '../support/workloads.ts';

const REFUSED = 'admission webhook "connections.validate.sandgate.dev" denied the request: ';
/** The API server's own answer, after admission. */
const NO_NODE = /pod web does not have a host assigned/;

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;
/** In a namespace that the policy is not about. */
let other: Tenant;

beforeAll(async () => {
  const doors = policyOf('doors', {
    match: { namespaceSelector: { matchLabels: AGENTS_TIER } },
    connect: {
      exec: { users: ['alice'], containers: ['app'], commands: [['id']] },
      attach: { groups: ['nobody'] },
      portForward: 'Deny',
      proxy: 'Deny',
      ephemeralContainers: 'Deny',
    },
  });
  cluster = await startGatedCluster({ policies: [doors], connections: true });
  plane = cluster.plane;
  tenant = await createTenant(plane);
  other = await createTenant(plane, {});
  const containers = ['app', 'side'].map((name) => ({ name, image: 'example.com/app:1' }));
  for (const { client, namespace } of [tenant, other])
    await expectOk(client.create(podOf(namespace, 'web', { containers })));
});

afterAll(async () => {
  await cluster?.stop();
});

/** Lets the server read pods, as the chart does where the webhook for connections is asked for. */
async function letReadPods(): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  const metadata = { name: 'sandgate-pods' };
  await expectOk(plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules }));
  const subjects = [{ kind: 'ServiceAccount', namespace: OUR_NAMESPACE, name: 'sandgate' }];
  const roleRef = { apiGroup, kind: 'ClusterRole', name: metadata.name };
  const binding = { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata, subjects, roleRef };
  await expectOk(plane.admin.create(binding));
}

async function connect({ client, namespace }: Tenant, path: string): Promise<{ status: number; message: string }> {
  const { status, body } = await client.request('POST', `/api/v1/namespaces/${namespace}/pods/web/${path}`);
  return { status, message: String(body.message) };
}

const ID = 'exec?container=app&command=id&stdout=true';

test('while pods cannot be read every connection is refused, and says so', async () => {
  expect(await connect(tenant, ID)).toEqual({
    status: 403,
    message: `${REFUSED}pods "web" is forbidden: violates IsolationPolicy "doors": pod not known (pod "web" could not be looked up, and the policy decides who may connect to pods). To fix: connectExec: try again in a moment; if it keeps failing, ask an administrator whether sandgate can read pods (policy "doors"). See: sandgate explain connectExec`,
  });
  await letReadPods();
  await waitFor(async () => (await connect(tenant, ID)).status !== 403, { within: 30_000, what: 'pods can be read' });
});

describe('exec', () => {
  test('is let in for who may, with the container and the command that are named', async () => {
    const { status, message } = await connect(tenant, ID);
    expect([status, message]).toEqual([400, expect.stringMatching(NO_NODE)]);
  });

  test.each([
    ['another container', 'exec?container=side&command=id', 'container "side" is not one of those allowed: "app"'],
    [
      'a shell',
      'exec?container=app&command=sh&command=-c&command=id',
      'command ["sh","-c","id"] is not one of those allowed: ["id"]',
    ],
    ['another user', ID, 'user "carol" may not (allowed: user "alice")'],
  ])('is refused for %s', async (who, path, says) => {
    const client = who === 'another user' ? plane.as('carol', ['system:masters']) : tenant.client;
    const { status, message } = await connect({ ...tenant, client }, path);
    expect([status, message]).toEqual([403, expect.stringContaining(`exec into the pod (${says})`)]);
  });

  test('by kubectl prints the refusal', async () => {
    const { code, stderr } = await plane.kubectl(['exec', '-n', tenant.namespace, 'web', '-c', 'side', '--', 'id'], {
      user: 'alice',
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('container "side" is not one of those allowed: "app"');
  });

  test('into a pod of a namespace that no policy is about is let in', async () => {
    const { status, message } = await connect(other, 'exec?container=side&command=sh');
    expect([status, message]).toEqual([400, expect.stringMatching(NO_NODE)]);
  });
});

test.each([
  ['attach', 'attach?container=app&stdin=true', 'attach to the pod (user "alice" may not (allowed: group "nobody"))'],
  ['portforward', 'portforward?ports=80', 'port-forward to the pod (user "alice" may not (nobody may))'],
  ['proxy', 'proxy/index.html', 'proxy to the pod (user "alice" may not (nobody may))'],
])('%s is refused', async (_, path, says) => {
  const { status, message } = await connect(tenant, path);
  expect([status, message]).toEqual([403, expect.stringContaining(says)]);
});

test('an ephemeral container is refused by who adds it', async () => {
  const { status, body } = await tenant.client.patch(
    { apiVersion: 'v1', kind: 'Pod', namespace: tenant.namespace, name: 'web' },
    { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } },
    'strategic',
    { subresource: 'ephemeralcontainers' },
  );
  expect([status, body.message]).toEqual([
    403,
    expect.stringContaining('ephemeral container added (user "alice" may not (nobody may))'),
  ]);
});
