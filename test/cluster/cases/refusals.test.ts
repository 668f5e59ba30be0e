// Unsafe pods: what their users read, from kubectl, from a client library and in a Warning header; and what a tenant tries in vain.
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import type { KubeClient } from '../control-plane/kube-client.ts';
import {
  agentsPolicy,
  type GatedCluster,
  startGatedCluster,
  WARNED_TIER,
  warningPolicy,
} from '../support/gated-cluster.ts';
import { createTenant } from '../support/tenants.ts';
import { BARE, podOf, REFUSED_BY_US, UNSAFE, UNSAFE_WARNING, unsafeRefusal } from '../support/workloads.ts';

let cluster: GatedCluster;
let plane: ControlPlane;
let alice: KubeClient;
let namespace: string;

beforeAll(async () => {
  cluster = await startGatedCluster({ policies: [agentsPolicy(), warningPolicy()] });
  plane = cluster.plane;
  ({ client: alice, namespace } = await createTenant(plane));
});

afterAll(async () => {
  await cluster?.stop();
});

const PRIVILEGED: JsonObject = {
  ...UNSAFE,
  containers: [
    { name: 'app', image: 'example.com/app:1', securityContext: { privileged: true } },
    { name: 'sidecar', image: 'example.com/app:1', ports: [{ containerPort: 80, hostPort: 8080 }] },
  ],
};
const PRIVILEGED_REFUSAL =
  `${REFUSED_BY_US}pods "unsafe" is forbidden: violates PodSecurity "restricted:latest": ` +
  'host namespaces (hostPID=true), ' +
  'hostPort (container "sidecar" uses hostPort 8080), ' +
  'privileged (container "app" must not set securityContext.privileged=true), ' +
  'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]). ' +
  'To fix: hostNamespaces: remove hostNetwork, hostPID, and hostIPC, or set them to false; ' +
  'hostPorts: remove ports[*].hostPort and reach the pod through a Service; ' +
  'privileged: remove securityContext.privileged, or set it to false; ' +
  'allowPrivilegeEscalation: set securityContext.allowPrivilegeEscalation to false in every container; ' +
  'capabilities_restricted: set securityContext.capabilities.drop to ["ALL"] in every container (policy "agents"). ' +
  'See: sandgate explain hostNamespaces';

function cause(field: string, message: string): object {
  return { reason: 'FieldValueForbidden', message, field };
}

