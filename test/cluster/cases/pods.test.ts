// Pods as a tenant creates them: completed where they say nothing, kept as they are where they say something.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { type KubeClient, refOf } from '../control-plane/kube-client.ts';
import { agentsPolicy, type GatedCluster, policyOf, startGatedCluster } from '../support/gated-cluster.ts';
import { reviewed } from '../support/sandgate.ts';
import { createTenant } from '../support/tenants.ts';
import { BARE, FILLED_IN, podOf } from '../support/workloads.ts';

const KATA_TIER = { 'sandgate.dev/tier': 'kata' };

let cluster: GatedCluster;
let plane: ControlPlane;
let alice: KubeClient;
let namespace: string;

beforeAll(async () => {
  const kata = policyOf('kata', {
    match: { namespaceSelector: { matchLabels: KATA_TIER } },
    runtime: { default: 'kata-qemu' },
  });
  cluster = await startGatedCluster({ policies: [agentsPolicy(), kata] });
  plane = cluster.plane;
  ({ client: alice, namespace } = await createTenant(plane));
});

afterAll(async () => {
  await cluster?.stop();
});

async function namespaceOf(labels: Readonly<Record<string, string>>): Promise<string> {
  return (await createTenant(plane, labels)).namespace;
}

/** The spec without security contexts, and with the token volume under a name that is always the same. */
function withoutSecurity(body: JsonObject): unknown {
  const text = JSON.stringify(body.spec).replaceAll(/kube-api-access-\w+/g, 'kube-api-access');
  return JSON.parse(text, (key, value: unknown) => (key === 'securityContext' ? undefined : value));
}

describe('a pod that says nothing about security', () => {
  test('is completed and created, and nothing else of it is changed', async () => {
    const { body, warnings } = await expectOk(alice.create(podOf(namespace, 'bare')));
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    expect(at(body, 'spec', 'containers', 0, 'securityContext')).toEqual(FILLED_IN.container);
    expect(warnings).toEqual([]);
    const stored = await expectOk(alice.get(refOf(body)));
    expect(stored.body.spec).toEqual(body.spec);

    const elsewhere = await namespaceOf({});
    const ungated = await expectOk(alice.create(podOf(elsewhere, 'bare')));
    expect(at(ungated.body, 'spec', 'securityContext')).toEqual({});
    expect(withoutSecurity(body)).toEqual(withoutSecurity(ungated.body));
  });

  test('is created by `kubectl run` without a word', async () => {
    const run = ['run', 'ran', '--image=example.com/app:1', `--namespace=${namespace}`];
    expect(await plane.kubectl(run, { user: 'alice' })).toEqual({ code: 0, stdout: 'pod/ran created\n', stderr: '' });
  });

  test('runs each container as the user of its image', async () => {
    const spec = {
      initContainers: [{ name: 'skills', image: 'ghcr.io/kagent-dev/kagent/skills-init:0.9.12' }],
      containers: [
        { name: 'agent', image: 'ghcr.io/kagent-dev/kagent/app:0.10.0-rc.3' },
        { name: 'old', image: 'ghcr.io/kagent-dev/kagent/app:0.9.12' },
        { name: 'other', image: 'example.com/app:1' },
      ],
    };
    const { body } = await expectOk(alice.create(podOf(namespace, 'images', spec)));
    const userOf = (list: string, index: number): unknown =>
      at(body, 'spec', list, index, 'securityContext', 'runAsUser') ?? at(body, 'spec', 'securityContext', 'runAsUser');
    expect(userOf('initContainers', 0)).toBe(1001);
    expect([0, 1, 2].map((index) => userOf('containers', index))).toEqual([65532, 1001, 1000]);
  });

  test('gets no field that Windows does not know', async () => {
    const { body } = await expectOk(alice.create(podOf(namespace, 'windows', { ...BARE, os: { name: 'windows' } })));
    expect(at(body, 'spec', 'securityContext')).toEqual({ runAsNonRoot: true });
    expect(at(body, 'spec', 'containers', 0, 'securityContext')).toBeUndefined();
  });

  test('gets its name from the server, which we do not know when we complete it and know when we judge it', async () => {
    const { body } = await expectOk(
      alice.create(podOf(namespace, '', BARE, { name: undefined, generateName: 'gen-' })),
    );
    const name = String(at(body, 'metadata', 'name'));
    expect(name).toMatch(/^gen-\w{5}$/);
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    await reviewed(cluster.sandgate, { namespace, webhook: 'mutate', name: 'gen-*', verdict: 'allowed' });
    await reviewed(cluster.sandgate, { namespace, webhook: 'validate', name, verdict: 'allowed' });
  });
});

describe('what a user wrote', () => {
  test('is kept, and only the rest is filled in', async () => {
    const pod = {
      runAsUser: 4711,
      fsGroup: 2000,
      seccompProfile: { type: 'Localhost', localhostProfile: 'mine.json' },
    };
    const container = { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }, readOnlyRootFilesystem: true };
    const containers = [{ name: 'app', image: 'example.com/app:1', securityContext: container }];
    const { body } = await expectOk(alice.create(podOf(namespace, 'kept', { securityContext: pod, containers })));
    const filled = { runAsNonRoot: true, fsGroupChangePolicy: 'OnRootMismatch' };
    expect(at(body, 'spec', 'securityContext')).toEqual({ ...pod, ...filled });
    const expected = { ...container, allowPrivilegeEscalation: false };
    expect(at(body, 'spec', 'containers', 0, 'securityContext')).toEqual(expected);
  });
});

describe('the RuntimeClass that a policy fills in', () => {
  const overhead = { cpu: '250m', memory: '160Mi' };
  const nodeSelector = { 'example.com/kata': 'yes' };
  const toleration = { key: 'kata', operator: 'Exists' };

  test('has to exist: the server says so', async () => {
    const { status, body } = await alice.create(podOf(await namespaceOf(KATA_TIER), 'early'));
    const says = 'pods "early" is forbidden: pod rejected: RuntimeClass "kata-qemu" not found';
    expect([status, body.message]).toEqual([403, says]);
  });

  test('brings its overhead and its place with it', async () => {
    const scheduling = { nodeSelector, tolerations: [toleration] };
    await createRuntimeClass('kata-qemu', { overhead: { podFixed: overhead }, scheduling });
    const { body } = await expectOk(alice.create(podOf(await namespaceOf(KATA_TIER), 'kata')));
    expect(body.spec).toMatchObject({ runtimeClassName: 'kata-qemu', overhead, nodeSelector });
    expect(at(body, 'spec', 'tolerations')).toContainEqual(toleration);
  });

  test('leaves the one that a user names', async () => {
    await createRuntimeClass('mine', {});
    const spec = { ...BARE, runtimeClassName: 'mine' };
    const { body } = await expectOk(alice.create(podOf(await namespaceOf(KATA_TIER), 'kept', spec)));
    expect(at(body, 'spec', 'runtimeClassName')).toBe('mine');
    expect(at(body, 'spec', 'overhead')).toBeUndefined();
  });
});

async function createRuntimeClass(name: string, rest: JsonObject): Promise<void> {
  const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
  await expectOk(plane.admin.create({ ...runtimeClass, ...rest }));
}
