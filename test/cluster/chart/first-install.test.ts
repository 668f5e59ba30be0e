// A first install that does not work refuses nothing, and says why. Each failure is tried twice: with the webhooks registered by
// the chart, which is what charts commonly do, and by the server.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { find, NAMESPACE, template } from '../../chart/rendered.ts';
import { folderWith, sandgate } from '../../cli/console.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { deleteDefinitions, install, RELEASE, uninstall } from './release.ts';
import {
  localArguments,
  makeTls,
  type Replica,
  routeTo,
  SECRET_WITH_CA,
  startReplica,
  type TlsSecret,
  untilReplicaReady,
} from './replicas.ts';

const CONFIGURATIONS = ['Mutating', 'Validating'].map((kind) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  name: RELEASE,
}));

let plane: ControlPlane;
let tenants: string;
let tls: TlsSecret;
let started: Replica[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, services: true });
  tenants = await createNamespace(plane);
  tls = await makeTls();
});

afterAll(async () => {
  await plane?.stop();
});

afterEach(async () => {
  for (const replica of started) await replica.kill();
  started = [];
  await uninstall(plane);
  await deleteDefinitions(plane);
  await waitFor(async () => !(await isRegistered()), { within: 30_000, what: 'no webhook is registered' });
});

/** What the chart is told where it is to register the webhooks: the CA has to be among its values. */
function byChart(...args: readonly string[]): readonly string[] {
  const folder = folderWith({ 'ca.crt': tls.ca });
  const ca = `--set-file=certificates.existingSecret.caBundle=${folder}/ca.crt`;
  return [...SECRET_WITH_CA, '--set=webhooks.registration=Chart', ca, ...args];
}

async function start(secret: TlsSecret = tls): Promise<Replica> {
  const replica = await startReplica(plane, secret);
  started.push(replica);
  return replica;
}

/** Why a pod of a tenant is refused; undefined where it is not. */
async function refusal(): Promise<string | undefined> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', namespace: tenants },
    spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
  };
  const { status, body } = await plane.admin.create(pod, { dryRun: true });
  return status === 201 ? undefined : String(body.message);
}

async function isRegistered(): Promise<boolean> {
  const found = await Promise.all(CONFIGURATIONS.map((ref) => plane.admin.get(ref)));
  return found.some(({ status, body }) => status === 200 && listAt(body, 'webhooks').some((one) => !isReachable(one)));
}

/** The entry that judges nothing. */
function isReachable(webhook: unknown): boolean {
  return String(at(webhook, 'name')).startsWith('reachable.');
}

/** What the pod of `helm test` says, and its exit code. */
async function helmTest(args: readonly string[]): Promise<{ readonly code: number; readonly says: string }> {
  const pod = find(await template(args, { hooks: true }), 'Pod');
  const command = listAt(pod, 'spec', 'containers', 0, 'args').map(String);
  const local = (await localArguments(plane, command)).map((arg) => arg.replace(/^--wait=.*/, '--wait=0'));
  const { code, stdout, stderr } = await sandgate(folderWith({}), local);
  return { code, says: stdout + stderr };
}

/** The warnings about the Deployment. */
async function warnings(): Promise<readonly string[]> {
  const { body } = await expectOk(
    plane.admin.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: NAMESPACE, fieldSelector: 'type=Warning' }),
  );
  return listAt(body, 'items')
    .filter((event) => at(event, 'involvedObject', 'kind') === 'Deployment')
    .map((event) => `${String(at(event, 'reason'))}: ${String(at(event, 'message'))}`);
}

async function untilRefused(): Promise<string> {
  return await waitFor(refusal, { within: 60_000, what: 'pods are refused' });
}

describe('an image that is never pulled', () => {
  test('refuses every pod where the chart registers the webhooks', async () => {
    await install(plane, byChart());
    expect(await untilRefused()).toContain('failed calling webhook "workloads.validate.sandgate.dev"');
    const { code, says } = await helmTest(byChart());
    expect([code, says]).toEqual([
      1,
      expect.stringContaining(
        'the webhooks are registered, so what they are about is refused while the API server does not reach Sandgate: ',
      ),
    ]);
  });

  test('refuses nothing where the server registers them, and helm test says what is wrong', async () => {
    const notes = await install(plane, SECRET_WITH_CA);
    expect(notes).toContain('Nothing is refused before the API server has reached Sandgate');
    expect(await isRegistered()).toBe(false);
    expect(await refusal()).toBeUndefined();
    const { code, says } = await helmTest(SECRET_WITH_CA);
    expect(code).toBe(1);
    expect(says).toContain('the API server does not ask Sandgate, so nothing is judged, and nothing is refused');
    expect(says).toContain('of the Deployment sandgate/sandgate 0 of 2 pods are ready');
  });
});

