// Sandboxes and SandboxTemplates of agent-sandbox, in both versions; and the pods that its controller, here a stand-in, makes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import {
  agentsPolicy,
  type GatedCluster,
  startGatedCluster,
  WARNED_TIER,
  warningPolicy,
} from '../support/gated-cluster.ts';
import { putUnderPolicy } from '../support/judged.ts';
import { SANDBOX_CONTROLLER, type SandboxController, startSandboxController } from '../support/sandbox-controller.ts';
import { reviewed } from '../support/sandgate.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import {
  BARE,
  FILLED_IN,
  REFUSED_BY_US,
  resourceOf,
  SAFE,
  SANDBOX_KINDS,
  sandboxOf,
  UNSAFE,
  UNSAFE_WARNING,
  unsafeRefusal,
} from '../support/workloads.ts';

let cluster: GatedCluster;
let plane: ControlPlane;
let controller: SandboxController;
let tenant: Tenant;

beforeAll(async () => {
  cluster = await startGatedCluster({ policies: [agentsPolicy(), warningPolicy()] });
  plane = cluster.plane;
  controller = await startSandboxController(plane);
  tenant = await createTenant(plane);
});

afterAll(async () => {
  await controller?.stop();
  await cluster?.stop();
});

/** What the controller was told of the pod of a Sandbox. */
function podReply(namespace: string, name: string): Promise<KubeReply> {
  const reply = (): KubeReply | undefined => controller.replies.get(`${namespace}/${name}`);
  return waitFor(reply, { within: 30_000, what: `the controller has tried to create the pod of ${name}` });
}

