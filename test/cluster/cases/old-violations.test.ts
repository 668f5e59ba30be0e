// Objects that are older than the policy and violate it: whatever does not make it worse goes through, and so does their end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { putUnderPolicy } from '../support/judged.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import { podOf, REFUSED_BY_US, SAFE, sandboxOf, UNSAFE, UNSAFE_WARNING, unsafeRefusal } from '../support/workloads.ts';

const VIOLATING: JsonObject = { ...SAFE, hostPID: true };

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;

/** The objects below, by their names. */
const PODS = ['edited', 'kept', 'deleted', 'deleted-by-kubectl', 'evicted', 'bound', 'dying', 'all-1', 'all-2'];

beforeAll(async () => {
  cluster = await startGatedCluster({ controllerManager: true });
  plane = cluster.plane;
  tenant = await createTenant(plane, {});
  for (const name of PODS) await expectOk(tenant.client.create(podOf(tenant.namespace, name, VIOLATING)));
  await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'old', VIOLATING)));
  await putUnderPolicy(plane, tenant.namespace);
});

afterAll(async () => {
  await cluster?.stop();
});

function podRef(name: string): ObjectRef {
  return refOf(podOf(tenant.namespace, name));
}

function inside(...args: readonly string[]): readonly string[] {
  return [...args, `--namespace=${tenant.namespace}`];
}

const CHANGES = [
  { what: 'a label', patch: { metadata: { labels: { tier: 'one' } } } },
  { what: 'another value of a label', patch: { metadata: { labels: { tier: 'two' } } } },
  { what: 'no label any more', patch: { metadata: { labels: { tier: null } } } },
  { what: 'an annotation', patch: { metadata: { annotations: { note: 'one' } } } },
];

/** What controllers keep their books with. */
const BOOKKEEPING = [
  { what: 'a finalizer', patch: { metadata: { finalizers: ['example.com/wait'] } } },
  { what: 'no finalizer any more', patch: { metadata: { finalizers: null } } },
];

describe.each([
  { kind: 'pod', ref: () => podRef('edited') },
  { kind: 'Sandbox', ref: () => refOf(sandboxOf(tenant.namespace, 'old')) },
])('a $kind that violates', ({ ref }) => {
  test.each(CHANGES)('gets $what, with a warning', async ({ patch }) => {
    const { warnings } = await expectOk(tenant.client.patch(ref(), patch, 'merge'));
    expect(warnings).toEqual([UNSAFE_WARNING]);
  });

  test.each(BOOKKEEPING)('gets $what without a word', async ({ patch }) => {
    expect((await expectOk(tenant.client.patch(ref(), patch, 'merge'))).warnings).toEqual([]);
  });

  test('is left as it is without a word, where an edit changes nothing', async () => {
    const { warnings } = await expectOk(tenant.client.patch(ref(), { metadata: { labels: { tier: null } } }, 'merge'));
    expect(warnings).toEqual([]);
  });
});

describe('a pod that violates', () => {
  test('gets a label and an annotation by kubectl, which shows the warning', async () => {
    const { user } = tenant;
    const warning = `Warning: ${UNSAFE_WARNING}\n`;
    const labelled = { code: 0, stdout: 'pod/kept labeled\n', stderr: warning };
    expect(await plane.kubectl(inside('label', 'pod/kept', 'a=b'), { user })).toEqual(labelled);
    const annotated = { code: 0, stdout: 'pod/kept annotated\n', stderr: warning };
    expect(await plane.kubectl(inside('annotate', 'pod/kept', 'a=b'), { user })).toEqual(annotated);
  });

  test('gets tolerations, a deadline and an owner, with a warning', async () => {
    const { body: owner } = await expectOk(tenant.client.get(refOf(sandboxOf(tenant.namespace, 'old'))));
    const { apiVersion, kind } = owner;
    const reference = { apiVersion, kind, name: 'old', uid: at(owner, 'metadata', 'uid') };
    const tolerations = [{ key: 'example.com/any', operator: 'Exists' }];
    const spec = { tolerations, activeDeadlineSeconds: 3600 };
    const patch = { metadata: { ownerReferences: [reference] }, spec };
    const { warnings } = await expectOk(tenant.client.patch(podRef('kept'), patch, 'strategic'));
    expect(warnings).toEqual([UNSAFE_WARNING]);
  });

  test('reports its status without a word', async () => {
    const status = { conditions: [{ type: 'Ready', status: 'True' }], phase: 'Running' };
    const written = await expectOk(plane.admin.patch(podRef('kept'), { status }, 'merge', { subresource: 'status' }));
    expect(at(written.body, 'status', 'phase')).toBe('Running');
    expect(written.warnings).toEqual([]);
  });

  test('is bound to a node without a word', async () => {
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
    const { namespace } = tenant;
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name: 'bound' }, target };
    const bound = await expectOk(plane.admin.create(binding, { of: podRef('bound'), subresource: 'binding' }));
    expect(bound.warnings).toEqual([]);
    expect(at((await plane.admin.get(podRef('bound'))).body, 'spec', 'nodeName')).toBe('node-1');
    // Whoever writes to it later still can.
    const labelled = { metadata: { labels: { a: 'b' } } };
    expect((await expectOk(tenant.client.patch(podRef('bound'), labelled, 'merge'))).warnings).toEqual([
      UNSAFE_WARNING,
    ]);
  });
});

