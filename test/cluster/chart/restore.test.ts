// etcd restored from a backup: the webhooks are what they were when it was made, and Sandgate may not be.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { NAMESPACE } from '../../chart/rendered.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { createNamespace, createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { judgement, WITH_FLOOR } from './judgement.ts';
import { install, RELEASE, uninstall } from './release.ts';
import { makeTls, type Replica, routeTo, SECRET_WITH_CA, startReplica, type TlsSecret } from './replicas.ts';

const VALUES = [...SECRET_WITH_CA, WITH_FLOOR];
/** Looked for twice a minute. */
const NEXT_LOOK = 60_000;
/** Each test starts an API server and Sandgate several times, which takes long on a busy machine. */
const SLOW = { timeout: 300_000 };

let plane: ControlPlane;
let tenants: string;
let before: TlsSecret;
let after: TlsSecret;
let started: Replica[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, services: true });
  tenants = await createNamespace(plane);
  before = await makeTls();
  after = await makeTls(undefined, await makeAuthority('the next CA'));
});

afterAll(async () => {
  await plane?.stop();
});

// Also after a test that failed: the next one would find its release.
afterEach(async () => {
  for (const replica of started) await replica.kill();
  started = [];
  await uninstall(plane);
  await untilThereIs('let in');
});

async function start(tls: TlsSecret): Promise<Replica> {
  const replica = await startReplica(plane, tls);
  started.push(replica);
  return replica;
}

async function kill(replica: Replica): Promise<void> {
  started = started.filter((other) => other !== replica);
  await replica.kill();
}

async function untilThereIs(judged: string, within = 60_000): Promise<void> {
  await waitFor(async () => (await judgement(plane, tenants)) === judged, { within, what: `a pod is ${judged}` });
}

async function bundle(): Promise<string> {
  const { body } = await plane.admin.get({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    name: RELEASE,
  });
  const [first] = listAt(body, 'webhooks');
  return Buffer.from(String(at(first, 'clientConfig', 'caBundle')), 'base64').toString('utf8');
}

/** Installs, backs up, has the replica serve a certificate of another CA, and restores. */
async function withTheCaOfBefore(values: readonly string[]): Promise<Replica> {
  await install(plane, values);
  const replica = await start(before);
  await routeTo(plane, [replica]);
  await untilThereIs('judged');
  await plane.backUp();
  await kill(replica);
  const next = await start(after);
  await routeTo(plane, [next]);
  return next;
}

test('with the CA of before, pods are refused where the chart registers the webhooks', SLOW, async () => {
  const ca = `--set-json=certificates.existingSecret.caBundle=${JSON.stringify(before.ca)}`;
  await withTheCaOfBefore([...VALUES, '--set=webhooks.registration=Chart', ca]);
  await plane.restore();
  await waitFor(async () => (await judgement(plane, tenants)).includes('certificate signed by unknown authority'), {
    within: 60_000,
    what: 'the API server does not trust the certificate',
  });
});

test('with the CA of before, the server adds its own, and pods are judged again', SLOW, async () => {
  await withTheCaOfBefore(VALUES);
  await untilThereIs('judged');
  await plane.restore();
  expect(await bundle()).toBe(before.ca);
  await untilThereIs('judged', NEXT_LOOK);
  expect(await bundle()).toBe(after.ca + before.ca);
});

test(
  'while no replica runs, what cannot be judged is refused, but for what it takes to get Sandgate back',
  SLOW,
  async () => {
    await kill(await withTheCaOfBefore(VALUES));
    await routeTo(plane, []);
    await plane.restore();
    expect(await judgement(plane, tenants)).toContain('failed calling webhook "workloads.validate.sandgate.dev"');
    await createServiceAccount(plane, NAMESPACE, 'default');
    expect(await judgement(plane, NAMESPACE)).toBe('let in');
    const next = await start(before);
    await routeTo(plane, [next]);
    await untilThereIs('judged');
  },
);

test(
  'from before the install, pods start: a replica that still runs has no rights any more, and registers nothing',
  SLOW,
  async () => {
    await plane.backUp();
    await install(plane, VALUES);
    const replica = await start(before);
    await routeTo(plane, [replica]);
    await untilThereIs('judged');
    await plane.restore();
    await waitFor(
      () => replica.lines('webhooks not kept up to date').concat(replica.lines('webhooks not registered')).length > 0,
      {
        within: NEXT_LOOK,
        what: 'the replica has looked',
      },
    );
    expect(await judgement(plane, tenants)).toBe('let in');
  },
);
