// The right to use a class, given and taken away while pods come and go: both count within seconds, and what runs is let be.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject } from '../../../src/model/json.ts';
import { commandsIn } from '../authorization/asking.ts';
import { listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { found, put } from '../support/change.ts';
import type { GatedCluster } from '../support/gated-cluster.ts';
import { controllerOf } from '../support/workloads.ts';
import { startGrantingCluster } from './granting-cluster.ts';
import { ASKS, DAEMON } from './names.ts';
import { makePlace, type Place } from './place.ts';
import { askingPod } from './pods.ts';
import { policiesFor, tierLabels } from './policies.ts';

let cluster: GatedCluster;
let plane: ControlPlane;
let place: Place;

beforeAll(async () => {
  const documents = policiesFor('rootless');
  cluster = await startGrantingCluster({ controllerManager: true, bundles: ['docker', 'nsjail'], documents });
  plane = cluster.plane;
  place = await makePlace(plane, tierLabels('rootless'));
});

afterAll(async () => {
  await cluster?.stop();
});

const IDLE = { serviceAccountName: 'idle' };

/** Waits until a pod of service account idle is answered so; in a dry run, as alice. */
async function untilAnswer({ alice, namespace }: Place, status: number, within: number): Promise<number> {
  const began = performance.now();
  const isSo = async (): Promise<boolean> =>
    (await alice.create(askingPod(namespace, { ...IDLE, name: 'asked' }), { dryRun: true })).status === status;
  await waitFor(isSo, { within, what: `the answer is ${status}` });
  return performance.now() - began;
}

function mine() {
  return { apiVersion: 'v1', kind: 'Pod', namespace: place.namespace, name: 'mine' };
}

async function run(args: readonly string[]): Promise<void> {
  const { code, stderr } = await plane.kubectl(args);
  expect(code, stderr).toBe(0);
}

describe('the right to use a class', () => {
  test('is given by the commands that a refusal names, within the five seconds that a refusal is remembered', async () => {
    const { alice, namespace } = place;
    const { status, body } = await alice.create(askingPod(namespace, IDLE));
    const message = String(body.message);
    expect([status, message]).toEqual([403, expect.stringContaining('capability_not_authorized: docker')]);
    const fix = /an administrator can allow it with: (.*) \(policy "rootless"\)\. See: .*$/.exec(message)?.[1] ?? '';
    for (const args of commandsIn(fix)) await run(args);
    // And what the authorizer takes to hear of it, on a machine that others work on, too.
    expect(await untilAnswer(place, 201, 20_000)).toBeLessThan(10_000);
    await expectOk(alice.create(askingPod(namespace, IDLE)));
  });

  test('counts for the pods of a Deployment, too', async () => {
    const { alice, namespace } = place;
    const { spec } = askingPod(namespace, IDLE);
    const made = controllerOf(namespace, 'Deployment', 'web', isJsonObject(spec) ? spec : {});
    await expectOk(alice.create(put({ [ASKS]: 'docker' }, 'spec', 'template', 'metadata', 'annotations')(made)));
    const pods = async (): Promise<readonly unknown[] | false> => {
      const { body } = await expectOk(
        alice.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: 'app=web' }),
      );
      return listAt(body, 'items').length > 0 && listAt(body, 'items');
    };
    const [pod] = await waitFor(pods, { within: 60_000, what: 'the pod is made' });
    expect(found(pod, ...DAEMON)).toBeDefined();
  });

  test('is taken away within the ten seconds that an allowance is remembered', async () => {
    await run(['delete', 'rolebinding', 'use-docker-idle', '-n', place.namespace]);
    expect(await untilAnswer(place, 403, 30_000)).toBeLessThan(15_000);
  });

  describe('once it is gone, a pod that had it', () => {
    test('stays, and can be labelled, with a warning', async () => {
      const labelled = { metadata: { labels: { team: 'one' } } };
      const { warnings } = await expectOk(place.alice.patch(mine(), labelled, 'merge'));
      expect(warnings.join()).toContain('capability_not_authorized: docker');
    });

    test('is given no other image, and no debug container', async () => {
      const { alice } = place;
      const spec = { containers: [{ name: 'app', image: 'example.com/app:2' }] };
      const edited = await alice.patch(mine(), { spec }, 'strategic');
      const ephemeralContainers = [{ name: 'debug', image: 'example.com/debug:1' }];
      const debugged = await alice.patch(mine(), { spec: { ephemeralContainers } }, 'strategic', {
        subresource: 'ephemeralcontainers',
      });
      for (const { status, body } of [edited, debugged]) {
        expect([status, body.message]).toEqual([403, expect.stringContaining('capability_not_authorized: docker')]);
      }
    });

    test('is let go by a controller that takes its finalizer off, and deleted', async () => {
      const { alice, namespace } = place;
      const held = { metadata: { finalizers: ['example.com/hold'] } };
      await expectOk(alice.patch(mine(), held, 'merge'));
      await expectOk(alice.delete(mine()));
      const released = { metadata: { finalizers: null } };
      await expectOk(plane.admin.patch(mine(), released, 'merge'));
      const isGone = async (): Promise<boolean> => (await alice.get(mine())).status === 404;
      await waitFor(isGone, { within: 30_000, what: `the pod in ${namespace} is gone` });
    });
  });
});
