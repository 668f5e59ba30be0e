// Grants through a real API server and our webhooks: who asked for a class, who may use it, and what everybody is told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { webhookConfigurations } from '../../../scripts/registration.ts';
import { prepareGrants } from '../../../src/cluster/authorization/prepare-grants.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { createLog } from '../../../src/observe/log.ts';
import { type App, buildApp } from '../../../src/server/app.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { TlsClient } from '../../support/tls-client.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { bindingOf, createAll, roleOf } from '../rbac/compare.ts';
import { type Asking, commandsIn, startAsking } from './asking.ts';

const API_GROUP = 'rbac.authorization.k8s.io';
const CLASS = `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: docker }
spec:
  implementations:
    - name: one
      template: { spec: { containers: [{ name: docker-daemon, image: "example.com/docker@sha256:${'0'.repeat(64)}" }] } }
`;
const WORKS = [
  { apiGroups: [''], resources: ['pods'], verbs: ['*'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] },
];

let plane: ControlPlane;
let asking: Asking;
let app: App;
let direct: TlsClient;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, audit: 'RequestResponse' });
  asking = await startAsking(plane);
  const authority = await makeAuthority('webhook authority');
  const certificate = await issue(authority, { name: 'webhook' });
  const gate = gateOf([CLASS, policyYaml('p', 'capabilities: [{ name: docker }]\npodSecurity: { level: baseline }')]);
  app = buildApp({
    getGate: () => gate,
    prepare: prepareGrants(asking.authorization),
    log: createLog('silent'),
    certificate,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  direct = new TlsClient(url, authority.cert);
  const caBundle = Buffer.from(authority.cert).toString('base64');
  const { mutating, validating } = webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ url: url + path, caBundle }),
  });
  for (const configuration of [mutating, validating]) await expectOk(plane.admin.create(configuration));
  const probe = podOf(await createNamespace(plane), 'probe', { spec: { hostPID: true } });
  await waitFor(async () => (await plane.admin.create(probe, { dryRun: true })).status === 403, {
    within: 30_000,
    what: 'the webhooks are in effect',
  });
});

afterAll(async () => {
  direct?.close();
  await plane?.stop();
  app?.server.closeAllConnections();
  await app?.close();
});

const ASKS = { annotations: { 'sandgate.dev/capabilities': 'docker' } };

function specOf(more: JsonObject = {}): JsonObject {
  return { serviceAccountName: 'robot', containers: [{ name: 'app', image: 'example.com/app:1' }], ...more };
}

function podOf(namespace: string, name: string, { spec = {} }: { spec?: JsonObject } = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, ...ASKS },
    spec: specOf({ serviceAccountName: 'default', ...spec }),
  };
}

function deploymentOf(namespace: string, serviceAccountName: string): JsonObject {
  const labels = { app: serviceAccountName };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: serviceAccountName },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels, ...ASKS }, spec: specOf({ serviceAccountName }) },
    },
  };
}

/** A namespace in which alice may work, with a service account `robot`. */
async function workplace(): Promise<string> {
  const namespace = await createNamespace(plane);
  await createServiceAccount(plane, namespace, 'robot');
  const within = { name: 'works', namespace };
  await createAll(plane, [
    roleOf(within, WORKS),
    bindingOf('Role', 'works', within, [{ kind: 'User', apiGroup: API_GROUP, name: 'alice' }]),
  ]);
  await waitFor(
    async () => (await plane.as('alice').list({ apiVersion: 'v1', kind: 'Pod' }, { namespace })).status === 200,
    {
      within: 30_000,
      what: 'alice may work',
    },
  );
  return namespace;
}

function createByAlice(namespace: string, name: string): Promise<KubeReply> {
  return plane.as('alice').create(podOf(namespace, name, { spec: { serviceAccountName: 'robot' } }));
}

function containersOf(pod: unknown): unknown[] {
  return listAt(pod, 'spec', 'containers').map((container) => at(container, 'name'));
}

async function run(args: readonly string[]): Promise<void> {
  const { code, stderr } = await plane.kubectl(args);
  expect(code, stderr).toBe(0);
}

describe('a pod that asks for docker', () => {
  test('is refused, let in once the commands of the refusal were run, and refused again when they were undone', async () => {
    const namespace = await workplace();
    const refused = await createByAlice(namespace, 'a');
    expect(refused.status).toBe(403);
    const message = String(refused.body.message);
    expect(message).toContain(
      `capability_not_authorized: docker (neither user "alice" nor service account "robot" may use capability class "docker" in namespace "${namespace}")`,
    );
    const fix = message.slice(
      message.indexOf('an administrator can allow it with: '),
      message.indexOf(' (policy "p")'),
    );
    for (const args of commandsIn(fix)) await run(args);
    const { body } = await waitFor(
      async () => {
        const reply = await createByAlice(namespace, 'b');
        return reply.status === 201 && reply;
      },
      { within: 20_000, what: 'the grant takes effect' },
    );
    expect(containersOf(body)).toEqual(['app', 'docker-daemon']);
    await run(['delete', 'rolebinding', 'use-docker-robot', '-n', namespace]);
    let tries = 0;
    await waitFor(async () => (await createByAlice(namespace, `c-${tries++}`)).status === 403, {
      within: 30_000,
      what: 'its end takes effect',
    });
  });

  test('is let in for a user who may, whatever it runs as, and nobody else', async () => {
    const namespace = await workplace();
    const within = { name: 'use-docker', namespace };
    const rules = [{ apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], verbs: ['use'] }];
    await createAll(plane, [
      roleOf(within, rules),
      bindingOf('Role', 'use-docker', within, [{ kind: 'User', apiGroup: API_GROUP, name: 'alice' }]),
    ]);
    await waitFor(async () => (await createByAlice(namespace, 'a')).status === 201, {
      within: 20_000,
      what: 'alice may',
    });
    const other = { name: 'works-too', namespace };
    await createAll(plane, [bindingOf('Role', 'works', other, [{ kind: 'User', apiGroup: API_GROUP, name: 'bob' }])]);
    await waitFor(
      async () => {
        const { status, text } = await plane.as('bob').create(podOf(namespace, 'b'));
        return status === 403 && text.includes('capability_not_authorized') && text.includes('user \\"bob\\"');
      },
      { within: 20_000, what: 'bob may not' },
    );
  });
});

