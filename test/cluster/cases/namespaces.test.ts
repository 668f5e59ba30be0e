// The labels of namespaces: which policies they bring to bear, the levels they ask for, and that a change of them counts at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import {
  AGENTS_TIER,
  agentsPolicy,
  type GatedCluster,
  policyOf,
  putPolicy,
  startGatedCluster,
} from '../support/gated-cluster.ts';
import { untilJudged, untilLeftAlone } from '../support/judged.ts';
import { OUR_NAMESPACE } from '../support/sandgate.ts';
import { createTenant } from '../support/tenants.ts';
import { controllerOf, FILLED_IN, podOf, REFUSED_BY_US, UNSAFE, unsafeRefusal } from '../support/workloads.ts';

/** Namespaces whose policy is what Pod Security Admission would do with their labels. */
const PSA_TIER = { 'sandgate.dev/tier': 'psa' };
const PSA = 'pod-security.kubernetes.io';

let cluster: GatedCluster;
let plane: ControlPlane;

beforeAll(async () => {
  const psa = policyOf('psa', {
    match: { namespaceSelector: { matchLabels: PSA_TIER } },
    podSecurity: { fromNamespaceLabels: true },
  });
  cluster = await startGatedCluster({ policies: [agentsPolicy(), psa] });
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

async function relabel(namespace: string, labels: Readonly<Record<string, string | null>>): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  await expectOk(plane.admin.patch(ref, { metadata: { labels } }, 'merge'));
}

describe('a policy that selects namespaces', () => {
  test('leaves the others alone', async () => {
    const { client, namespace } = await createTenant(plane, {});
    const { body, warnings } = await expectOk(client.create(podOf(namespace, 'unsafe', UNSAFE)));
    expect(at(body, 'spec', 'securityContext')).toEqual({});
    expect(warnings).toEqual([]);
  });

  test('is in force from the moment a namespace has its label, and no longer than that', async () => {
    const { client, namespace } = await createTenant(plane, {});
    await relabel(namespace, AGENTS_TIER);
    await untilJudged(plane, namespace);
    const refused = await client.create(podOf(namespace, 'unsafe', UNSAFE));
    expect(refused.body.message).toBe(unsafeRefusal('pods', 'unsafe'));
    const { body } = await expectOk(client.create(podOf(namespace, 'bare')));
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    await relabel(namespace, { 'sandgate.dev/tier': null });
    await untilLeftAlone(plane, namespace);
    await expectOk(client.create(podOf(namespace, 'unsafe', UNSAFE)));
  });

  test('is in force for pods that follow their namespace at once', async () => {
    for (let round = 0; round < 20; round++) {
      const name = `fresh-${round}`;
      const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: AGENTS_TIER } };
      // Without a service account the server would refuse the pod before anybody is asked.
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: name, name: 'default' } };
      await expectOk(plane.admin.create(made));
      await expectOk(plane.admin.create(account));
      const { status, body } = await plane.admin.create(podOf(name, 'unsafe', UNSAFE));
      expect([status, body.message]).toEqual([403, unsafeRefusal('pods', 'unsafe')]);
    }
  });

  test('is in force in a namespace that was deleted and made again with its label', async () => {
    const name = 'again';
    const ref = { apiVersion: 'v1', kind: 'Namespace', name };
    const make = async (labels: Readonly<Record<string, string>>): Promise<void> => {
      await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }));
      await createServiceAccount(plane, name, 'default');
    };
    await make({});
    await expectOk(plane.admin.create(podOf(name, 'unsafe', UNSAFE), { dryRun: true }));
    // There is no controller here that would empty it: what is left is what a controller would finalize.
    await expectOk(plane.admin.delete(ref));
    const { body } = await expectOk(plane.admin.get(ref));
    const finalized = { ...body, spec: { finalizers: [] } };
    await expectOk(plane.admin.update(finalized, { subresource: 'finalize' }));
    await waitFor(async () => (await plane.admin.get(ref)).status === 404, { within: 30_000, what: 'it is gone' });
    await expectOk(plane.admin.delete({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' }));
    await make(AGENTS_TIER);
    await untilJudged(plane, name);
  });

  test('is in force for all kinds of pods in all namespaces, where it selects none', async () => {
    const { client, namespace } = await createTenant(plane, {});
    await putPolicy(plane, policyOf('floor', { podSecurity: { level: 'baseline' }, match: { kinds: ['Pod'] } }));
    await untilJudged(plane, namespace);
    const { body } = await client.create(podOf(namespace, 'unsafe', UNSAFE));
    expect(body.message).toBe(
      `${REFUSED_BY_US}pods "unsafe" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true). ` +
        'To fix: hostNamespaces: remove hostNetwork, hostPID, and hostIPC, or set them to false (policy "floor"). See: sandgate explain hostNamespaces',
    );
    await expectOk(plane.admin.delete({ apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', name: 'floor' }));
    await untilLeftAlone(plane, namespace);
  });
});

describe('the labels of Pod Security Admission', () => {
  test('are honoured where a policy says so: enforce, with its version', async () => {
    const { client, namespace } = await createTenant(plane, { ...PSA_TIER, [`${PSA}/enforce`]: 'baseline' });
    await expectOk(client.create(podOf(namespace, 'bare')));
    const { body } = await client.create(podOf(namespace, 'unsafe', UNSAFE));
    expect(body.message).toBe(
      `${REFUSED_BY_US}pods "unsafe" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true). ` +
        'To fix: hostNamespaces: remove hostNetwork, hostPID, and hostIPC, or set them to false (policy "psa"). See: sandgate explain hostNamespaces',
    );
    await relabel(namespace, { [`${PSA}/enforce-version`]: 'v1.20' });
    const isOlder = async (): Promise<boolean> => {
      const refused = await client.create(podOf(namespace, 'unsafe', UNSAFE));
      return String(refused.body.message).includes('violates PodSecurity "baseline:v1.20": host namespaces');
    };
    await waitFor(isOlder, { within: 30_000, what: 'version 1.20 is in force' });
  });

  test('count at once when they change', async () => {
    const { client, namespace } = await createTenant(plane, { ...PSA_TIER, [`${PSA}/enforce`]: 'baseline' });
    await expectOk(client.create(podOf(namespace, 'bare'), { dryRun: true }));
    await relabel(namespace, { [`${PSA}/enforce`]: 'restricted' });
    const isRefused = async (): Promise<boolean> =>
      (await client.create(podOf(namespace, 'bare'), { dryRun: true })).status === 403;
    await waitFor(isRefused, { within: 30_000, what: 'restricted is in force' });
    await relabel(namespace, { [`${PSA}/enforce`]: 'privileged' });
    await untilLeftAlone(plane, namespace);
  });

  test('warn of pods and of controllers', async () => {
    const { client, namespace } = await createTenant(plane, { ...PSA_TIER, [`${PSA}/warn`]: 'baseline' });
    const warning = 'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)';
    expect((await expectOk(client.create(podOf(namespace, 'unsafe', UNSAFE)))).warnings).toEqual([warning]);
    const deployment = controllerOf(namespace, 'Deployment', 'unsafe', UNSAFE);
    expect((await expectOk(client.create(deployment))).warnings).toEqual([warning]);
  });
});

describe('left alone, whatever their labels are', () => {
  test.each(['kube-system', OUR_NAMESPACE])('the pods of %s', async (namespace) => {
    await relabel(namespace, AGENTS_TIER);
    await createServiceAccount(plane, namespace, 'default');
    const { body, warnings } = await expectOk(plane.admin.create(podOf(namespace, 'unsafe', UNSAFE)));
    expect(at(body, 'spec', 'securityContext')).toEqual({});
    expect(warnings).toEqual([]);
  });
});
