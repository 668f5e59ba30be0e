// Tools that apply the same manifest again and again, several of them to one object, and dry runs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { agentsPolicy, type GatedCluster, policyOf, startGatedCluster } from '../support/gated-cluster.ts';
import { reviewed } from '../support/sandgate.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import {
  BARE,
  controllerOf,
  FILLED_IN,
  podOf,
  resourceOf,
  SANDBOX,
  sandboxOf,
  UNSAFE,
  UNSAFE_WARNING,
  unsafeRefusal,
} from '../support/workloads.ts';

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;

beforeAll(async () => {
  cluster = await startGatedCluster({ policies: [agentsPolicy(), writtenPolicy(), mirroredPolicy()] });
  plane = cluster.plane;
  tenant = await createTenant(plane);
  await listContainersByName();
});

afterAll(async () => {
  await cluster?.stop();
});

/** The label of namespaces that {@link writtenPolicy} is for. */
const WRITTEN_TIER = { 'sandgate.dev/tier': 'written' };

/** Like the policy for agents, and leaves Sandboxes as they are written. */
function writtenPolicy(): JsonObject {
  const { spec } = agentsPolicy();
  const match = { namespaceSelector: { matchLabels: WRITTEN_TIER } };
  return policyOf('written', { ...(isJsonObject(spec) ? spec : {}), match, fillInto: 'Pod' });
}

/** The label of namespaces that {@link mirroredPolicy} is for. */
const MIRRORED_TIER = { 'sandgate.dev/tier': 'mirrored' };

/** Like the policy for agents, and replaces a registry that users write by its mirror. */
function mirroredPolicy(): JsonObject {
  const { spec } = agentsPolicy();
  const match = { namespaceSelector: { matchLabels: MIRRORED_TIER } };
  const images = { rewrite: [{ from: 'example.com', to: 'mirror.internal' }] };
  return policyOf('mirrored', { ...(isJsonObject(spec) ? spec : {}), match, images });
}

/**
 * Tells the server of Sandboxes what upstream's definition tells it: that their containers are told apart by name. The
 * definition of SandboxTemplates stays without, so that there a list of containers has one owner as a whole.
 */
async function listContainersByName(): Promise<void> {
  const name = { type: 'string' };
  const items = {
    type: 'object',
    properties: { name },
    required: ['name'],
    'x-kubernetes-preserve-unknown-fields': true,
  };
  const byName = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };
  const containers = { type: 'array', items, ...byName };
  const ref = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'sandboxes.agents.x-k8s.io',
  };
  const schema = 'schema/openAPIV3Schema/properties/spec/properties/podTemplate/properties/spec/properties';
  const patch = [0, 1].map((i) => ({ op: 'add', path: `/spec/versions/${i}/${schema}`, value: { containers } }));
  await expectOk(plane.admin.patch(ref, patch, 'json'));
  await waitFor(areContainersOwned, { within: 30_000, what: 'the containers of a Sandbox have owners of their own' });
}

async function areContainersOwned(): Promise<boolean> {
  const reply = await tenant.client.apply(sandboxOf(tenant.namespace, 'probe'), { dryRun: true });
  return ownedFields(reply).includes('f:image');
}

/** The spec of the pod in an object: its own, or that of its template. */
function podSpecOf(body: JsonObject): unknown {
  return body.kind === 'Pod' ? body.spec : at(body, 'spec', 'podTemplate', 'spec');
}

function versionOf({ body }: KubeReply): unknown {
  return at(body, 'metadata', 'resourceVersion');
}

/** What managedFields says of an object, as text. */
function ownedFields({ body }: KubeReply): string {
  return JSON.stringify(listAt(body, 'metadata', 'managedFields').map((entry) => at(entry, 'fieldsV1')));
}

/** What a second manager applies: nothing but a label. */
function labelled({ apiVersion, kind, metadata }: JsonObject): JsonObject {
  const [name, namespace] = [at(metadata, 'name'), at(metadata, 'namespace')];
  return { apiVersion, kind, metadata: { name, namespace, labels: { 'example.com/team': 'one' } } };
}

describe.each([
  { kind: 'Pod', make: (name: string) => podOf(tenant.namespace, name), owned: '"f:image"' },
  { kind: 'Sandbox', make: (name: string) => sandboxOf(tenant.namespace, name), owned: '"f:image"' },
  {
    kind: 'SandboxTemplate',
    make: (name: string) => sandboxOf(tenant.namespace, name, BARE, { kind: 'SandboxTemplate', version: 'v1beta1' }),
    owned: '"f:containers":{}',
  },
])('a $kind that two managers apply', ({ make, owned }) => {
  test('is completed once, without a conflict, and not changed when both apply again', async () => {
    const object = make('shared');
    const deploys = { fieldManager: 'deployer' };
    const labels = { fieldManager: 'labeller' };
    const first = await expectOk(tenant.client.apply(object, deploys));
    expect(at(podSpecOf(first.body), 'securityContext')).toEqual(FILLED_IN.pod);
    const second = await expectOk(tenant.client.apply(labelled(object), labels));
    expect(podSpecOf(second.body)).toEqual(podSpecOf(first.body));
    for (let round = 0; round < 3; round++) {
      for (const [applied, manager] of [[object, deploys] as const, [labelled(object), labels] as const]) {
        const again = await expectOk(tenant.client.apply(applied, manager));
        expect(versionOf(again)).toBe(versionOf(second));
        expect(again.warnings).toEqual([]);
      }
    }
  });

  test('has nobody in its managedFields for what was filled in', async () => {
    const reply = await expectOk(tenant.client.apply(make('owners'), { fieldManager: 'deployer' }));
    expect(ownedFields(reply)).toContain(owned);
    expect(ownedFields(reply)).not.toMatch(/runAsUser|seccompProfile|allowPrivilegeEscalation/);
  });
});