describe.each(SANDBOX_KINDS)('a $kind of $version', (of) => {
  const resource = resourceOf(of);
  const named = (what: string): string => `${what}-${of.version}`;

  test('that says nothing about security is completed', async () => {
    const object = sandboxOf(tenant.namespace, named('bare'), BARE, of);
    const { body, warnings } = await expectOk(tenant.client.create(object));
    const { pod, container } = FILLED_IN;
    const containers = [{ name: 'app', image: 'example.com/app:1', securityContext: container }];
    expect(body.spec).toEqual({ podTemplate: { spec: { securityContext: pod, containers } } });
    expect(warnings).toEqual([]);
  });

  test('that is unsafe is refused, with the path inside of it', async () => {
    const { status, body } = await tenant.client.create(sandboxOf(tenant.namespace, named('unsafe'), UNSAFE, of));
    const [kind = '', ...group] = resource.split('.');
    expect([status, body.message, body.reason]).toEqual([403, unsafeRefusal(resource, named('unsafe')), 'Forbidden']);
    expect(body.details).toEqual({
      name: named('unsafe'),
      group: group.join('.'),
      kind,
      causes: [
        {
          reason: 'FieldValueForbidden',
          message: 'host namespaces (hostPID=true)',
          field: 'spec.podTemplate.spec.hostPID',
        },
      ],
    });
  });

  test('is refused by kubectl in these words', async () => {
    const stdin = JSON.stringify(sandboxOf(tenant.namespace, named('kubectl'), UNSAFE, of));
    expect(await plane.kubectl(['create', '--filename=-'], { stdin, user: tenant.user })).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error from server (Forbidden): error when creating "STDIN": ${unsafeRefusal(resource, named('kubectl'))}\n`,
    });
  });

  test('that holds something else than a pod is refused in words', async () => {
    const spec = { containers: [{ name: 'app', image: 7, securityContext: 'none' }] };
    const { status, body } = await tenant.client.create(sandboxOf(tenant.namespace, named('odd'), spec, of));
    expect([status, body.message]).toEqual([
      403,
      `${REFUSED_BY_US}${resource} "${named('odd')}" is forbidden: violates the shape of a pod template: ` +
        'wrong type (spec.podTemplate.spec.containers[0].image must be a string, ' +
        'spec.podTemplate.spec.containers[0].securityContext must be an object). ' +
        'To fix: shape: give these fields the types that Kubernetes documents. See: sandgate explain shape',
    ]);
  });
});

describe('what Kubernetes would take of no pod', () => {
  test('null where there could be an object is completed like nothing', async () => {
    const context = { capabilities: null, runAsNonRoot: null };
    const containers = [
      { name: 'app', image: 'a', securityContext: null, ports: null },
      { name: 'sidecar', image: 'a', securityContext: context },
    ];
    const spec = { securityContext: null, initContainers: null, volumes: null, hostPID: null, os: null, containers };
    const { body, warnings } = await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'nulls', spec)));
    expect(at(body, 'spec', 'podTemplate', 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    const contexts = listAt(body, 'spec', 'podTemplate', 'spec', 'containers').map((one) => at(one, 'securityContext'));
    expect(contexts).toEqual([FILLED_IN.container, { ...FILLED_IN.container, runAsNonRoot: null }]);
    expect(warnings).toEqual([]);
  });

  test('containers of one name, and without any, are completed each', async () => {
    const containers = [{ name: 'app' }, { name: 'app', image: 'a' }, {}];
    const { body } = await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'twins', { containers })));
    expect(at(body, 'spec', 'podTemplate', 'spec', 'containers')).toEqual(
      containers.map((container) => ({ ...container, securityContext: FILLED_IN.container })),
    );
  });

  test('an ephemeral container is judged', async () => {
    const ephemeralContainers = [{ name: 'debug', image: 'a', securityContext: { privileged: true } }];
    const spec = { ...BARE, ephemeralContainers };
    const { status, body } = await tenant.client.create(sandboxOf(tenant.namespace, 'ephemeral', spec));
    expect(status).toBe(403);
    expect(at(body, 'details', 'causes', 0)).toEqual({
      reason: 'FieldValueForbidden',
      message: 'privileged (container "debug" must not set securityContext.privileged=true)',
      field: 'spec.podTemplate.spec.ephemeralContainers[0].securityContext.privileged',
    });
  });

  test('a name that would fool a terminal is shown escaped, in a refusal and in a warning', async () => {
    const name = 'a"b\\c\n\u001b[31mred\u0000\u202e\u00e9\u{1f600}';
    const shown = 'a"b\\c\\u000a\\u001b[31mred\\u0000\\u202e\u00e9\u{1f600}';
    const privileged = `privileged (container "${shown}" must not set securityContext.privileged=true)`;
    const containers = [{ name, image: 'a', securityContext: { privileged: true } }];
    const refused = await tenant.client.create(sandboxOf(tenant.namespace, 'fooling', { containers }));
    expect(refused.body.message).toContain(`violates PodSecurity "restricted:latest": ${privileged}`);

    const warned = await createTenant(plane, WARNED_TIER);
    const object = sandboxOf(warned.namespace, 'fooling', { containers });
    const { warnings } = await expectOk(warned.client.create(object));
    expect(warnings).toEqual([expect.stringContaining(privileged)]);
    const dryRun = ['create', '--dry-run=server', '--filename=-'];
    const { stderr } = await plane.kubectl(dryRun, { stdin: JSON.stringify({ ...object, metadata: renamed(object) }) });
    expect(stderr).toBe(`Warning: ${warnings[0]}\n`);
  });
});

function renamed({ metadata }: JsonObject): JsonObject {
  return { namespace: at(metadata, 'namespace'), name: 'another' };
}

describe('the pod that the controller makes', () => {
  test('of a completed Sandbox is created as the Sandbox is stored, and judged in the name of the controller', async () => {
    const { namespace } = tenant;
    await expectOk(tenant.client.create(sandboxOf(namespace, 'agent')));
    const { body } = await expectOk(podReply(namespace, 'agent'));
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    expect(at(body, 'spec', 'containers', 0, 'securityContext')).toEqual(FILLED_IN.container);
    const review = { namespace, kind: 'Pod', name: 'agent', user: SANDBOX_CONTROLLER, verdict: 'allowed' };
    await reviewed(cluster.sandgate, { ...review, webhook: 'validate' });
    // There was nothing left to do.
    expect(await reviewed(cluster.sandgate, { ...review, webhook: 'mutate' })).toMatchObject({ patchBytes: 0 });
  });

  test('of a Sandbox with volume claims is created', async () => {
    const claim = { metadata: { name: 'work' }, spec: { accessModes: ['ReadWriteOnce'] } };
    const sandbox = sandboxOf(tenant.namespace, 'claims');
    const spec = { podTemplate: at(sandbox, 'spec', 'podTemplate'), volumeClaimTemplates: [claim] };
    await expectOk(tenant.client.create({ ...sandbox, spec }));
    const { body } = await expectOk(podReply(tenant.namespace, 'claims'));
    expect(at(body, 'spec', 'volumes', 0)).toEqual({
      name: 'work',
      persistentVolumeClaim: { claimName: 'work-claims' },
    });
  });

  test('of a Sandbox that is older than the policy is refused, though the Sandbox is there', async () => {
    const { namespace, client } = await createTenant(plane, {});
    await expectOk(client.create({ ...sandboxOf(namespace, 'old'), spec: suspended({ ...SAFE, hostPID: true }) }));
    await putUnderPolicy(plane, namespace);
    const resumed = await expectOk(client.patch(refOf(sandboxOf(namespace, 'old')), RESUME, 'merge'));
    expect(resumed.warnings).toEqual([UNSAFE_WARNING]);
    const { status, body } = await podReply(namespace, 'old');
    expect([status, body.message]).toEqual([403, unsafeRefusal('pods', 'old')]);
    const review = { namespace, webhook: 'validate', kind: 'Pod', name: 'old', user: SANDBOX_CONTROLLER };
    await reviewed(cluster.sandgate, { ...review, verdict: 'denied' });
  });

  test('of a Sandbox that is older than the policy, and only lacks something, is completed in its place', async () => {
    const { namespace, client } = await createTenant(plane, {});
    await expectOk(client.create({ ...sandboxOf(namespace, 'bare'), spec: suspended(BARE) }));
    await putUnderPolicy(plane, namespace);
    const { body } = await expectOk(client.patch(refOf(sandboxOf(namespace, 'bare')), RESUME, 'merge'));
    expect(at(body, 'spec', 'podTemplate', 'spec')).toEqual(BARE);
    const pod = await expectOk(podReply(namespace, 'bare'));
    expect(at(pod.body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
  });

  test('is gone while its Sandbox is suspended, and judged anew when that resumes', async () => {
    const { namespace, client } = tenant;
    const { body } = await expectOk(client.create(sandboxOf(namespace, 'nap')));
    const { body: first } = await expectOk(podReply(namespace, 'nap'));
    await expectOk(client.patch(refOf(body), { spec: { operatingMode: 'Suspended' } }, 'merge'));
    const isGone = async (): Promise<boolean> => (await client.get(refOf(first))).status === 404;
    await waitFor(isGone, { within: 30_000, what: 'the pod is gone' });
    await expectOk(client.patch(refOf(body), RESUME, 'merge'));
    const isBack = async (): Promise<boolean> => (await client.get(refOf(first))).status === 200;
    await waitFor(isBack, { within: 30_000, what: 'the pod is back' });
    await waitFor(() => podVerdicts('nap').length === 2, { within: 30_000, what: 'both pods have been judged' });
  });
});

const RESUME = { spec: { operatingMode: 'Running' } };

function suspended(spec: JsonObject): JsonObject {
  return { operatingMode: 'Suspended', podTemplate: { spec } };
}

/** How often a pod of this name has been judged so far, with what outcome. */
function podVerdicts(name: string): readonly unknown[] {
  const lines = cluster.sandgate.reviews().filter((line) => line.name === name && line.kind === 'Pod');
  return lines.filter((line) => line.webhook === 'validate').map((line) => line.verdict);
}

describe('a Sandbox that exists', () => {
  test('is refused a template that is unsafe, and completed where a new one lacks something', async () => {
    const { body } = await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'edited')));
    const edit = (spec: JsonObject): Promise<KubeReply> =>
      tenant.client.patch(refOf(body), { spec: { podTemplate: { spec } } }, 'merge');
    const unsafe = await edit({ hostPID: true });
    expect([unsafe.status, unsafe.body.message]).toEqual([403, unsafeRefusal('sandboxes.agents.x-k8s.io', 'edited')]);
    const { body: replaced } = await expectOk(edit({ containers: [{ name: 'new', image: 'example.com/new:1' }] }));
    expect(at(replaced, 'spec', 'podTemplate', 'spec', 'containers')).toEqual([
      { name: 'new', image: 'example.com/new:1', securityContext: FILLED_IN.container },
    ]);
  });

  test('whose status its controller writes is not looked at', async () => {
    const { body } = await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'status')));
    const resourceVersion = at(body, 'metadata', 'resourceVersion');
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    const ref = refOf(body);
    const client = plane.as(SANDBOX_CONTROLLER);
    const written = await expectOk(client.patch(ref, { status }, 'merge', { subresource: 'status' }));
    expect(at(written.body, 'metadata', 'resourceVersion')).not.toBe(resourceVersion);
    expect(written.warnings).toEqual([]);
    // What comes after it is logged after it.
    await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'next'), { dryRun: true }));
    await reviewed(cluster.sandgate, { namespace: tenant.namespace, name: 'next', webhook: 'validate' });
    const ofSandbox = cluster.sandgate
      .reviews()
      .filter((line) => line.name === 'status' && line.kind === 'Sandbox.agents.x-k8s.io');
    expect(ofSandbox.map((line) => line.operation)).toEqual(['CREATE', 'CREATE']);
  });
});
