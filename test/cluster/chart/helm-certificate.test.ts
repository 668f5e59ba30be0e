// The certificate that Helm makes: the same through upgrades, and another one with another generation.
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { NAMESPACE } from '../../chart/rendered.ts';
import { helm, helm3 } from '../../support/helm.ts';
import { at } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { keepAsking, untilJudged, WITH_FLOOR } from './judgement.ts';
import { deleteDefinitions, install, RELEASE, runHelm, uninstall, upgrade } from './release.ts';
import { type Replica, routeTo, startReplica, type TlsSecret } from './replicas.ts';

const VALUES = ['--set=certificates.certManager.enabled=false,certificates.helm.enabled=true', WITH_FLOOR];
const NEXT = [...VALUES, '--set=certificates.helm.generation=2'];
const SECRET = { apiVersion: 'v1', kind: 'Secret', namespace: NAMESPACE, name: `${RELEASE}-helm-tls` };
const VALIDATING = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: RELEASE,
};

let plane: ControlPlane;
let tenants: string;
let started: Replica[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: true, services: true });
  tenants = await createNamespace(plane);
});

afterAll(async () => {
  await plane?.stop();
});

afterEach(async () => {
  for (const replica of started) await replica.kill();
  started = [];
  await uninstall(plane);
  await deleteDefinitions(plane);
  await waitFor(async () => (await plane.admin.get(VALIDATING)).status === 404, {
    within: 30_000,
    what: 'the configurations are gone',
  });
});

async function secretData(): Promise<Readonly<Record<string, string>>> {
  const data = at((await expectOk(plane.admin.get(SECRET))).body, 'data');
  const entries = Object.entries(data ?? {}).map(([key, value]): [string, string] => [
    key,
    Buffer.from(String(value), 'base64').toString(),
  ]);
  return Object.fromEntries(entries);
}

async function mounted(): Promise<TlsSecret> {
  const data = await secretData();
  const [ca = '', cert = '', key = ''] = [data['ca.crt'], data['tls.crt'], data['tls.key']];
  return { ca, certificate: { cert, key } };
}

async function bundle(): Promise<string> {
  const { body } = await expectOk(plane.admin.get(VALIDATING));
  return Buffer.from(String(at(body, 'webhooks', 0, 'clientConfig', 'caBundle')), 'base64').toString();
}

test.each([
  { name: 'Helm 4', run: helm },
  { name: 'Helm 3', run: helm3 },
])('$name keeps it in an upgrade, and leaves its key out of the values', async ({ run }) => {
  await install(plane, VALUES, { run });
  const before = await secretData();
  const certificate = new X509Certificate(before['tls.crt'] ?? '');
  expect(certificate.subjectAltName).toBe('DNS:sandgate.sandgate.svc');
  expect(certificate.checkIssued(new X509Certificate(before['ca.crt'] ?? ''))).toBe(true);
  await upgrade(plane, [...VALUES, '--set=replicas=3'], { run });
  expect(await secretData()).toEqual(before);
  expect(await runHelm(plane, ['get', 'values', RELEASE, '--all'], run)).not.toContain('made');
});

test.each(['Chart', 'Server'])(
  'another generation has another CA, and costs no review where webhooks are registered by: %s',
  async (registration) => {
    const mode = `--set=webhooks.registration=${registration}`;
    await install(plane, [...VALUES, mode]);
    const before = await mounted();
    const replica = await startReplica(plane, before);
    started.push(replica);
    await routeTo(plane, [replica]);
    await untilJudged(plane, tenants);
    const answers = keepAsking(plane, tenants);
    await upgrade(plane, [...NEXT, mode]);
    const after = await mounted();
    expect(after.ca).not.toBe(before.ca);
    expect((await secretData())['former-ca.crt']).toBe(before.ca);
    replica.mountTls(after);
    await waitFor(() => replica.lines('certificate reloaded').length > 0, {
      within: 60_000,
      what: 'the replica serves the new certificate',
    });
    // Connections that are open know nothing of it.
    plane.services.cut();
    await untilJudged(plane, tenants);
    const refused = [...(await answers()).keys()].filter((answer) => answer !== 'judged' && !/EOF|reset/.test(answer));
    expect(refused).toEqual([]);
    expect(await bundle()).toBe(after.ca + before.ca);
    await upgrade(plane, [...NEXT, mode]);
    expect(await mounted()).toEqual(after);
  },
);
