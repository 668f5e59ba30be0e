// The registration on a real API server: it is taken without a complaint, brings the reviews that are wanted to a server
// of ours, and spares it the others.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { webhookConfigurations } from '../../scripts/registration.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { type RecordingWebhook, startRecordingWebhook } from './chart/recording-webhook.ts';
import { at } from './control-plane/at.ts';
import { type ControlPlane, startControlPlane } from './control-plane/control-plane.ts';
import { installSandboxes } from './control-plane/custom-resources.ts';
import { expectOk } from './control-plane/expect-ok.ts';
import { refOf } from './control-plane/kube-client.ts';
import { allowAll, createNamespace, createServiceAccount } from './control-plane/namespaces.ts';
import { waitFor } from './control-plane/wait-for.ts';

const OURSELVES = 'system:serviceaccount:sandgate:sandgate';
const SAFE: JsonObject = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      image: 'example.com/app:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

let plane: ControlPlane;
let webhook: RecordingWebhook;
let namespace: string;

beforeAll(async () => {
  const gate = gateOf(policyYaml('all', 'podSecurity: { level: baseline }\nharden: restricted'));
  [plane, webhook] = await Promise.all([startControlPlane(), startRecordingWebhook(gate)]);
  await installSandboxes(plane);
  // What is there before the webhooks are, and cannot be made afterwards.
  namespace = await createNamespace(plane);
  await expectOk(plane.admin.create(podOf('old', { ...SAFE, hostPID: true })));
  await expectOk(plane.admin.create(podOf('dying', { ...SAFE, hostPID: true }, { finalizers: ['example.com/wait'] })));
  await expectOk(plane.admin.delete(refOf(podOf('dying'))));
  const { mutating, validating } = webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ url: webhook.url + path, caBundle: webhook.caBundle }),
    namespace: 'sandgate',
    username: OURSELVES,
  });
  for (const configuration of [mutating, validating]) {
    const { warnings, body } = await expectOk(plane.admin.create(configuration, { fieldValidation: 'Strict' }));
    expect(warnings).toEqual([]);
    expect(withoutDefaults(body.webhooks)).toEqual(configuration.webhooks);
  }
  await waitFor(
    async () => {
      await plane.admin.create(podOf('probe'), { dryRun: true });
      await plane.admin.create(sandboxOf('probe'), { dryRun: true });
      await plane.admin.create(deploymentOf('probe'), { dryRun: true });
      return webhook.taken().length === 5;
    },
    { within: 30_000, what: 'both configurations are in effect' },
  );
});

afterAll(async () => {
  await plane?.stop();
  await webhook?.close();
});

beforeEach(() => {
  webhook.taken();
});

/** What the server fills in where we leave it out. */
function withoutDefaults(webhooks: unknown): unknown {
  return JSON.parse(JSON.stringify(webhooks), (key, value: unknown) =>
    key.endsWith('Selector') && JSON.stringify(value) === '{}' ? undefined : value,
  );
}

function podOf(name: string, spec: JsonObject = SAFE, metadata: JsonObject = {}, inside = namespace): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: inside, name, ...metadata }, spec };
}

function sandboxOf(name: string, version = 'v1beta1', spec: JsonObject = SAFE): JsonObject {
  return {
    apiVersion: `agents.x-k8s.io/${version}`,
    kind: 'Sandbox',
    metadata: { namespace, name },
    spec: { podTemplate: { spec } },
  };
}

function deploymentOf(name: string, spec: JsonObject = SAFE): JsonObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

describe('a pod goes through', () => {
  test('completed on its way', async () => {
    const bare = { containers: [{ name: 'app', image: 'example.com/app:1' }] };
    const { body, warnings } = await expectOk(plane.admin.create(podOf('bare', bare)));
    expect(at(body, 'spec', 'securityContext', 'seccompProfile', 'type')).toBe('RuntimeDefault');
    expect(at(body, 'spec', 'containers', 0, 'securityContext', 'allowPrivilegeEscalation')).toBe(false);
    expect(warnings).toEqual([]);
    expect(webhook.taken()).toEqual(['/mutate CREATE pods bare', '/validate CREATE pods bare']);
  });

  test('an unsafe pod is refused by the name of the entry', async () => {
    const { status, body } = await plane.admin.create(podOf('unsafe', { ...SAFE, hostPID: true }));
    expect(status).toBe(403);
    expect(body.message).toMatch(
      /^admission webhook "workloads\.validate\.sandgate\.dev" denied the request: pods "unsafe" is forbidden: violates /,
    );
  });

  test('of a name to be made', async () => {
    const pod = podOf('', SAFE, { name: undefined, generateName: 'gen-' });
    await expectOk(plane.admin.create(pod, { dryRun: true }));
    expect(webhook.taken()).toEqual([
      '/mutate CREATE pods gen-*',
      expect.stringMatching(/^\/validate CREATE pods gen-\w+$/),
    ]);
  });
});

