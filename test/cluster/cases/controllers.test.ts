// Deployments, Jobs and the like: stored with a warning, while the pods their controllers make are judged as any pod is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { reviewed } from '../support/sandgate.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import {
  type ControllerKind,
  controllerOf,
  FILLED_IN,
  REFUSED_BY_US,
  UNSAFE,
  UNSAFE_WARNING,
  unsafeRefusal,
} from '../support/workloads.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' };
const WITHIN_MS = 60_000;

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;

beforeAll(async () => {
  cluster = await startGatedCluster({ controllerManager: true });
  plane = cluster.plane;
  tenant = await createTenant(plane);
});

afterAll(async () => {
  await cluster?.stop();
});

interface Event {
  readonly type: unknown;
  readonly message: string;
}

async function eventOf({ namespace }: Tenant, kind: string, reason: string): Promise<Event> {
  const find = async (): Promise<Event | undefined> => {
    const { body } = await expectOk(plane.admin.list({ apiVersion: 'v1', kind: 'Event' }, { namespace }));
    const events = listAt(body, 'items').filter((event) => at(event, 'involvedObject', 'kind') === kind);
    const event = events.find((one) => at(one, 'reason') === reason);
    return event === undefined ? undefined : { message: String(at(event, 'message')), type: at(event, 'type') };
  };
  return await waitFor(find, { within: WITHIN_MS, what: `a ${kind} has an event ${reason}` });
}

/** The pods whose names begin with this, as soon as there is one. */
async function podOfController({ namespace }: Tenant, prefix: string): Promise<JsonObject> {
  const find = async (): Promise<JsonObject | undefined> => {
    const { body } = await expectOk(plane.admin.list(POD, { namespace }));
    const pod = listAt(body, 'items').find((one) => String(at(one, 'metadata', 'name')).startsWith(prefix));
    return pod === undefined ? undefined : { metadata: at(pod, 'metadata'), spec: at(pod, 'spec') };
  };
  return await waitFor(find, { within: WITHIN_MS, what: `${prefix} has a pod` });
}

/** The controller of the controller manager that makes the pods of each kind, and what it calls the kind of its events. */
const MAKERS: readonly (readonly [ControllerKind, maker: string, owner: string])[] = [
  ['Deployment', 'replicaset-controller', 'ReplicaSet'],
  ['ReplicaSet', 'replicaset-controller', 'ReplicaSet'],
  ['StatefulSet', 'statefulset-controller', 'StatefulSet'],
  ['Job', 'job-controller', 'Job'],
  ['CronJob', 'job-controller', 'Job'],
];
const KINDS: readonly ControllerKind[] = [
  ...MAKERS.map(([kind]) => kind),
  'DaemonSet',
  'ReplicationController',
  'PodTemplate',
];

describe('an unsafe one', () => {
  test.each(KINDS)('of kind %s is stored as it is written, with a warning', async (kind) => {
    const object = controllerOf(tenant.namespace, kind, `dry-${kind.toLowerCase()}`, UNSAFE);
    const { body, warnings } = await expectOk(tenant.client.create(object, { dryRun: true }));
    expect(warnings).toEqual([UNSAFE_WARNING]);
    expect(JSON.stringify(body)).toContain('"securityContext":{}');
    expect(JSON.stringify(body)).not.toContain('runAsUser');
  });

  test('is stored by kubectl, which shows the warning', async () => {
    const stdin = JSON.stringify(controllerOf(tenant.namespace, 'Deployment', 'shown', UNSAFE));
    const deployment = { code: 0, stdout: 'deployment.apps/shown created\n', stderr: `Warning: ${UNSAFE_WARNING}\n` };
    expect(await plane.kubectl(['apply', '--filename=-'], { stdin, user: tenant.user })).toEqual(deployment);
    await expectOk(tenant.client.delete(refOf(controllerOf(tenant.namespace, 'Deployment', 'shown'))));
  });
});

describe('a safe one', () => {
  test.each(KINDS)('of kind %s is stored without a word', async (kind) => {
    const object = controllerOf(tenant.namespace, kind, `safe-${kind.toLowerCase()}`);
    expect((await expectOk(tenant.client.create(object, { dryRun: true }))).warnings).toEqual([]);
  });
});

