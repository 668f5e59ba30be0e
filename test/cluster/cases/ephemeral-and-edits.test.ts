// What a tenant can still change of a pod that runs: debug containers, images, resources.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { putUnderPolicy } from '../support/judged.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import { BARE, FILLED_IN, podOf, REFUSED_BY_US, SAFE, UNSAFE_WARNING } from '../support/workloads.ts';

/** A resize may not change the class of service, so there have to be requests to begin with. */
const REQUESTS = { resources: { requests: { cpu: '1m' } } };
const RUNNING: JsonObject = {
  initContainers: [{ name: 'init', image: 'example.com/init:1' }],
  containers: [{ name: 'app', image: 'example.com/app:1', ...REQUESTS }],
};
const RUNNING_UNSAFE: JsonObject = {
  ...SAFE,
  hostPID: true,
  containers: [{ name: 'app', image: 'example.com/app:1', ...REQUESTS, securityContext: FILLED_IN.container }],
};

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;
/** Its pod is older than the policy and violates it. */
let old: Tenant;

beforeAll(async () => {
  cluster = await startGatedCluster();
  plane = cluster.plane;
  tenant = await createTenant(plane);
  await expectOk(tenant.client.create(podOf(tenant.namespace, 'safe', RUNNING)));
  old = await createTenant(plane, {});
  await expectOk(old.client.create(podOf(old.namespace, 'old', RUNNING_UNSAFE)));
  await putUnderPolicy(plane, old.namespace);
});

afterAll(async () => {
  await cluster?.stop();
});

function edit({ client, namespace }: Tenant, name: string, spec: JsonObject, subresource?: string): Promise<KubeReply> {
  return client.patch(
    { apiVersion: 'v1', kind: 'Pod', namespace, name },
    { spec },
    'strategic',
    subresource === undefined ? {} : { subresource },
  );
}

function debug(of: Tenant, name: string, container: JsonObject): Promise<KubeReply> {
  const ephemeralContainers = [{ image: 'example.com/debug:1', ...container }];
  return edit(of, name, { ephemeralContainers }, 'ephemeralcontainers');
}

function ephemeralContainer({ body }: KubeReply, name: string): unknown {
  return listAt(body, 'spec', 'ephemeralContainers').find((one) => at(one, 'name') === name);
}

describe('an ephemeral container', () => {
  test('that says nothing about security is completed and added', async () => {
    const reply = await expectOk(debug(tenant, 'safe', { name: 'bare' }));
    // The rest is in the pod's own security context.
    expect(at(ephemeralContainer(reply, 'bare'), 'securityContext')).toEqual(FILLED_IN.container);
    expect(reply.warnings).toEqual([]);
  });

  test('that is safe is added as it is', async () => {
    const securityContext = { ...FILLED_IN.container, runAsUser: 2000, readOnlyRootFilesystem: true };
    const reply = await expectOk(debug(tenant, 'safe', { name: 'own', securityContext }));
    expect(at(ephemeralContainer(reply, 'own'), 'securityContext')).toEqual(securityContext);
  });

  test('that is unsafe is refused', async () => {
    const { status, body } = await debug(tenant, 'safe', { name: 'unsafe', securityContext: { privileged: true } });
    expect([status, body.message]).toEqual([
      403,
      `${REFUSED_BY_US}pods "safe" is forbidden: violates PodSecurity "restricted:latest": ` +
        'privileged (container "unsafe" must not set securityContext.privileged=true), ' +
        'allowPrivilegeEscalation != false (container "unsafe" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "unsafe" must set securityContext.capabilities.drop=["ALL"]). ' +
        'To fix: privileged: remove securityContext.privileged, or set it to false; ' +
        'allowPrivilegeEscalation: set securityContext.allowPrivilegeEscalation to false in every container; ' +
        'capabilities_restricted: set securityContext.capabilities.drop to ["ALL"] in every container (policy "agents"). ' +
        'See: sandgate explain privileged',
    ]);
    expect(at(body, 'details', 'causes', 0, 'field')).toMatch(
      /^spec\.ephemeralContainers\[\d\]\.securityContext\.privileged$/,
    );
  });

  test('runs as the user of its image, where the pod has none for all', async () => {
    const images = ['ghcr.io/kagent-dev/kagent/app:0.10.0-rc.3', 'example.com/app:1'];
    const containers = images.map((image, i) => ({ name: `app-${i}`, image }));
    await expectOk(tenant.client.create(podOf(tenant.namespace, 'mixed', { containers })));
    const image = 'ghcr.io/kagent-dev/kagent/app:0.9.12';
    const reply = await expectOk(debug(tenant, 'mixed', { name: 'agent', image }));
    const { container } = FILLED_IN;
    expect(at(ephemeralContainer(reply, 'agent'), 'securityContext')).toEqual({ ...container, runAsUser: 1001 });
  });

  test('that is safe is let into a pod that violates, with a warning', async () => {
    const { warnings } = await expectOk(debug(old, 'old', { name: 'safe', securityContext: FILLED_IN.container }));
    expect(warnings).toEqual([UNSAFE_WARNING]);
  });

  test('that violates is refused in a pod that violates, for what is new', async () => {
    const { status, body } = await debug(old, 'old', { name: 'unsafe', securityContext: { privileged: true } });
    expect(status).toBe(403);
    expect(body.message).toContain('privileged (container "unsafe" must not set securityContext.privileged=true)');
    expect(body.message).not.toContain('hostPID');
  });
});