function sandboxOfUser(runAsUser?: number): JsonObject {
  const securityContext = runAsUser === undefined ? {} : { securityContext: { runAsUser } };
  return sandboxOf(tenant.namespace, 'own', { ...BARE, ...securityContext });
}

/** Applies a Sandbox, and gives back the user that its pod then has. */
async function userAfter(object: JsonObject): Promise<unknown> {
  const { body } = await expectOk(tenant.client.apply(object, { fieldManager: 'deployer' }));
  return at(podSpecOf(body), 'securityContext', 'runAsUser');
}

describe('a Sandbox that is applied', () => {
  test('takes a value from its manager in the place of ours, and ours again when that is gone', async () => {
    expect(await userAfter(sandboxOfUser())).toBe(1000);
    expect(await userAfter(sandboxOfUser(3000))).toBe(3000);
    expect(await userAfter(sandboxOfUser())).toBe(1000);
  });

  test('takes a value from another manager in the place of ours, without a conflict', async () => {
    const object = sandboxOf(tenant.namespace, 'other');
    await expectOk(tenant.client.apply(object, { fieldManager: 'deployer' }));
    const podTemplate = { spec: { securityContext: { runAsUser: 3000 } } };
    const other = { ...object, spec: { podTemplate } };
    const taken = await expectOk(tenant.client.apply(other, { fieldManager: 'security' }));
    expect(at(podSpecOf(taken.body), 'securityContext')).toEqual({ ...FILLED_IN.pod, runAsUser: 3000 });
    const again = await expectOk(tenant.client.apply(object, { fieldManager: 'deployer' }));
    expect(versionOf(again)).toBe(versionOf(taken));
  });
});

function kubectl(args: readonly string[], object: JsonObject): Promise<KubectlResult> {
  return plane.kubectl([...args, '--filename=-'], { stdin: JSON.stringify(object), user: tenant.user });
}

/** That kubectl ended well and said this, without a warning. */
function said(stdout: string): KubectlResult {
  return { code: 0, stdout, stderr: '' };
}

