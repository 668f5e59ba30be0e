// The test control plane itself: what it starts works, and the faults it can cause are real. control-plane/leftovers.test.ts tests
// that it cleans up after itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { at, listAt } from './control-plane/at.ts';
import { KUBERNETES_VERSION } from './control-plane/binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane/control-plane.ts';
import { installSandboxes } from './control-plane/custom-resources.ts';
import type { ObjectRef } from './control-plane/discovery.ts';
import { expectOk } from './control-plane/expect-ok.ts';
import { refOf } from './control-plane/kube-client.ts';
import { allowAll, createNamespace } from './control-plane/namespaces.ts';
import { waitFor } from './control-plane/wait-for.ts';

const CONTAINERS = [{ name: 'app', image: 'example.com/app:1' }];

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, audit: true });
});

afterAll(async () => {
  await plane?.stop();
});

function podOf(namespace: string, name: string, spec: object = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec: { containers: CONTAINERS, ...spec } };
}

async function podNames(namespace: string): Promise<readonly string[]> {
  const { body } = await expectOk(plane.admin.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace }));
  return listAt(body, 'items').map((item) => String(at(item, 'metadata', 'name')));
}

async function untilGone(ref: ObjectRef): Promise<void> {
  const isGone = async (): Promise<boolean> => (await plane.admin.get(ref)).status === 404;
  await waitFor(isGone, { within: 60_000, what: `${ref.kind} ${ref.name} is gone` });
}