describe('a certificate that does not name the Service', () => {
  test('refuses every pod where the chart registers the webhooks', async () => {
    await install(plane, byChart());
    const wrong = await makeTls('other.sandgate.svc');
    await routeTo(plane, [await start({ ...wrong, ca: tls.ca })]);
    expect(await untilRefused()).toContain('failed calling webhook');
  });

  test('refuses nothing where the server registers them; log, events, probe and helm test say why', async () => {
    await install(plane, SECRET_WITH_CA);
    const replica = await start(await makeTls('other.sandgate.svc'));
    await routeTo(plane, [replica]);
    await untilReplicaReady(replica);
    const why = 'the certificate does not name sandgate.sandgate.svc, which the API server asks for (it names';
    await waitFor(() => replica.lines('webhooks not registered').length > 0, { within: 60_000, what: 'it is logged' });
    expect(replica.lines('webhooks not registered')[0]?.problem).toContain(why);
    expect((await replica.readyz()).text).toContain(`[+]webhooks ok: not registered: ${why}`);
    await waitFor(async () => (await warnings()).length > 0, { within: 30_000, what: 'there is an event' });
    expect((await warnings())[0]).toContain(
      `WebhooksNotRegistered: The webhooks are not registered, so that nothing is judged`,
    );
    expect(await refusal()).toBeUndefined();
    const { code, says } = await helmTest(SECRET_WITH_CA);
    expect([code, says]).toEqual([1, expect.stringContaining(why)]);
  });
});

test('a certificate of another CA than the API server is told of refuses nothing, until the right one is there', async () => {
  await install(plane, SECRET_WITH_CA);
  const stranger = await makeAuthority('somebody else');
  const replica = await start({ ...tls, ca: stranger.cert });
  await routeTo(plane, [replica]);
  await waitFor(async () => (await replica.readyz()).text.includes('does not vouch for the certificate'), {
    within: 60_000,
    what: 'it is said',
  });
  expect(await refusal()).toBeUndefined();
  replica.mountTls(tls);
  await waitFor(isRegistered, { within: 60_000, what: 'the webhooks are registered' });
});

test('an API server that cannot reach the pods is told nothing, and its own words say why', async () => {
  await install(plane, SECRET_WITH_CA);
  const replica = await start();
  // No route: a firewall, a network without a way to pods, a NetworkPolicy.
  await routeTo(plane, []);
  await waitFor(() => replica.lines('webhooks not registered').length > 0, { within: 60_000, what: 'it is logged' });
  expect(replica.lines('webhooks not registered')[0]?.problem).toMatch(
    /^the API server does not reach sandgate\.sandgate\.svc: Post "https:\/\/sandgate\.sandgate\.svc:443\/reachable\?timeout=5s": .*503/,
  );
  expect(await refusal()).toBeUndefined();
  const { code, says } = await helmTest(SECRET_WITH_CA);
  expect([code, says]).toEqual([
    1,
    expect.stringContaining('the API server does not reach Sandgate: Post "https://sandgate'),
  ]);

  await routeTo(plane, [replica]);
  await waitFor(isRegistered, { within: 60_000, what: 'the webhooks are registered' });
  expect((await helmTest(SECRET_WITH_CA)).says).toMatch(
    /^Sandgate .* is reachable: the API server asks it about workloads/,
  );
});

describe('definitions that are missing', () => {
  const without = '--set=crds.enabled=false';

  test('refuse every pod where the chart registers the webhooks', async () => {
    await install(plane, byChart(without));
    const replica = await start();
    await routeTo(plane, [replica]);
    // It answers 503 with the reason, and the API server tries again until its time is up.
    expect(await untilRefused()).toContain('failed calling webhook "workloads.validate.sandgate.dev"');
    expect((await replica.readyz()).text).toContain('the cluster has no isolationpolicies.sandgate.dev');
  });

  test('refuse nothing where the server registers them: it is never ready, and says why', async () => {
    await install(plane, [...SECRET_WITH_CA, without]);
    const replica = await start();
    await routeTo(plane, []);
    const why = 'the cluster has no isolationpolicies.sandgate.dev (expected its CustomResourceDefinition';
    await waitFor(async () => (await replica.readyz()).text.includes(why), { within: 60_000, what: 'it is said' });
    expect((await replica.readyz()).status).toBe(503);
    expect(await refusal()).toBeUndefined();
    expect(await isRegistered()).toBe(false);
    expect((await helmTest([...SECRET_WITH_CA, without])).says).toContain('0 of 2 pods are ready');
  });
});

describe('an uninstall while it is down', () => {
  test.each([
    { who: 'the chart', args: () => byChart() },
    { who: 'the server', args: () => SECRET_WITH_CA },
  ])('lets pods start again, with webhooks registered by $who', async ({ args }) => {
    await install(plane, args());
    const replica = await start();
    await routeTo(plane, [replica]);
    await waitFor(isRegistered, { within: 60_000, what: 'the webhooks are registered' });
    await replica.kill();
    started = [];
    await routeTo(plane, []);
    // It was asked to be sure: what it cannot judge is not let in, and the refusal names the webhook.
    expect(await untilRefused()).toContain('failed calling webhook "workloads.validate.sandgate.dev"');
    await uninstall(plane);
    await waitFor(async () => (await refusal()) === undefined, { within: 30_000, what: 'pods start again' });
    expect(await isRegistered()).toBe(false);
  });
});
