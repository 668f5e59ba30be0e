// Which roles the service accounts of sandboxes may be bound to, on a real API server: what a tenant tries who owns the namespace, and
// what an administrator of bindings does without thinking of sandboxes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { type KubeClient, refOf } from '../control-plane/kube-client.ts';
import { AGENTS_TIER, type GatedCluster, policyOf, startGatedCluster } from '../support/gated-cluster.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';

const REFUSED = 'admission webhook "role-bindings.validate.sandgate.dev" denied the request: ';
const GROUP = 'rbac.authorization.k8s.io';

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;
let other: Tenant;
let count = 0;

beforeAll(async () => {
  const rights = policyOf('rights', {
    match: { namespaceSelector: { matchLabels: AGENTS_TIER } },
    roleBindings: { allowedRoles: ['ClusterRole/view'] },
  });
  cluster = await startGatedCluster({ policies: [rights], roleBindings: true });
  plane = cluster.plane;
  tenant = await createTenant(plane);
  other = await createTenant(plane, {});
});

afterAll(async () => {
  await cluster?.stop();
});

interface Bound {
  readonly namespace?: string;
  readonly role?: string;
}

function binding(subjects: readonly JsonObject[], { namespace, role = 'edit' }: Bound = {}): JsonObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `binding-${count++}`, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects,
  };
}

/** `stored`, or the words of the refusal that are ours; what else the API server says as it is. */
async function outcome(client: KubeClient, object: JsonObject): Promise<string> {
  const { status, body } = await client.create(object);
  if (status === 201) return 'stored';
  const message = String(body.message);
  return message.startsWith(REFUSED) ? (/\(([^()]*(?:\([^()]*\))?)\)\. To fix/.exec(message)?.[1] ?? message) : message;
}

describe('a tenant who owns the namespace', () => {
  test.each([
    ['a service account', (namespace: string) => ({ kind: 'ServiceAccount', name: 'default', namespace })],
    ['one without a namespace', () => ({ kind: 'ServiceAccount', name: 'default' })],
    [
      'its user',
      (namespace: string) => ({ kind: 'User', apiGroup: GROUP, name: `system:serviceaccount:${namespace}:default` }),
    ],
    [
      'its group, without an apiGroup',
      (namespace: string) => ({ kind: 'Group', name: `system:serviceaccounts:${namespace}` }),
    ],
    ['everybody', () => ({ kind: 'Group', apiGroup: GROUP, name: 'system:authenticated' })],
    ['everybody without a token', () => ({ kind: 'User', apiGroup: GROUP, name: 'system:anonymous' })],
  ])('cannot give a role to %s', async (_, subjectIn) => {
    const { client, namespace } = tenant;
    const said = await outcome(client, binding([subjectIn(namespace)], { namespace }));
    expect(said).toContain('may not be bound to ClusterRole "edit" (allowed: "ClusterRole/view")');
  });

  test('can give the role that is allowed, and any to people', async () => {
    const { client, namespace } = tenant;
    const agent = { kind: 'ServiceAccount', name: 'default' };
    expect(await outcome(client, binding([agent], { namespace, role: 'view' }))).toBe('stored');
    expect(await outcome(client, binding([{ kind: 'User', apiGroup: GROUP, name: 'jane' }], { namespace }))).toBe(
      'stored',
    );
  });

  test('cannot add a service account to a binding that people have, by update or by apply', async () => {
    const { client, namespace } = tenant;
    const people = binding([{ kind: 'User', apiGroup: GROUP, name: 'jane' }], { namespace });
    await expectOk(client.create(people));
    const patch = [{ op: 'add', path: '/subjects/0', value: { kind: 'ServiceAccount', name: 'default', namespace } }];
    const { status, body } = await client.patch(refOf(people), patch, 'json');
    expect([status, String(body.message)]).toEqual([403, expect.stringContaining(REFUSED)]);
    const applied = await client.apply(
      { ...people, subjects: [{ kind: 'ServiceAccount', name: 'default' }] },
      { fieldManager: 'tenant', force: true },
    );
    expect([applied.status, String(applied.body.message)]).toEqual([403, expect.stringContaining(REFUSED)]);
  });

  test('cannot in another namespace of theirs, to whose bindings no policy is', async () => {
    const agent = { kind: 'ServiceAccount', name: 'default', namespace: tenant.namespace };
    const said = await outcome(other.client, binding([agent], { namespace: other.namespace }));
    expect(said).toContain(`service account "${tenant.namespace}/default" may not be bound`);
    const own = { kind: 'ServiceAccount', name: 'default', namespace: other.namespace };
    expect(await outcome(other.client, binding([own], { namespace: other.namespace }))).toBe('stored');
  });
});

describe('an administrator', () => {
  test('cannot by a ClusterRoleBinding, one to a List of them, or one to every service account', async () => {
    const agent = { kind: 'ServiceAccount', name: 'default', namespace: tenant.namespace };
    expect(await outcome(plane.admin, binding([agent], { role: 'cluster-admin' }))).toContain(
      'ClusterRole "cluster-admin"',
    );
    const all = { kind: 'Group', apiGroup: GROUP, name: 'system:serviceaccounts' };
    expect(await outcome(plane.admin, binding([all]))).toContain('group "system:serviceaccounts" may not be bound');
  });

  test('cannot before the namespace exists, of which nobody knows whether it will be one of sandboxes', async () => {
    const agent = { kind: 'ServiceAccount', name: 'default', namespace: 'not-there-yet' };
    expect(await outcome(plane.admin, binding([agent]))).toContain('service account "not-there-yet/default"');
  });

  test('is told by the API server itself of subjects that could mean nobody', async () => {
    const { namespace } = tenant;
    const odd = { kind: 'serviceaccount', name: 'default', namespace };
    expect(await outcome(plane.admin, binding([odd], { namespace }))).toContain('is invalid');
    expect(await outcome(plane.admin, binding([{ kind: 'ServiceAccount', name: 'default' }]))).toContain('is invalid');
  });

  test('can label and delete a binding that was there before', async () => {
    const { namespace } = tenant;
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      name: 'sandgate',
    };
    const { body } = await expectOk(plane.admin.get(configuration));
    await expectOk(plane.admin.delete(configuration));
    const old = binding([{ kind: 'ServiceAccount', name: 'default', namespace }], { namespace });
    // It takes the API server a moment to know that the webhook is gone.
    const isStored = async (): Promise<boolean> => (await plane.admin.create(old)).status === 201;
    while (!(await isStored())) await new Promise((resolve) => setTimeout(resolve, 200));
    const { metadata: _, ...again } = body;
    await expectOk(plane.admin.create({ ...again, metadata: { name: 'sandgate' } }));
    while (
      (await outcome(plane.admin, binding([{ kind: 'ServiceAccount', name: 'default', namespace }], { namespace }))) ===
      'stored'
    )
      await new Promise((resolve) => setTimeout(resolve, 200));
    const { status, warnings } = await plane.admin.patch(refOf(old), { metadata: { labels: { a: 'b' } } }, 'merge');
    expect([status, warnings]).toEqual([200, [expect.stringContaining('may not be bound to ClusterRole "edit"')]]);
    await expectOk(plane.admin.delete(refOf(old)));
  });
});