describe('the pod of a bare', () => {
  test.each(MAKERS)('%s is completed and created, in the name of the %s', async (kind, maker) => {
    const name = `bare-${kind.toLowerCase()}`;
    await expectOk(tenant.client.create(controllerOf(tenant.namespace, kind, name)));
    if (kind === 'CronJob') await makeDue(tenant, name);
    const { metadata, spec } = await podOfController(tenant, `${name}-`);
    expect(at(spec, 'securityContext')).toEqual(FILLED_IN.pod);
    expect(at(spec, 'containers', 0, 'securityContext')).toEqual(FILLED_IN.container);
    await reviewed(cluster.sandgate, {
      namespace: tenant.namespace,
      webhook: 'validate',
      kind: 'Pod',
      name: at(metadata, 'name'),
      user: `system:serviceaccount:kube-system:${maker}`,
      verdict: 'allowed',
    });
  });
});

/** Its next run is on New Year's Day; with the last one long ago, the one since then has been missed, and is made up for. */
async function makeDue({ namespace }: Tenant, name: string): Promise<void> {
  const cronJob = refOf(controllerOf(namespace, 'CronJob', name));
  const status = {
    lastScheduleTime: new Date(Date.now() - 366 * 24 * 60 * 60 * 1000).toISOString().replace(/\.\d+/, ''),
  };
  await expectOk(plane.admin.patch(cronJob, { status }, 'merge', { subresource: 'status' }));
}

describe('the pod of an unsafe', () => {
  test.each(MAKERS)('%s is refused to the %s, and an event of the %s shows our message', async (kind, maker, owner) => {
    const own = await createTenant(plane);
    const name = `unsafe-${kind.toLowerCase()}`;
    await expectOk(own.client.create(controllerOf(own.namespace, kind, name, UNSAFE)));
    if (kind === 'CronJob') await makeDue(own, name);
    const { message, type } = await eventOf(own, owner, 'FailedCreate');
    expect(type).toBe('Warning');
    const pod = /pods "([^"]+)" is forbidden/.exec(message)?.[1] ?? '';
    expect(pod).toMatch(new RegExp(`^${name}-`));
    // What the controller itself puts before it differs.
    expect(message.slice(message.indexOf(REFUSED_BY_US))).toBe(unsafeRefusal('pods', pod));
    const user = `system:serviceaccount:kube-system:${maker}`;
    const review = { namespace: own.namespace, webhook: 'validate', kind: 'Pod', name: pod, user };
    await reviewed(cluster.sandgate, { ...review, verdict: 'denied' });
  });

  test('Deployment is refused in words that its conditions show, too', async () => {
    const deployment = controllerOf(tenant.namespace, 'Deployment', 'stuck', UNSAFE);
    await expectOk(tenant.client.create(deployment));
    const failure = async (): Promise<string | undefined> => {
      const { body } = await expectOk(plane.admin.get(refOf(deployment)));
      const found = listAt(body, 'status', 'conditions').find((one) => at(one, 'type') === 'ReplicaFailure');
      return found === undefined ? undefined : String(at(found, 'message'));
    };
    const message = await waitFor(failure, { within: WITHIN_MS, what: 'the Deployment says why it has no pod' });
    const pod = /pods "([^"]+)"/.exec(message)?.[1] ?? '';
    expect(message).toBe(unsafeRefusal('pods', pod));
  });
});

describe('an unsafe Deployment that exists', () => {
  test('is scaled without a word, and edited with a warning', async () => {
    const deployment = controllerOf(tenant.namespace, 'Deployment', 'web', UNSAFE);
    await expectOk(tenant.client.create(deployment));
    const inside = [`--namespace=${tenant.namespace}`, 'deployment/web'];
    expect(await plane.kubectl(['scale', '--replicas=0', ...inside], { user: tenant.user })).toEqual({
      code: 0,
      stdout: 'deployment.apps/web scaled\n',
      stderr: '',
    });
    expect(await plane.kubectl(['set', 'image', ...inside, 'app=example.com/app:2'], { user: tenant.user })).toEqual({
      code: 0,
      stdout: 'deployment.apps/web image updated\n',
      stderr: `Warning: ${UNSAFE_WARNING}\n`,
    });
    expect(await plane.kubectl(['rollout', 'restart', ...inside], { user: tenant.user })).toEqual({
      code: 0,
      stdout: 'deployment.apps/web restarted\n',
      stderr: `Warning: ${UNSAFE_WARNING}\n`,
    });
  });
});
