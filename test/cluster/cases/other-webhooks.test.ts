// Mutating webhooks of others, before and after ours: what they add is completed, what they take away is noticed.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { type OtherWebhook, type OtherWebhookOptions, startOtherWebhook } from '../support/other-webhook.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import { FILLED_IN, podOf, REFUSED_BY_US } from '../support/workloads.ts';

let cluster: GatedCluster;
let plane: ControlPlane;

beforeAll(async () => {
  cluster = await startGatedCluster({ audit: true });
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

/** A namespace, and a webhook for its pods, until the test is over. */
async function withWebhook(options: Omit<OtherWebhookOptions, 'namespace'>): Promise<[Tenant, OtherWebhook]> {
  const tenant = await createTenant(plane);
  const webhook = await startOtherWebhook(plane, { ...options, namespace: tenant.namespace });
  onTestFinished(() => webhook.stop());
  return [tenant, webhook];
}

const SIDECAR = { name: 'proxy', image: 'example.com/proxy:1' };
const INIT = { name: 'iptables', image: 'example.com/iptables:1' };

/** As service meshes do: a sidecar, and an init container in front of all others. */
function addContainers(pod: JsonObject): readonly JsonObject[] {
  if (listAt(pod, 'spec', 'containers').some((container) => at(container, 'name') === SIDECAR.name)) return [];
  return [
    { op: 'add', path: '/spec/containers/-', value: SIDECAR },
    { op: 'add', path: '/spec/initContainers', value: [INIT] },
  ];
}

const SECURITY_CONTEXT = '/spec/containers/0/securityContext';

describe('containers that another webhook adds', () => {
  // In the order of the alphabet: `sandgate` is in between.
  test.each([
    { when: 'before', name: 'adder' },
    { when: 'after', name: 'zealous-adder' },
  ])('$when us are completed, too', async ({ when, name }) => {
    const [{ client, namespace }, webhook] = await withWebhook({ name, patch: addContainers });
    const { body, warnings } = await expectOk(client.create(podOf(namespace, 'meshed')));
    const contexts = [...listAt(body, 'spec', 'initContainers'), ...listAt(body, 'spec', 'containers')].map(
      (container) => [at(container, 'name'), at(container, 'securityContext')],
    );
    expect(contexts).toEqual([
      [INIT.name, FILLED_IN.container],
      ['app', FILLED_IN.container],
      [SIDECAR.name, FILLED_IN.container],
    ]);
    expect(warnings).toEqual([]);
    const [seen] = webhook.taken();
    expect(at(seen, 'spec', 'containers', 0, 'securityContext')).toEqual(
      when === 'before' ? undefined : FILLED_IN.container,
    );
  });

  test('after us are judged, where they are unsafe', async () => {
    const unsafe = { ...SIDECAR, securityContext: { capabilities: { add: ['NET_ADMIN'] } } };
    const add = { op: 'add', path: '/spec/containers/-', value: unsafe };
    const patch = (pod: JsonObject): readonly JsonObject[] =>
      listAt(pod, 'spec', 'containers').length > 1 ? [] : [add];
    const [{ client, namespace }] = await withWebhook({ name: 'zealous-adder', patch });
    const { status, body } = await client.create(podOf(namespace, 'meshed'));
    expect([status, body.message]).toEqual([
      403,
      `${REFUSED_BY_US}pods "meshed" is forbidden: violates PodSecurity "restricted:latest": ` +
        'unrestricted capabilities (container "proxy" must not include "NET_ADMIN" in securityContext.capabilities.add). ' +
        'To fix: capabilities_restricted: remove from securityContext.capabilities.add all but NET_BIND_SERVICE (policy "agents"). See: sandgate explain capabilities_restricted',
    ]);
  });
});

test('the audit log says which round changed a pod, and of our annotations it keeps those of the first', async () => {
  const [{ client, namespace }] = await withWebhook({ name: 'zealous-adder', patch: addContainers });
  await expectOk(client.create(podOf(namespace, 'logged')));
  const isIt = (event: JsonObject): boolean =>
    at(event, 'objectRef', 'namespace') === namespace && at(event, 'objectRef', 'name') === 'logged';
  const logged = async (): Promise<JsonObject | undefined> => (await plane.auditEvents()).find(isIt);
  const event = await waitFor(logged, { within: 10_000, what: 'the audit log has the pod' });
  const round = (index: string): unknown =>
    JSON.parse(String(at(event, 'annotations', `mutation.webhook.admission.k8s.io/${index}`)));
  const ours = { configuration: 'sandgate', webhook: 'workloads.mutate.sandgate.dev', mutated: true };
  expect([round('round_0_index_0'), round('round_1_index_0')]).toEqual([ours, ours]);
  // The server takes each key once, and ours are the same in both rounds.
  const injected = String(at(event, 'annotations', 'workloads.mutate.sandgate.dev/injected'));
  expect(injected).toContain('spec.containers[0].securityContext.allowPrivilegeEscalation=false');
  expect(injected).not.toContain('spec.containers[1]');
});

const ASK_ABOUT_WEBHOOKS =
  'try again; if that goes on, ask an administrator whether the mutating webhook runs and is registered (it fails open), ' +
  'and whether another webhook takes these fields away';

/** Takes away whatever it finds of what we fill in and the standard asks for. */
function takeAway(pod: JsonObject): readonly JsonObject[] {
  if (at(pod, 'spec', 'containers', 0, 'securityContext') === undefined) return [];
  return [
    { op: 'remove', path: SECURITY_CONTEXT },
    { op: 'remove', path: '/spec/securityContext/seccompProfile' },
  ];
}

function takeGroupAway(pod: JsonObject): readonly JsonObject[] {
  const path = '/spec/securityContext/fsGroup';
  return at(pod, 'spec', 'securityContext', 'fsGroup') === undefined ? [] : [{ op: 'remove', path }];
}

describe('what another webhook takes away after us', () => {
  test('is filled in again, for we are asked again', async () => {
    const [{ client, namespace }, webhook] = await withWebhook({ name: 'zapper', patch: takeAway });
    const { body } = await expectOk(client.create(podOf(namespace, 'zapped')));
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    expect(at(body, 'spec', 'containers', 0, 'securityContext')).toEqual(FILLED_IN.container);
    expect(webhook.taken()).toHaveLength(1);
  });

  test('again, after we have filled it in again, is refused: validation sees what is left', async () => {
    const options = { name: 'zapper', patch: takeAway, reinvocationPolicy: 'IfNeeded' } as const;
    const [{ client, namespace }, webhook] = await withWebhook(options);
    const { status, body } = await client.create(podOf(namespace, 'zapped'));
    expect([status, body.message]).toEqual([
      403,
      `${REFUSED_BY_US}pods "zapped" is forbidden: violates IsolationPolicy "agents": not filled in (` +
        'spec.containers[0].securityContext.allowPrivilegeEscalation=false, ' +
        'spec.containers[0].securityContext.capabilities.drop=["ALL"], ' +
        'spec.securityContext.seccompProfile.type="RuntimeDefault"). ' +
        `To fix: filledIn: ${ASK_ABOUT_WEBHOOKS} (policy "agents"). See: sandgate explain filledIn`,
    ]);
    expect(webhook.taken()).toHaveLength(2);
  });

  test('is refused also where no level of the standard asks for it, but the policy does', async () => {
    const options = { name: 'zapper', patch: takeGroupAway, reinvocationPolicy: 'IfNeeded' } as const;
    const [{ client, namespace }] = await withWebhook(options);
    const { status, body } = await client.create(podOf(namespace, 'zapped'));
    const says = 'not filled in (spec.securityContext.fsGroup=1000)';
    expect([status, body.message]).toEqual([
      403,
      `${REFUSED_BY_US}pods "zapped" is forbidden: violates IsolationPolicy "agents": ${says}. ` +
        `To fix: filledIn: ${ASK_ABOUT_WEBHOOKS} (policy "agents"). See: sandgate explain filledIn`,
    ]);
    const cause = { reason: 'FieldValueForbidden', message: says, field: 'spec.securityContext.fsGroup' };
    expect(at(body, 'details', 'causes')).toEqual([cause]);
  });
});

function weaken(): readonly JsonObject[] {
  return [
    { op: 'add', path: SECURITY_CONTEXT, value: { privileged: true } },
    { op: 'add', path: '/spec/hostNetwork', value: true },
  ];
}

function weakenAndMark(): readonly JsonObject[] {
  return [{ op: 'add', path: '/metadata/annotations', value: { 'sandgate.dev/status': 'injected' } }, ...weaken()];
}

describe('what another webhook makes unsafe', () => {
  test.each(['attacker', 'zealous-attacker'])('is refused, where it is called %s', async (name) => {
    const [{ client, namespace }] = await withWebhook({ name, patch: weaken });
    const { status, body } = await client.create(podOf(namespace, 'weak'));
    expect(status).toBe(403);
    expect(listAt(body, 'details', 'causes').map((cause) => at(cause, 'field'))).toEqual([
      'spec.hostNetwork',
      'spec.containers[0].securityContext.privileged',
      'spec.containers[0].securityContext.allowPrivilegeEscalation',
      'spec.containers[0].securityContext.capabilities.drop',
    ]);
  });

  test('that it also marks as completed by us is refused', async () => {
    const [{ client, namespace }] = await withWebhook({ name: 'attacker', patch: weakenAndMark });
    expect((await client.create(podOf(namespace, 'marked'))).status).toBe(403);
  });
});