test('pods of a Deployment are let in by their service account: the controller that makes them may use nothing', async () => {
  const namespace = await workplace();
  await createServiceAccount(plane, namespace, 'idle');
  const within = { name: 'use-docker', namespace };
  const rules = [
    { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], resourceNames: ['docker'], verbs: ['use'] },
  ];
  await createAll(plane, [
    roleOf(within, rules),
    bindingOf('Role', 'use-docker', within, [{ kind: 'ServiceAccount', name: 'robot' }]),
  ]);
  const alice = plane.as('alice');
  await expectOk(alice.create(deploymentOf(namespace, 'robot')));
  const { warnings } = await expectOk(alice.create(deploymentOf(namespace, 'idle')));
  expect(warnings.join()).toContain('capability_not_authorized: docker');
  const podsOf = async (name: string): Promise<readonly unknown[]> => {
    const { body } = await expectOk(
      plane.admin.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: `app=${name}` }),
    );
    return listAt(body, 'items');
  };
  const [pod] = await waitFor(
    async () => {
      const made = await podsOf('robot');
      return made.length > 0 && made;
    },
    { within: 60_000, what: 'the pod is made' },
  );
  expect(containersOf(pod)).toEqual(['app', 'docker-daemon']);
  const refusals = async (): Promise<boolean> => {
    const { body } = await expectOk(plane.admin.list({ apiVersion: 'v1', kind: 'Event' }, { namespace }));
    return listAt(body, 'items').some((event) => {
      const text = String(at(event, 'message'));
      return text.includes('capability_not_authorized: docker') && text.includes('service account "idle"');
    });
  };
  await waitFor(refusals, { within: 60_000, what: 'the other pod is refused' });
  expect(await podsOf('idle')).toEqual([]);
});

test('what an authenticator knows of a user is asked about with her', async () => {
  const namespace = await workplace();
  const headers = { 'impersonate-extra-scopes': 'docker', 'impersonate-extra-example.com%2fteam': 'agents' };
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const { status } = await plane.as('alice', ['dev']).request('POST', path, podOf(namespace, 'a'), { headers });
  expect(status).toBe(403);
  const asked = await waitFor(
    async () =>
      (await plane.auditEvents())
        .filter((event) => at(event, 'objectRef', 'resource') === 'subjectaccessreviews')
        .map((event) => at(event, 'requestObject', 'spec'))
        .find((spec) => at(spec, 'user') === 'alice' && at(spec, 'resourceAttributes', 'namespace') === namespace),
    { within: 20_000, what: 'the question is in the audit log' },
  );
  expect(asked).toEqual({
    user: 'alice',
    groups: ['dev', 'system:authenticated'],
    extra: { scopes: ['docker'], 'example.com/team': ['agents'] },
    resourceAttributes: {
      group: 'sandgate.dev',
      resource: 'capabilityclasses',
      name: 'docker',
      verb: 'use',
      namespace,
    },
  });
});

test('a pod that asks for nothing is answered without a question', async () => {
  const namespace = await workplace();
  const { metadata, ...pod } = podOf(namespace, 'plain');
  await expectOk(plane.admin.create({ ...pod, metadata: { namespace, name: at(metadata, 'name') } }, { dryRun: true }));
  // Elsewhere a controller may still be trying to make the pods of an earlier test.
  expect(JSON.stringify(asking.sent)).not.toContain(namespace);
});

test('while the API server is down, a review that asks for docker is refused, and says why', async () => {
  const namespace = await createNamespace(plane);
  const object = podOf(namespace, 'a');
  const request = {
    uid: 'u-1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace,
    operation: 'CREATE',
    userInfo: { username: 'admin', groups: ['system:masters'] },
    object,
  };
  const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
  await plane.stopApiServer();
  try {
    const { status, body } = await direct.post('/validate', review);
    expect(status).toBe(200);
    expect(at(body, 'response', 'allowed')).toBe(false);
    const message = String(at(body, 'response', 'status', 'message'));
    expect(message).toContain(
      'the API server could not be asked whether user "admin" or service account "default" may use capability class',
    );
    expect(message).toContain('To fix: capabilityGrants: try again in a moment');
  } finally {
    await plane.startApiServer();
  }
});
