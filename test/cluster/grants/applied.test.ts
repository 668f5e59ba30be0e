// What else touches a granted pod: tools that apply it again, several of them to one pod, a LimitRange, and other webhooks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { found, put } from '../support/change.ts';
import type { GatedCluster } from '../support/gated-cluster.ts';
import { startOtherWebhook } from '../support/other-webhook.ts';
import { SANDBOX, sandboxOf } from '../support/workloads.ts';
import { FORMS } from './forms.ts';
import { startGrantingCluster } from './granting-cluster.ts';
import { ASKS, DAEMON } from './names.ts';
import { makePlace, type Place } from './place.ts';
import { askingPod } from './pods.ts';
import { tierLabels, tierPolicies, without } from './policies.ts';

let cluster: GatedCluster;
let plane: ControlPlane;

beforeAll(async () => {
  const bundles = ['docker', 'nsjail', 'landjail'] as const;
  const documents = without('colliding', tierPolicies());
  cluster = await startGrantingCluster({ bundles, documents });
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

function kubectl({ namespace }: Place, args: readonly string[], stdin = ''): Promise<KubectlResult> {
  return plane.kubectl([...args, `--namespace=${namespace}`], { user: 'alice', groups: ['tenants'], stdin });
}

function sandboxAsking(namespace: string): JsonObject {
  const { spec } = askingPod(namespace);
  const sandbox = sandboxOf(namespace, 'mine', isJsonObject(spec) ? spec : {}, SANDBOX);
  return put({ [ASKS]: 'docker' }, 'metadata', 'annotations')(sandbox);
}

function versionOf({ body }: KubeReply): unknown {
  return at(body, 'metadata', 'resourceVersion');
}

const SIDES: readonly (readonly [string, readonly string[]])[] = [
  ['from the side of kubectl', []],
  ['on the side of the server', ['--server-side', '--field-manager=deployer']],
];
const DOCKER = FORMS.filter(({ className }) => className === 'docker');
const [NSJAIL] = FORMS.filter(({ className }) => className === 'nsjail');

describe.each([...DOCKER, ...(NSJAIL ? [NSJAIL] : [])])('a pod with $className as $implementation', (form) => {
  test('that is applied again is not another, and no tool sees a difference', async () => {
    const place = await makePlace(plane, form.labels);
    const pod = askingPod(place.namespace, { classes: form.className, spec: form.spec });
    const manifest = JSON.stringify(pod);
    for (const [name, flags] of [
      ['mine', []],
      ['other', ['--server-side', '--field-manager=deployer']],
    ] as const) {
      const text = manifest.replace('"name":"mine"', `"name":"${name}"`);
      const apply = ['apply', ...flags, '--filename=-'];
      const first = await kubectl(place, apply, text);
      expect(first).toEqual({ code: 0, stdout: expect.stringContaining(`pod/${name}`) as unknown, stderr: '' });
      const stored = await expectOk(
        place.alice.get({ apiVersion: 'v1', kind: 'Pod', namespace: place.namespace, name }),
      );
      const again = await kubectl(place, apply, text);
      expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
      const diff = await kubectl(place, ['diff', ...flags, '--filename=-'], text);
      expect(diff).toEqual({ code: 0, stdout: '', stderr: '' });
      const now = await expectOk(place.alice.get(refOf(stored.body)));
      expect(versionOf(now)).toBe(versionOf(stored));
    }
  });

  test('is shared by two managers without a conflict', async () => {
    const place = await makePlace(plane, form.labels);
    const pod = askingPod(place.namespace, { classes: form.className, spec: form.spec });
    const { spec: _, ...bare } = put({ 'example.com/team': 'one' }, 'metadata', 'labels')(pod);
    await expectOk(place.alice.apply(pod, { fieldManager: 'deployer' }));
    const labelled = await expectOk(place.alice.apply(bare, { fieldManager: 'labeller' }));
    expect(labelled.warnings).toEqual([]);
    const again = await expectOk(place.alice.apply(pod, { fieldManager: 'deployer' }));
    expect([again.body.spec, again.warnings]).toEqual([labelled.body.spec, []]);
  });
});

describe('a Sandbox with docker', () => {
  test.each(
    SIDES.flatMap(([side, flags]) => (['rootless', 'stored'] as const).map((tier) => [tier, side, flags] as const)),
  )('that is applied again under policy "%s" %s is not another', async (tier, _, flags) => {
    const place = await makePlace(plane, tierLabels(tier));
    const sandbox = sandboxAsking(place.namespace);
    const apply = ['apply', ...flags, '--filename=-'];
    expect((await kubectl(place, apply, JSON.stringify(sandbox))).code).toBe(0);
    const stored = await expectOk(place.alice.get(refOf(sandbox)));
    const daemon = found(stored.body, 'spec', 'podTemplate', ...DAEMON);
    expect(daemon === undefined).toBe(tier === 'rootless');
    for (let round = 0; round < 2; round++) {
      const { code, stderr } = await kubectl(place, apply, JSON.stringify(sandbox));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    const now = await expectOk(place.alice.get(refOf(sandbox)));
    expect(now.body.spec).toEqual(stored.body.spec);
    expect(at(now.body, 'metadata', 'generation')).toBe(at(stored.body, 'metadata', 'generation'));
  });
});

/** What is said to a pod in a namespace with these limits for whoever says none. */
async function limited(limits: JsonObject): Promise<KubeReply> {
  const place = await makePlace(plane, tierLabels('rootless'));
  const { namespace } = place;
  const spec = { limits: [{ type: 'Container', default: limits, defaultRequest: limits }] };
  await expectOk(
    plane.admin.create({ apiVersion: 'v1', kind: 'LimitRange', metadata: { namespace, name: 'all' }, spec }),
  );
  const asking = askingPod(namespace);
  const isKnown = async (): Promise<KubeReply | false> => {
    const reply = await place.alice.create(asking, { dryRun: true });
    if (reply.status !== 201) return reply;
    return at(reply.body, 'spec', 'containers', 0, 'resources', 'limits') !== undefined && reply;
  };
  return await waitFor(isKnown, { within: 30_000, what: 'the LimitRange is known' });
}

describe('under a LimitRange', () => {
  test('of what the class limits itself, the class is left as it is', async () => {
    const { status, body } = await limited({ cpu: '1', memory: '1Gi' });
    expect(status, String(body.message)).toBe(201);
    expect(found(body, ...DAEMON, 'resources', 'limits')).toEqual({
      cpu: '2',
      memory: '4Gi',
      'squat.ai/tun': '1',
    });
  });

  test('of something that the class does not limit, it is let in as well', async () => {
    const { status, body } = await limited({ 'ephemeral-storage': '10Gi' });
    expect(status, String(body.message)).toBe(201);
  });
});

/** Writes a label. */
function labelling(pod: JsonObject): readonly JsonObject[] {
  const labels = at(pod, 'metadata', 'labels');
  return [{ op: 'add', path: '/metadata/labels', value: { ...(isJsonObject(labels) && labels), seen: 'yes' } }];
}

test('a webhook that changes something else has ours asked again, which changes nothing', async () => {
  const place = await makePlace(plane, tierLabels('rootless'));
  const { body: before } = await expectOk(place.alice.create(askingPod(place.namespace), { dryRun: true }));
  const other = await startOtherWebhook(plane, {
    name: 'z-other',
    namespace: place.namespace,
    patch: labelling,
    reinvocationPolicy: 'IfNeeded',
  });
  try {
    const { body } = await expectOk(place.alice.create(askingPod(place.namespace)));
    expect(body.spec).toEqual(before.spec);
    expect(at(body, 'metadata', 'labels')).toEqual({ seen: 'yes' });
    const pods = other.taken();
    expect(pods.map((pod) => found(pod, ...DAEMON, 'name'))).toEqual(pods.map(() => 'docker-daemon'));
  } finally {
    await other.stop();
  }
});

/** Class docker with another image for its daemon, or as it was. */
async function daemonImage(image?: string): Promise<string> {
  const ref = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'CapabilityClass', name: 'docker' };
  const { body } = await expectOk(plane.admin.get(ref));
  const implementations = listAt(body, 'spec', 'implementations');
  const index = implementations.findIndex((one) => at(one, 'name') === 'rootless');
  const containers = listAt(implementations[index], 'template', 'spec', 'initContainers');
  const daemon = containers.findIndex((one) => at(one, 'name') === 'docker-daemon');
  const path = `/spec/implementations/${index}/template/spec/initContainers/${daemon}/image`;
  if (image !== undefined) await expectOk(plane.admin.patch(ref, [{ op: 'replace', path, value: image }], 'json'));
  return String(at(containers[daemon], 'image'));
}

describe.each(['rootless', 'stored'] as const)('after class docker was upgraded, under policy "%s"', (tier) => {
  const upgraded = `example.com/docker:next@sha256:${'1'.repeat(64)}`;
  let before: string;
  let place: Place;

  beforeAll(async () => {
    place = await makePlace(plane, tierLabels(tier));
    for (const [name] of SANDBOXES) {
      const sandbox = put(name, 'metadata', 'name')(sandboxAsking(place.namespace));
      expect((await kubectl(place, ['apply', '--filename=-'], JSON.stringify(sandbox))).code).toBe(0);
    }
    before = await daemonImage(upgraded);
    const isKnown = async (): Promise<boolean> => {
      const { body } = await expectOk(place.alice.create(askingPod(place.namespace), { dryRun: true }));
      return found(body, ...DAEMON, 'image') === upgraded;
    };
    await waitFor(isKnown, { within: 30_000, what: 'the new image is known' });
  });

  afterAll(async () => {
    await daemonImage(before);
  });

  /** The pod that a controller makes of the Sandbox, by a service account that may use the class. */
  async function imageOfItsPod(name: string): Promise<unknown> {
    const { body } = await expectOk(
      place.alice.get(refOf(put(name, 'metadata', 'name')(sandboxAsking(place.namespace)))),
    );
    const template = at(body, 'spec', 'podTemplate');
    const pod = { apiVersion: 'v1', kind: 'Pod', ...(isJsonObject(template) ? template : {}) };
    const named = put(place.namespace, 'metadata', 'namespace')(put(`${name}-pod`, 'metadata', 'name')(pod));
    const reply = await expectOk(place.alice.create(named, { dryRun: true }));
    return found(reply.body, ...DAEMON, 'image');
  }

  const SANDBOXES: readonly (readonly [string, (name: string) => Promise<KubectlResult>])[] = [
    [
      'applied',
      (name) => {
        const sandbox = put(name, 'metadata', 'name')(sandboxAsking(place.namespace));
        return kubectl(place, ['apply', '--filename=-'], JSON.stringify(sandbox));
      },
    ],
    [
      'applied-by-server',
      (name) => {
        const sandbox = put(name, 'metadata', 'name')(sandboxAsking(place.namespace));
        const flags = ['--server-side', '--field-manager=deployer', '--force-conflicts'];
        return kubectl(place, ['apply', ...flags, '--filename=-'], JSON.stringify(sandbox));
      },
    ],
    ['labelled', (name) => kubectl(place, ['label', 'sandbox.agents.x-k8s.io', name, 'a=b'])],
    [
      'suspended',
      async (name) => {
        const patch = (mode: string): Promise<KubectlResult> =>
          kubectl(place, [
            'patch',
            'sandbox.agents.x-k8s.io',
            name,
            '--type=merge',
            `--patch={"spec":{"operatingMode":"${mode}"}}`,
          ]);
        await patch('Suspended');
        return await patch('Running');
      },
    ],
  ];

  test.each(SANDBOXES)('a Sandbox that is %s goes on, and its next pod has the new image', async (name, change) => {
    const { code, stderr } = await change(name);
    expect(code, stderr).toBe(0);
    expect(await imageOfItsPod(name)).toBe(upgraded);
  });

  test('a Sandbox that does not ask for it any more is let go on without', async () => {
    const [[name] = ['']] = SANDBOXES;
    const args = ['annotate', 'sandbox.agents.x-k8s.io', name, `${ASKS}-`];
    expect((await kubectl(place, args)).code).toBe(0);
    const path = `--patch=[{"op":"remove","path":"/spec/podTemplate/metadata/annotations"}]`;
    const { code, stderr } = await kubectl(place, ['patch', 'sandbox.agents.x-k8s.io', name, '--type=json', path]);
    expect(code, stderr).toBe(0);
    expect(await imageOfItsPod(name)).toBeUndefined();
  });
});