test('a Sandbox of either version is completed and judged, by its template', async () => {
  for (const version of ['v1alpha1', 'v1beta1']) {
    const bare = { containers: [{ name: 'app', image: 'example.com/app:1' }] };
    const { body } = await expectOk(plane.admin.create(sandboxOf(`bare-${version}`, version, bare)));
    expect(at(body, 'spec', 'podTemplate', 'spec', 'securityContext', 'seccompProfile', 'type')).toBe('RuntimeDefault');
    const refused = await plane.admin.create(sandboxOf('unsafe', version, { ...SAFE, hostPID: true }));
    expect([refused.status, refused.body.message]).toEqual([
      403,
      expect.stringContaining('workloads.validate.sandgate.dev'),
    ]);
    expect(webhook.taken()).toEqual([
      `/mutate CREATE sandboxes bare-${version}`,
      `/validate CREATE sandboxes bare-${version}`,
      '/mutate CREATE sandboxes unsafe',
      '/validate CREATE sandboxes unsafe',
    ]);
  }
});

test('a Deployment is stored with a warning', async () => {
  const { warnings } = await expectOk(plane.admin.create(deploymentOf('web', { ...SAFE, hostPID: true })));
  expect(warnings).toEqual([expect.stringContaining('host namespaces')]);
  expect(webhook.taken()).toEqual(['/validate CREATE deployments web']);
});

describe('an update', () => {
  const labelled = { metadata: { labels: { tier: 'one' } } };

  test('that changes nothing is spared, however it is sent', async () => {
    const { body } = await expectOk(plane.admin.create(podOf('same')));
    await expectOk(plane.admin.patch(refOf(body), labelled, 'merge'));
    await expectOk(plane.admin.apply(podOf('same', SAFE, { labels: { mine: 'yes' } }), { force: true }));
    webhook.taken();
    await expectOk(plane.admin.patch(refOf(body), labelled, 'merge'));
    await expectOk(plane.admin.patch(refOf(body), labelled, 'strategic'));
    await expectOk(plane.admin.apply(podOf('same', SAFE, { labels: { mine: 'yes' } }), { force: true }));
    await expectOk(plane.admin.update((await plane.admin.get(refOf(body))).body));
    expect(webhook.taken()).toEqual([]);
  });

  test('that changes nothing is spared for a Sandbox, too', async () => {
    const { body } = await expectOk(plane.admin.create(sandboxOf('same')));
    await expectOk(plane.admin.patch(refOf(body), labelled, 'merge'));
    await expectOk(plane.admin.patch(refOf(body), { status: { ready: true } }, 'merge', { subresource: 'status' }));
    webhook.taken();
    await expectOk(plane.admin.patch(refOf(body), labelled, 'merge'));
    await expectOk(plane.admin.update((await plane.admin.get(refOf(body))).body));
    expect(webhook.taken()).toEqual([]);
    await expectOk(plane.admin.patch(refOf(body), { spec: { replicas: 0 } }, 'merge'));
    expect(webhook.taken()).toEqual(['/mutate UPDATE sandboxes same', '/validate UPDATE sandboxes same']);
  });

  test.each([
    { what: 'a label', patch: { metadata: { labels: { tier: 'two' } } } },
    { what: 'an annotation', patch: { metadata: { annotations: { note: 'two' } } } },
    { what: 'a toleration', patch: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } } },
  ])('of a violating pod to $what comes to us, and passes with a warning', async ({ patch }) => {
    const { warnings } = await expectOk(plane.admin.patch(refOf(podOf('old')), patch, 'strategic'));
    expect(webhook.taken()).toEqual(['/validate UPDATE pods old']);
    expect(warnings).toEqual([expect.stringContaining('host namespaces')]);
  });

  test('of finalizers and owners alone is the business of controllers', async () => {
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: '6e2c1f48-49d3-4060-8037-a78e6afb2245' };
    const books = { finalizers: ['batch.kubernetes.io/job-tracking'], ownerReferences: [owner] };
    for (const metadata of [books, { finalizers: null, ownerReferences: null }]) {
      expect((await expectOk(plane.admin.patch(refOf(podOf('old')), { metadata }, 'merge'))).warnings).toEqual([]);
    }
    expect(webhook.taken()).toEqual([]);
  });

  test('of the image of an unsafe pod passes with a warning', async () => {
    const patch = { spec: { containers: [{ name: 'app', image: 'example.com/app:2' }] } };
    const { warnings } = await expectOk(plane.admin.patch(refOf(podOf('old')), patch, 'strategic'));
    expect(warnings).toEqual([expect.stringContaining('host namespaces')]);
    expect(webhook.taken()).toEqual(['/validate UPDATE pods old']);
  });

  test('of a dying pod is spared, but for containers', async () => {
    const dying = refOf(podOf('dying'));
    await expectOk(plane.admin.patch(dying, labelled, 'merge'));
    expect(webhook.taken()).toEqual([]);
    const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } };
    await plane.admin.patch(dying, debug, 'strategic', { subresource: 'ephemeralcontainers' });
    expect(webhook.taken()).toEqual([
      '/mutate UPDATE pods/ephemeralcontainers dying',
      '/validate UPDATE pods/ephemeralcontainers dying',
    ]);
  });
});