describe('the end of a pod that violates is never in the way', () => {
  test('it is deleted', async () => {
    const { warnings } = await expectOk(tenant.client.delete(podRef('deleted'), { gracePeriodSeconds: 0 }));
    expect(warnings).toEqual([]);
    expect((await tenant.client.get(podRef('deleted'))).status).toBe(404);
  });

  test('it is deleted by kubectl', async () => {
    const { user, namespace } = tenant;
    expect(await plane.kubectl(inside('delete', 'pod/deleted-by-kubectl'), { user })).toEqual({
      code: 0,
      stdout: `pod "deleted-by-kubectl" deleted from ${namespace} namespace\n`,
      stderr: '',
    });
  });

  test('it is evicted', async () => {
    const metadata = { namespace: tenant.namespace, name: 'evicted' };
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata };
    const options = { of: podRef('evicted'), subresource: 'eviction' };
    const { warnings } = await expectOk(tenant.client.create(eviction, options));
    expect(warnings).toEqual([]);
    expect((await tenant.client.get(podRef('evicted'))).status).toBe(404);
  });

  test('its finalizer is taken off while it is being deleted', async () => {
    await expectOk(tenant.client.patch(podRef('dying'), { metadata: { finalizers: ['example.com/wait'] } }, 'merge'));
    await expectOk(tenant.client.delete(podRef('dying'), { gracePeriodSeconds: 0 }));
    expect((await tenant.client.get(podRef('dying'))).status).toBe(200);
    const { warnings } = await expectOk(
      tenant.client.patch(podRef('dying'), { metadata: { finalizers: null } }, 'merge'),
    );
    expect(warnings).toEqual([]);
    expect((await tenant.client.get(podRef('dying'))).status).toBe(404);
  });

  test('all of its kind are deleted at once', async () => {
    const { namespace, client } = tenant;
    await expectOk(client.patch(podRef('all-1'), { metadata: { labels: { all: 'yes' } } }, 'merge'));
    await expectOk(client.patch(podRef('all-2'), { metadata: { labels: { all: 'yes' } } }, 'merge'));
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=all%3Dyes&gracePeriodSeconds=0`;
    expect((await expectOk(client.request('DELETE', path))).warnings).toEqual([]);
    expect((await client.get(podRef('all-1'))).status).toBe(404);
  });

  test('its namespace is deleted with it', async () => {
    const own = await createTenant(plane, {});
    const metadata = { finalizers: ['example.com/wait'] };
    await expectOk(own.client.create(podOf(own.namespace, 'last', VIOLATING, metadata)));
    await putUnderPolicy(plane, own.namespace);
    const whole = { apiVersion: 'v1', kind: 'Namespace', name: own.namespace };
    await expectOk(plane.admin.delete(whole));
    const last = refOf(podOf(own.namespace, 'last'));
    const isDying = async (): Promise<boolean> =>
      at((await plane.admin.get(last)).body, 'metadata', 'deletionTimestamp') !== undefined;
    await waitFor(isDying, { within: 60_000, what: 'the pod is being deleted' });
    await expectOk(plane.admin.patch(last, { metadata: { finalizers: null } }, 'merge'));
    const isGone = async (): Promise<boolean> => (await plane.admin.get(whole)).status === 404;
    await waitFor(isGone, { within: 60_000, what: 'the namespace is gone' });
  });
});

describe('what makes it worse does not go through', () => {
  test('a new pod like the old one is refused', async () => {
    const { body } = await tenant.client.create(podOf(tenant.namespace, 'new', UNSAFE));
    expect(body.message).toBe(unsafeRefusal('pods', 'new'));
  });

  test('a Sandbox is refused an edit of its spec', async () => {
    const ref = refOf(sandboxOf(tenant.namespace, 'old'));
    // To say that a field is false which was not there says nothing new.
    const patch = { spec: { podTemplate: { spec: { hostNetwork: false, nodeSelector: { disk: 'ssd' } } } } };
    const { body } = await tenant.client.patch(ref, patch, 'merge');
    expect(body.message).toBe(unsafeRefusal('sandboxes.agents.x-k8s.io', 'old'));
  });

  test('a Sandbox is refused an annotation of its template that violates, too', async () => {
    const ref = refOf(sandboxOf(tenant.namespace, 'old'));
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' };
    const patch = { spec: { podTemplate: { metadata: { annotations } } } };
    const { status, body } = await tenant.client.patch(ref, patch, 'merge');
    expect(status).toBe(403);
    expect(body.message).toContain(`${REFUSED_BY_US}sandboxes.agents.x-k8s.io "old" is forbidden: `);
    expect(body.message).toContain('AppArmor');
    expect(body.message).not.toContain('hostPID');
  });

  test('a deletionTimestamp that a user writes lets nothing in', async () => {
    const metadata = { deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 };
    const { body } = await tenant.client.create(podOf(tenant.namespace, 'undead', UNSAFE, metadata));
    expect(body.message).toBe(unsafeRefusal('pods', 'undead'));
  });
});