describe('a running control plane', () => {
  test('a started control plane is ready', async () => {
    const { status, text } = await plane.admin.request('GET', '/readyz');
    expect([status, text]).toEqual([200, 'ok']);
    expect(Object.keys(plane.pids())).toEqual(['etcd', 'kube-apiserver', 'kube-controller-manager']);
  });

  test.skipIf(process.env.KUBEBUILDER_ASSETS)('is of the version it was built as', async () => {
    const { code, stdout } = await plane.kubectl(['version', '--output=json']);
    expect(code).toBe(0);
    const versions: unknown = JSON.parse(stdout);
    expect(at(versions, 'clientVersion', 'gitVersion')).toBe(KUBERNETES_VERSION);
    expect(at(versions, 'serverVersion', 'gitVersion')).toBe(KUBERNETES_VERSION);
  });

  test('keeps a pod Pending: nothing runs it', async () => {
    const namespace = await createNamespace(plane, { tier: 'test' });
    const { body } = await expectOk(plane.admin.create(podOf(namespace, 'one')));
    expect(at(body, 'status', 'phase')).toBe('Pending');
    expect(await podNames(namespace)).toEqual(['one']);
    const found = await expectOk(plane.admin.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }));
    expect(at(found.body, 'metadata', 'labels', 'tier')).toBe('test');
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job'])('makes the pod of a %s', async (kind) => {
    const namespace = await createNamespace(plane);
    const isJob = kind === 'Job';
    const labels = { app: 'web' };
    const template = {
      metadata: { labels },
      spec: {
        containers: CONTAINERS,
        restartPolicy: isJob ? 'Never' : 'Always',
        tolerations: [{ operator: 'Exists' }],
      },
    };
    const spec = isJob ? { template } : { selector: { matchLabels: labels }, template };
    // A DaemonSet makes its pods for nodes, so there has to be one; that it is tainted as not ready is tolerated above.
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${namespace}` } };
    if (kind === 'DaemonSet') await expectOk(plane.admin.create(node));
    const apiVersion = isJob ? 'batch/v1' : 'apps/v1';
    await expectOk(plane.admin.create({ apiVersion, kind, metadata: { namespace, name: 'web' }, spec }));
    const hasPod = async (): Promise<boolean> => (await podNames(namespace)).some((name) => name.startsWith('web-'));
    await waitFor(hasPod, { within: 30_000, what: `the ${kind} has a pod` });
    if (kind === 'DaemonSet') await expectOk(plane.admin.delete(refOf(node)));
  });

  test('removes what an object owned, and a namespace with what is in it', async () => {
    const namespace = await createNamespace(plane);
    const owner = podOf(namespace, 'owner');
    const { body } = await expectOk(plane.admin.create(owner));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'owner', uid: at(body, 'metadata', 'uid') }];
    const metadata = { namespace, name: 'owned', ownerReferences };
    const owned = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    await expectOk(plane.admin.create(owned));
    await expectOk(plane.admin.delete(refOf(owner)));
    await untilGone(refOf(owned));
    const whole = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    await expectOk(plane.admin.delete(whole));
    await untilGone(whole);
  });

  test('takes a RuntimeClass, and adds its overhead to pods', async () => {
    const namespace = await createNamespace(plane);
    const type = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'kata-test' } };
    await expectOk(plane.admin.create({ ...type, handler: 'kata', overhead: { podFixed: { memory: '160Mi' } } }));
    const { body } = await expectOk(plane.admin.create(podOf(namespace, 'kata', { runtimeClassName: 'kata-test' })));
    expect(at(body, 'spec', 'overhead')).toEqual({ memory: '160Mi' });
  });

  test('serves both versions of the sandboxes, and prunes nothing of their templates', async () => {
    await installSandboxes(plane);
    await installSandboxes(plane);
    const namespace = await createNamespace(plane);
    const podTemplate = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: CONTAINERS, unheardOf: [{ deep: 1 }] },
    };
    const kinds = [
      ['agents.x-k8s.io/v1alpha1', 'Sandbox', 'one'],
      ['agents.x-k8s.io/v1beta1', 'Sandbox', 'two'],
      ['extensions.agents.x-k8s.io/v1alpha1', 'SandboxTemplate', 'one'],
      ['extensions.agents.x-k8s.io/v1beta1', 'SandboxTemplate', 'two'],
    ] as const;
    for (const [apiVersion, kind, name] of kinds) {
      const object = { apiVersion, kind, metadata: { namespace, name }, spec: { podTemplate } };
      const { body } = await expectOk(plane.admin.create(object, { fieldValidation: 'Strict' }));
      expect(at(body, 'spec', 'podTemplate')).toEqual(podTemplate);
    }
    // What was written as v1alpha1 is read as v1beta1.
    const asBeta = { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', namespace, name: 'one' };
    const { body } = await expectOk(plane.admin.get(asBeta));
    expect(body.apiVersion).toBe('agents.x-k8s.io/v1beta1');
  });
});

describe('who asks', () => {
  test('an impersonated user is whom the server sees, and the audit log says so', async () => {
    const namespace = await createNamespace(plane);
    await allowAll(plane, namespace, 'alice');
    await expectOk(plane.as('alice', ['tenants', 'staff']).create(podOf(namespace, 'hers')));
    const isHers = (event: JsonObject): boolean =>
      at(event, 'objectRef', 'namespace') === namespace && at(event, 'impersonatedUser', 'username') === 'alice';
    const logged = async (): Promise<JsonObject | undefined> => (await plane.auditEvents()).find(isHers);
    const event = await waitFor(logged, { within: 10_000, what: 'the audit log has the request' });
    expect(at(event, 'user', 'username')).toBe('admin');
    expect(at(event, 'impersonatedUser', 'groups')).toEqual(['tenants', 'staff', 'system:authenticated']);
    expect(at(event, 'objectRef')).toMatchObject({ resource: 'pods', name: 'hers' });
  });

  test('a service account is in the groups of its kind', async () => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const { body } = await expectOk(plane.as('system:serviceaccount:default:builder').create(review));
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'];
    expect(at(body, 'status', 'userInfo', 'groups')).toEqual(groups);
  });

  test('a user without a role is refused, and the refusal is a reply', async () => {
    const namespace = await createNamespace(plane);
    const refused = await plane.as('mallory').create(podOf(namespace, 'his'));
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('User "mallory" cannot create resource "pods"');
    await expect(expectOk(refused)).rejects.toThrow(/^HTTP 403: pods is forbidden: User "mallory"/);
  });

  test('kubectl speaks for whom it is told to', async () => {
    const namespace = await createNamespace(plane);
    await allowAll(plane, namespace, 'bob');
    const stdin = JSON.stringify(podOf(namespace, 'his'));
    const args = ['create', '--filename=-'];
    const created = { code: 0, stdout: 'pod/his created\n', stderr: '' };
    expect(await plane.kubectl(args, { stdin, user: 'bob' })).toEqual(created);
    const refused = await plane.kubectl(args, { stdin, user: 'mallory', groups: ['tenants'] });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('User "mallory" cannot create resource "pods"');
  });

  test('a kubeconfig speaks for the admin, for a user, for a token', async () => {
    const token = await plane.tokenFor('default', 'default');
    const whoami = async (kubeconfig: string): Promise<unknown> => {
      const { stdout } = await plane.kubectl([`--kubeconfig=${kubeconfig}`, 'auth', 'whoami', '--output=json']);
      const review: unknown = JSON.parse(stdout);
      return at(review, 'status', 'userInfo', 'username');
    };
    expect(await whoami(plane.kubeconfig())).toBe('admin');
    expect(await whoami(plane.kubeconfig({ user: 'carol', groups: ['tenants'] }))).toBe('carol');
    expect(await whoami(plane.kubeconfig({ token }))).toBe('system:serviceaccount:default:default');
  });
});

describe('faults', () => {
  test('the API server is killed and started again: same port, same data, and the controllers go on', async () => {
    const namespace = await createNamespace(plane);
    await expectOk(plane.admin.create(podOf(namespace, 'before')));
    await plane.stopApiServer();
    await expect(plane.admin.request('GET', '/readyz')).rejects.toThrow(/^GET \/readyz: connect ECONNREFUSED/);
    await plane.startApiServer();
    expect(await podNames(namespace)).toEqual(['before']);
    const name = `${namespace}-after`;
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' };
    const isMade = async (): Promise<boolean> => (await plane.admin.get(account)).status === 200;
    await waitFor(isMade, { within: 60_000, what: 'the controllers work again' });
  });

  test('etcd is paused: nothing is stored until it goes on', async () => {
    const namespace = await createNamespace(plane);
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    plane.pauseEtcd();
    try {
      const late = plane.admin.request('POST', pods, podOf(namespace, 'late'), { timeoutMs: 3000 });
      await expect(late).rejects.toThrow(/: no reply within 3 s$/);
    } finally {
      plane.resumeEtcd();
    }
    const stores = async (): Promise<boolean> => (await plane.admin.create(podOf(namespace, 'later'))).status === 201;
    await waitFor(stores, { within: 60_000, what: 'etcd answers again' });
  });
});