test('of subresources only those that change what runs come to us', async () => {
  // A resize must not change the class of service, so it needs requests to begin with.
  const containers = [{ name: 'app', image: 'example.com/app:1', resources: { requests: { cpu: '1m' } } }];
  const { body } = await expectOk(plane.admin.create(podOf('subject', { ...SAFE, containers })));
  const pod = refOf(body);
  webhook.taken();
  const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } };
  await expectOk(plane.admin.patch(pod, debug, 'strategic', { subresource: 'ephemeralcontainers' }));
  expect(webhook.taken()).toEqual([
    '/mutate UPDATE pods/ephemeralcontainers subject',
    '/validate UPDATE pods/ephemeralcontainers subject',
  ]);
  const resources = { requests: { cpu: '1' } };
  const resize = { spec: { containers: [{ name: 'app', resources }] } };
  await expectOk(plane.admin.patch(pod, resize, 'strategic', { subresource: 'resize' }));
  expect(webhook.taken()).toEqual(['/validate UPDATE pods/resize subject']);

  await expectOk(plane.admin.patch(pod, { status: { phase: 'Running' } }, 'merge', { subresource: 'status' }));
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name: 'subject' }, target };
  await expectOk(plane.admin.create(binding, { of: pod, subresource: 'binding' }));
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name: 'subject' } };
  await expectOk(plane.admin.create(eviction, { of: pod, subresource: 'eviction', dryRun: true }));
  await plane.admin.delete(pod, { gracePeriodSeconds: 0 });
  expect(webhook.taken()).toEqual([]);
});

describe('left alone', () => {
  test.each(['kube-system', 'sandgate'])('are the pods of %s', async (excluded) => {
    const create = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: excluded } };
    if (excluded !== 'kube-system') await expectOk(plane.admin.create(create));
    await createServiceAccount(plane, excluded, 'default');
    await expectOk(plane.admin.create(podOf('unsafe', { ...SAFE, hostPID: true }, {}, excluded)));
    expect(webhook.taken()).toEqual([]);
  });

  test('is what we ask for ourselves, and nobody who is called much the same', async () => {
    for (const user of [OURSELVES, `${OURSELVES}-2`]) await allowAll(plane, namespace, user);
    await expectOk(plane.as(OURSELVES).create(podOf('ours', { ...SAFE, hostPID: true }), { dryRun: true }));
    expect(webhook.taken()).toEqual([]);
    const theirs = await plane.as(`${OURSELVES}-2`).create(podOf('theirs', { ...SAFE, hostPID: true }));
    expect(theirs.status).toBe(403);
  });
});

// Last: nothing is answered afterwards.
test('while we are down no pod starts, and nothing else is held up', async () => {
  await webhook.close();
  const refused = await plane.admin.create(podOf('late'));
  expect([refused.status, refused.body.message]).toEqual([
    500,
    expect.stringContaining('failed calling webhook "workloads.validate.sandgate.dev"'),
  ]);
  await expectOk(plane.admin.create(deploymentOf('late')));
  await expectOk(plane.admin.patch(refOf(podOf('same')), { metadata: { labels: { tier: 'one' } } }, 'merge'));
  await expectOk(plane.admin.patch(refOf(podOf('dying')), { metadata: { finalizers: null } }, 'merge'));
  // As the Job controller does with every pod that has ended.
  for (const finalizers of [['batch.kubernetes.io/job-tracking'], null]) {
    await expectOk(plane.admin.patch(refOf(podOf('same')), { metadata: { finalizers } }, 'merge'));
  }
  await expectOk(plane.admin.delete(refOf(podOf('old')), { gracePeriodSeconds: 0 }));
  expect((await plane.admin.get(refOf(podOf('dying')))).status).toBe(404);
  expect((await plane.admin.get(refOf(podOf('old')))).status).toBe(404);
});
