// `sandgate serve --kubeconfig` against a real API server: from nothing to ready, with exactly the access that is documented.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { type ServedCluster, serveCluster } from '../../live/served-cluster.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { kubeconfigWith, without } from './our-access.ts';
import { accepted, judged, policy, RESTRICTED } from './policies.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
});

afterAll(async () => {
  await plane?.stop();
});

async function readyz(served: ServedCluster): Promise<string> {
  return (await served.client.send('/readyz?verbose')).text;
}

describe('without the definition', () => {
  test('it is not ready and answers no review, until it is installed', { timeout: 120_000 }, async () => {
    const served = await serveCluster(await kubeconfigWith(plane));
    const floor = await serveCluster(await kubeconfigWith(plane), '-p', 'restricted');
    await expect.poll(floor.readyz, { timeout: 20_000 }).toBe(200);
    expect((await judged(floor, 'default')).allowed).toBe(false);
    await expect
      .poll(() => readyz(served), { timeout: 20_000 })
      .toContain(
        '[-]isolationpolicies.sandgate.dev failed: the cluster has no isolationpolicies.sandgate.dev (expected its CustomResourceDefinition, or policies in files with -p)\n' +
          '[+]namespaces ok\n[+]runtimeclasses.node.k8s.io ok\n' +
          // Without classes less is let in, not more.
          '[+]capabilityclasses.sandgate.dev ok\n',
      );
    await expect(judged(served, 'default')).rejects.toThrow('503');
    await expect.poll(() => served.lines('resource not installed')).toHaveLength(OWN_KINDS.length);

    await installDefinition(plane, definitionOf(ISOLATION_POLICY));
    await expect.poll(served.readyz, { timeout: 30_000 }).toBe(200);
    // An empty cluster is a ready one.
    expect((await judged(served, 'default')).allowed).toBe(true);
    expect(served.lines('resource not installed')).toHaveLength(OWN_KINDS.length);
    const added = policy('added', RESTRICTED);
    await expectOk(plane.admin.create(added));
    const isRefused = async (): Promise<boolean> => !(await judged(served, 'default')).allowed;
    await expect.poll(isRefused, { timeout: 10_000 }).toBe(true);
    await expect
      .poll(async () => (await floor.client.send('/version')).body, { timeout: 30_000 })
      .toMatchObject({ policies: ['added', 'restricted'] });
    await expectOk(plane.admin.delete(refOf(added)));
    await expect.poll(isRefused, { timeout: 10_000 }).toBe(false);
  });
});

describe('with less access than it needs', () => {
  test.each([
    ['namespaces', 'namespaces'],
    ['isolationpolicies', 'isolationpolicies.sandgate.dev'],
    ['capabilityclasses', 'capabilityclasses.sandgate.dev'],
    ['runtimeclasses', 'runtimeclasses.node.k8s.io'],
  ])('without list of %s it is not ready, and says whose right is missing', async (resource, name) => {
    const served = await serveCluster(await kubeconfigWith(plane, without('list', resource)), '-p', 'restricted');
    await expect
      .poll(() => readyz(served), { timeout: 20_000 })
      .toMatch(
        new RegExp(
          `\\[-\\]${name} failed: ${name} are not known yet: 403 ${resource}.* is forbidden: User .* cannot list`,
        ),
      );
    expect(await served.readyz()).toBe(503);
  });

  test('without watch it lists instead', async () => {
    const served = await serveCluster(await kubeconfigWith(plane, without('watch', 'isolationpolicies')));
    await expect.poll(served.readyz, { timeout: 20_000 }).toBe(200);
    const added = policy('without-watch', RESTRICTED);
    await expectOk(plane.admin.create(added));
    await expect.poll(async () => (await judged(served, 'default')).allowed, { timeout: 30_000 }).toBe(false);
    await expect.poll(() => served.lines('watch failing')).toHaveLength(1);
    await expectOk(plane.admin.delete(refOf(added)));
  });

  test('without the status it judges all the same', async () => {
    const served = await serveCluster(await kubeconfigWith(plane, without('patch', 'isolationpolicies/status')));
    await expect.poll(served.readyz, { timeout: 20_000 }).toBe(200);
    const added = policy('without-status', RESTRICTED);
    await expectOk(plane.admin.create(added));
    await expect.poll(async () => (await judged(served, 'default')).allowed, { timeout: 10_000 }).toBe(false);
    await expect.poll(() => served.lines('policy status not written'), { timeout: 10_000 }).toHaveLength(1);
    expect(await accepted(plane, 'without-status')).toBe(undefined);
    await expectOk(plane.admin.delete(refOf(added)));
  });

  test('a token that nobody accepts', async () => {
    const served = await serveCluster(plane.kubeconfig({ token: 'stolen' }));
    await expect
      .poll(() => readyz(served), { timeout: 20_000 })
      .toContain('namespaces are not known yet: 401 Unauthorized');
  });
});