describe('kubectl', () => {
  test('applies a pod from its side twice, and sees no drift', async () => {
    const object = podOf(tenant.namespace, 'client-side');
    expect(await kubectl(['apply'], object)).toEqual(said('pod/client-side created\n'));
    expect(await kubectl(['apply'], object)).toEqual(said('pod/client-side unchanged\n'));
    expect(await kubectl(['diff'], object)).toEqual(said(''));
  });

  test('applies a Sandbox from its side twice, which changes nothing, whatever it says', async () => {
    const object = sandboxOf(tenant.namespace, 'client-side');
    const resource = 'sandbox.agents.x-k8s.io/client-side';
    expect(await kubectl(['apply'], object)).toEqual(said(`${resource} created\n`));
    const version = versionOf(await expectOk(tenant.client.get(refOf(object))));
    // Of custom resources it compares lists as a whole, and so sends the containers again, without what was filled in.
    expect(await kubectl(['apply'], object)).toEqual(said(`${resource} configured\n`));
    expect(versionOf(await expectOk(tenant.client.get(refOf(object))))).toBe(version);
    expect(await kubectl(['diff'], object)).toEqual(said(''));
  });

  test.each([
    { what: 'pod', make: (name: string) => podOf(tenant.namespace, name), resource: 'pod' },
    { what: 'Sandbox', make: (name: string) => sandboxOf(tenant.namespace, name), resource: 'sandbox.agents.x-k8s.io' },
  ])("applies a $what on the server's side twice, and sees no drift", async ({ make, resource }) => {
    const object = make('server-side');
    expect(await kubectl(['apply', '--server-side'], object)).toEqual(
      said(`${resource}/server-side serverside-applied\n`),
    );
    const version = versionOf(await expectOk(tenant.client.get(refOf(object))));
    expect(await kubectl(['apply', '--server-side'], object)).toEqual(
      said(`${resource}/server-side serverside-applied\n`),
    );
    expect(versionOf(await expectOk(tenant.client.get(refOf(object))))).toBe(version);
    expect(await kubectl(['diff', '--server-side'], object)).toEqual(said(''));
  });

  test('applies a Sandbox from its side twice, and sees no drift where pods alone are filled in', async () => {
    const { namespace, user, client } = await createTenant(plane, WRITTEN_TIER);
    const apply = (object: JsonObject, ...args: string[]): Promise<KubectlResult> =>
      plane.kubectl(['apply', ...args, '--filename=-'], { stdin: JSON.stringify(object), user });
    const object = sandboxOf(namespace, 'as-written');
    const resource = 'sandbox.agents.x-k8s.io/as-written';
    expect(await apply(object)).toEqual(said(`${resource} created\n`));
    const { body } = await expectOk(client.get(refOf(object)));
    expect(at(body, 'spec')).toEqual(object.spec);
    expect(await apply(object)).toEqual(said(`${resource} unchanged\n`));
    const unsafe = sandboxOf(namespace, 'as-written', UNSAFE);
    expect(await apply(unsafe)).toMatchObject({ code: 1, stderr: expect.stringContaining('hostPID=true') as unknown });
    expect(await apply(unsafe, '--server-side', '--force-conflicts')).toMatchObject({ code: 1 });
    // The pod that the controller would make of it.
    const { body: pod } = await expectOk(client.create(podOf(namespace, 'as-written')));
    expect(at(pod, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
  });

  test("applies a Sandbox and a pod with replaced images twice, and only the pod's image becomes the written one", async () => {
    const { namespace, user, client } = await createTenant(plane, MIRRORED_TIER);
    const objects = [sandboxOf(namespace, 'mirrored'), podOf(namespace, 'mirrored')];
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    const imagesAfterApply = async (): Promise<unknown[]> => {
      await plane.kubectl(['apply', '--filename=-'], { stdin: JSON.stringify(list), user });
      const replies = await Promise.all(objects.map((object) => expectOk(client.get(refOf(object)))));
      return replies.map(({ body }) => at(listAt(podSpecOf(body), 'containers')[0], 'image'));
    };
    expect(await imagesAfterApply()).toEqual(['mirror.internal/app:1', 'mirror.internal/app:1']);
    // The mutating webhook is not asked about updates of pods, and the image is the one field of theirs that can change.
    expect(await imagesAfterApply()).toEqual(['mirror.internal/app:1', 'example.com/app:1']);
  });

  test('applies an unsafe pod in vain, on either side', async () => {
    const object = podOf(tenant.namespace, 'unsafe', UNSAFE);
    const refusal = unsafeRefusal('pods', 'unsafe');
    expect(await kubectl(['apply'], object)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(refusal) as unknown,
    });
    expect(await kubectl(['apply', '--server-side'], object)).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error from server (Forbidden): ${refusal}\n`,
    });
  });
});

describe('a dry run', () => {
  test('shows the completed pod, and stores nothing', async () => {
    const { namespace, user, client } = tenant;
    const object = podOf(namespace, 'dry');
    const args = ['create', '--dry-run=server', '--output=json', '--filename=-'];
    const { code, stdout, stderr } = await plane.kubectl(args, { stdin: JSON.stringify(object), user });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const shown: unknown = JSON.parse(stdout);
    expect(at(shown, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    expect((await client.get(refOf(object))).status).toBe(404);
    for (const webhook of ['mutate', 'validate']) {
      await reviewed(cluster.sandgate, { namespace, name: 'dry', webhook, dryRun: true, verdict: 'allowed' });
    }
  });

  test('of an unsafe pod is refused in the same words', async () => {
    const stdin = JSON.stringify(podOf(tenant.namespace, 'dry-unsafe', UNSAFE));
    const args = ['create', '--dry-run=server', '--filename=-'];
    expect(await plane.kubectl(args, { stdin, user: tenant.user })).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error from server (Forbidden): error when creating "STDIN": ${unsafeRefusal('pods', 'dry-unsafe')}\n`,
    });
  });

  test('of an unsafe Sandbox is refused in the same words', async () => {
    const { status, body } = await tenant.client.create(sandboxOf(tenant.namespace, 'dry-unsafe', UNSAFE), {
      dryRun: true,
    });
    expect([status, body.message]).toEqual([403, unsafeRefusal(resourceOf(SANDBOX), 'dry-unsafe')]);
  });

  test('of an unsafe Deployment warns', async () => {
    const stdin = JSON.stringify(controllerOf(tenant.namespace, 'Deployment', 'dry', UNSAFE));
    const args = ['apply', '--dry-run=server', '--filename=-'];
    expect(await plane.kubectl(args, { stdin, user: tenant.user })).toEqual({
      code: 0,
      stdout: 'deployment.apps/dry created (server dry run)\n',
      stderr: `Warning: ${UNSAFE_WARNING}\n`,
    });
  });

  test('of a deletion passes', async () => {
    const { body } = await expectOk(tenant.client.create(podOf(tenant.namespace, 'stays')));
    await expectOk(tenant.client.delete(refOf(body), { dryRun: true }));
    expect((await tenant.client.get(refOf(body))).status).toBe(200);
  });
});