describe('an unsafe pod is refused', () => {
  test('by kubectl, in these words', async () => {
    const stdin = JSON.stringify(podOf(namespace, 'unsafe', PRIVILEGED));
    expect(await plane.kubectl(['create', '--filename=-'], { stdin, user: 'alice' })).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error from server (Forbidden): error when creating "STDIN": ${PRIVILEGED_REFUSAL}\n`,
    });
    expect((await alice.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: 'unsafe' })).status).toBe(404);
  });

  test('as a Status with a cause for each field', async () => {
    const { status, body, warnings } = await alice.create(podOf(namespace, 'unsafe', PRIVILEGED));
    const context = 'spec.containers[0].securityContext';
    expect(status).toBe(403);
    expect(body).toEqual({
      apiVersion: 'v1',
      kind: 'Status',
      metadata: {},
      status: 'Failure',
      reason: 'Forbidden',
      code: 403,
      message: PRIVILEGED_REFUSAL,
      details: {
        name: 'unsafe',
        kind: 'pods',
        causes: [
          cause('spec.hostPID', 'host namespaces (hostPID=true)'),
          cause('spec.containers[1].ports[0].hostPort', 'hostPort (container "sidecar" uses hostPort 8080)'),
          cause(`${context}.privileged`, 'privileged (container "app" must not set securityContext.privileged=true)'),
          cause(
            `${context}.allowPrivilegeEscalation`,
            'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
          ),
          cause(
            `${context}.capabilities.drop`,
            'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])',
          ),
        ],
      },
    });
    expect(warnings).toEqual([]);
  });

  test('through a client library, with the same Status', async () => {
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig({ user: 'alice' }));
    const pod = { metadata: { name: 'library' }, spec: { ...UNSAFE, containers: [{ name: 'app', image: 'a' }] } };
    const failure: unknown = await config
      .makeApiClient(CoreV1Api)
      .createNamespacedPod({ namespace, body: pod })
      .catch((error: unknown) => error);
    if (!(failure instanceof ApiException)) throw new Error('expected an ApiException');
    const raw: unknown = failure.body;
    const status: unknown = typeof raw === 'string' ? JSON.parse(raw) : raw;
    expect(failure.code).toBe(403);
    expect(status).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      message: unsafeRefusal('pods', 'library'),
      details: { name: 'library', kind: 'pods', causes: [{ field: 'spec.hostPID' }] },
    });
  });

  test('for a value that its user wrote: that is not overwritten', async () => {
    const { body } = await alice.create(podOf(namespace, 'root', { ...BARE, securityContext: { runAsUser: 0 } }));
    expect(body.message).toBe(
      `${REFUSED_BY_US}pods "root" is forbidden: violates PodSecurity "restricted:latest": ` +
        'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), ' +
        'runAsUser=0 (pod must not set runAsUser=0). ' +
        "To fix: runAsNonRoot: set the pod's securityContext.runAsNonRoot to true, and let no container set it to false; " +
        'runAsUser: remove securityContext.runAsUser, or set it to another user than 0 (policy "agents"). See: sandgate explain runAsNonRoot',
    );
  });

  test('under the name that the server has made for it', async () => {
    const { body } = await alice.create(podOf(namespace, '', UNSAFE, { name: undefined, generateName: 'gen-' }));
    const name = String(at(body, 'details', 'name'));
    expect(name).toMatch(/^gen-\w{5}$/);
    expect(body.message).toBe(unsafeRefusal('pods', name));
  });
});

describe('a tenant who wants out is refused', () => {
  const owner = { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', name: 'a', uid: 'b', controller: true };

  test.each([
    { what: 'a mirror pod, which only nodes make', annotations: { 'kubernetes.io/config.mirror': 'a' }, nodeName: 'n' },
    { what: 'a mark that says it has been completed', annotations: { 'sandgate.dev/status': 'injected' } },
    { what: 'the pod of a Sandbox', ownerReferences: [owner], labels: { 'agents.x-k8s.io/sandbox-name-hash': 'a' } },
    { what: 'a pod of kube-system, by its priority', priorityClassName: 'system-node-critical' },
  ])('a tenant does not get out with $what', async ({ what: _what, nodeName, priorityClassName, ...metadata }) => {
    const spec = { ...UNSAFE, ...(nodeName && { nodeName }), ...(priorityClassName && { priorityClassName }) };
    const { body } = await alice.create(podOf(namespace, 'escape', spec, metadata));
    expect(body.message).toBe(unsafeRefusal('pods', 'escape'));
  });

  test('with `kubectl debug` of a node', async () => {
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } }));
    const image = ['--image=example.com/debug:1', '--profile=sysadmin', '--quiet'];
    // Even where RBAC lets them: here the admin is asking.
    const { code, stderr } = await plane.kubectl(['debug', 'node/node-1', `--namespace=${namespace}`, ...image]);
    expect(code).toBe(1);
    const name = /pods "(node-debugger-node-1-\w+)"/.exec(stderr)?.[1];
    expect(stderr).toContain(`${REFUSED_BY_US}pods "${name}" is forbidden: violates PodSecurity "restricted:latest": `);
    expect(stderr).toContain('host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)');
    expect(stderr).toContain('volume "host-root" uses restricted volume type "hostPath"');
  });
});

async function warnedNamespace(): Promise<string> {
  return (await createTenant(plane, WARNED_TIER)).namespace;
}

describe('of a thousand unsafe containers', () => {
  const containers = Array.from({ length: 1000 }, (_, index) => ({
    name: `container-${index}`,
    image: 'example.com/app:1',
    securityContext: { privileged: true },
  }));

  test('a refusal says what fits, and ends with what to do', async () => {
    const { body } = await alice.create(podOf(namespace, 'many', { containers }));
    const message = String(body.message);
    expect(message).toMatch(
      / "many" is forbidden: violates PodSecurity "restricted:latest": privileged \(containers "con/,
    );
    expect(message).toMatch(/…[^…]*\. To fix: privileged: .* \(policy "agents"\)\. See: sandgate explain privileged$/);
    expect(message.length).toBeLessThan(8300);
    expect(at(body, 'details', 'causes')).toHaveLength(100);
  });

  test('a warning says what fits', async () => {
    const pod = podOf(await warnedNamespace(), 'many', { containers });
    const { warnings } = await expectOk(alice.create(pod));
    expect(warnings).toEqual([
      expect.stringMatching(/^would violate PodSecurity "restricted:latest": privileged .*…$/),
    ]);
  });
});

describe('where a policy only warns, an unsafe pod is created', () => {
  const says = UNSAFE_WARNING.replace(
    'host namespaces (hostPID=true)',
    'host namespaces (hostPID=true), ' +
      'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), ' +
      'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), ' +
      'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), ' +
      'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );

  test('with a Warning header', async () => {
    const { warnings } = await expectOk(alice.create(podOf(await warnedNamespace(), 'warned', UNSAFE)));
    expect(warnings).toEqual([says]);
  });

  test('whose warning kubectl prints', async () => {
    const stdin = JSON.stringify(podOf(await warnedNamespace(), 'warned', UNSAFE));
    expect(await plane.kubectl(['apply', '--filename=-'], { stdin, user: 'alice' })).toEqual({
      code: 0,
      stdout: 'pod/warned created\n',
      stderr: `Warning: ${says}\n`,
    });
  });
});