function kubectlDebug(...args: readonly string[]): Promise<KubectlResult> {
  const inside = [`--namespace=${tenant.namespace}`, '--image=example.com/debug:1', '--quiet'];
  return plane.kubectl(['debug', 'safe', ...inside, ...args], { user: tenant.user });
}

describe('`kubectl debug`', () => {
  test.each(['restricted', 'baseline', 'legacy'])('with its profile "%s" adds a container', async (profile) => {
    const container = `debug-${profile}`;
    const { code, stderr } = await kubectlDebug(`--profile=${profile}`, `--container=${container}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('rror') as unknown });
    const { body } = await expectOk(tenant.client.get(refOf(podOf(tenant.namespace, 'safe'))));
    const names = listAt(body, 'spec', 'ephemeralContainers').map((one) => at(one, 'name'));
    expect(names).toContain(container);
  });

  test('with its default profile is refused what that adds', async () => {
    const { code, stderr } = await kubectlDebug('--container=general');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile ' +
        'may not work. Please consider using "--custom" with a custom profile that specifies ' +
        '"securityContext.runAsUser: 0".\n' +
        `Error from server (Forbidden): ${REFUSED_BY_US}pods "safe" is forbidden: violates PodSecurity "restricted:latest": ` +
        'unrestricted capabilities (container "general" must not include "SYS_PTRACE" in securityContext.capabilities.add). ' +
        'To fix: capabilities_restricted: remove from securityContext.capabilities.add all but NET_BIND_SERVICE ' +
        '(kubectl debug --profile=restricted asks for no capability) (policy "agents"). See: sandgate explain capabilities_restricted\n',
    });
  });
});

describe('the image of a pod that runs', () => {
  test('is edited without a word', async () => {
    const args = ['set', 'image', `--namespace=${tenant.namespace}`, 'pod/safe', 'app=example.com/app:2'];
    const edited = { code: 0, stdout: 'pod/safe image updated\n', stderr: '' };
    expect(await plane.kubectl(args, { user: tenant.user })).toEqual(edited);
    await expectOk(edit(tenant, 'safe', { initContainers: [{ name: 'init', image: 'example.com/init:2' }] }));
  });

  test('is edited with a warning where the pod violates', async () => {
    const args = ['set', 'image', `--namespace=${old.namespace}`, 'pod/old', 'app=example.com/app:2'];
    expect(await plane.kubectl(args, { user: old.user })).toEqual({
      code: 0,
      stdout: 'pod/old image updated\n',
      stderr: `Warning: ${UNSAFE_WARNING}\n`,
    });
  });
});

describe('the resources of a pod that runs', () => {
  const containers = [{ name: 'app', resources: { requests: { cpu: '1' } } }];

  test('are resized without a word', async () => {
    const { body, warnings } = await expectOk(edit(tenant, 'safe', { containers }, 'resize'));
    expect(at(body, 'spec', 'containers', 0, 'resources', 'requests', 'cpu')).toBe('1');
    expect(warnings).toEqual([]);
  });

  test('are resized with a warning where the pod violates', async () => {
    const { warnings } = await expectOk(edit(old, 'old', { containers }, 'resize'));
    expect(warnings).toEqual([UNSAFE_WARNING]);
  });
});

test('a command is executed in a pod that violates: whether that is allowed is a matter of RBAC', async () => {
  const args = ['exec', `--namespace=${old.namespace}`, '--container=app', 'old', '--', 'true'];
  const { code, stderr } = await plane.kubectl(args, { user: old.user });
  // There is no node here to run it.
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'error: unable to upgrade connection: pod old does not have a host assigned\n',
  });
});

test('a pod is not made unsafe by an edit, since its other fields cannot be edited', async () => {
  const { status, body } = await edit(tenant, 'safe', { hostPID: true });
  expect([status, body.reason]).toEqual([422, 'Invalid']);
  expect(body.message).toContain('spec: Forbidden: pod updates may not change fields other than');
  const { body: bare } = await expectOk(tenant.client.create(podOf(tenant.namespace, 'bare', BARE)));
  const weaker = { securityContext: { runAsNonRoot: false } };
  expect((await edit(tenant, 'bare', weaker)).status).toBe(422);
  expect((await expectOk(tenant.client.get(refOf(bare)))).body.spec).toEqual(bare.spec);
});
