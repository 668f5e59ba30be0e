// The release of a chart brought to life without a kubelet: what its Deployment would start, started here, with the
// service account, arguments, policies and certificate that the chart gives it, and its webhooks pointed at it.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { NAMESPACE } from '../../chart/rendered.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { TlsClient } from '../../support/tls-client.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { startGuard } from '../control-plane/guard.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { sendToServer } from '../control-plane/kube-http.ts';
import { startPart, untilReady } from '../control-plane/part.ts';
import { install, RELEASE } from './release.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');
const READY_WITHIN_MS = 60_000;

/** The webhook configurations of the release. */
const CONFIGURATIONS: readonly ObjectRef[] = ['Mutating', 'Validating'].map((kind) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  name: RELEASE,
}));

export interface Deployed {
  /** What signs for clients, where the values have a clientCA: it is the CA in that Secret. */
  readonly clientAuthority: Certificate;
  /** Speaks to the server, with a certificate of its own where it has one. Close it. */
  connect(own?: Certificate): TlsClient;
  /** Leaves the webhooks as Helm installed them: asking a Service, behind which there is nothing here. */
  giveBack(): Promise<void>;
  /** Ends the server; the release stays. */
  stop(): Promise<void>;
}

/** Installs the chart with a certificate of ours and these values, and resolves when its server is ready. */
export async function deploy(plane: ControlPlane, values: readonly string[]): Promise<Deployed> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-deployed-'));
  const guard = startGuard(folder);
  try {
    const [authority, clientAuthority] = await Promise.all(['webhook', 'clients'].map((name) => makeAuthority(name)));
    if (!authority || !clientAuthority) throw new Error('two were asked for');
    const certificate = await issue(authority, {
      name: RELEASE,
      alternatives: ['127.0.0.1', `${RELEASE}.${NAMESPACE}.svc`],
    });
    const files = {
      'ca.crt': authority.cert,
      'tls.crt': certificate.cert,
      'tls.key': certificate.key,
      'client-ca.crt': clientAuthority.cert,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    await install(plane, [
      // Registered by the server they would lead to the Service at once: see replicas.ts for that.
      '--set=webhooks.registration=Chart',
      '--set=certificates.certManager.enabled=false,certificates.existingSecret.name=tls',
      `--set-file=certificates.existingSecret.caBundle=${join(folder, 'ca.crt')}`,
      ...values,
    ]);
    const args = [MAIN, ...(await argumentsFor(plane, folder))];
    const part = await startPart({ name: 'sandgate', file: process.execPath, args, folder, guard });
    const agent = new Agent({ ca: authority.cert });
    const log = (): string => readFileSync(join(folder, 'sandgate.log'), 'utf8');
    const isReady = async (): Promise<boolean> => {
      const url = urlIn(log());
      return url !== '' && (await sendToServer({ url, agent, headers: {} }, 'GET', '/readyz')).status === 200;
    };
    await untilReady(part, isReady, READY_WITHIN_MS);
    const installed = await Promise.all(CONFIGURATIONS.map(async (ref) => (await expectOk(plane.admin.get(ref))).body));
    for (const configuration of installed) await pointAt(plane, configuration, urlIn(log()));
    return {
      clientAuthority,
      connect: (own) => new TlsClient(urlIn(log()), authority.cert, own),
      async giveBack() {
        for (const configuration of installed) await replaceClients(plane, configuration, (client) => client);
      },
      async stop() {
        agent.destroy();
        await part.kill();
        await guard.close();
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

/** The arguments of the container, with what a pod would have replaced by what there is here. */
async function argumentsFor(plane: ControlPlane, folder: string): Promise<readonly string[]> {
  const { body } = await expectOk(
    plane.admin.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, name: RELEASE }),
  );
  const pod = at(body, 'spec', 'template', 'spec');
  const account = stringField(pod, 'serviceAccountName') ?? '';
  const kubeconfig = plane.kubeconfig({ token: await plane.tokenFor(NAMESPACE, account) });
  await writePolicies(plane, join(folder, 'policies'));
  const local: Readonly<Record<string, string>> = {
    '--in-cluster': `--kubeconfig=${kubeconfig}`,
    '--tls-cert=/etc/sandgate/tls/tls.crt': `--tls-cert=${join(folder, 'tls.crt')}`,
    '--tls-key=/etc/sandgate/tls/tls.key': `--tls-key=${join(folder, 'tls.key')}`,
    '--policies=/etc/sandgate/policies': `--policies=${join(folder, 'policies')}`,
    '--port=8443': '--port=0',
    '--metrics-port=8080': '--metrics-port=0',
  };
  const args = listAt(pod, 'containers', 0, 'args').map(String);
  for (const key of Object.keys(local)) {
    if (!args.includes(key)) throw new Error(`the chart starts the server without ${key}: ${args.join(' ')}`);
  }
  // Where the values have one.
  const more = { '--client-ca=/etc/sandgate/client-ca/ca.crt': `--client-ca=${join(folder, 'client-ca.crt')}` };
  return [...args.map((arg) => ownStringOr({ ...local, ...more }, arg)), '--host=127.0.0.1'];
}

function ownStringOr(map: Readonly<Record<string, string>>, key: string): string {
  return stringField(map, key) ?? key;
}

/** As the kubelet mounts the ConfigMap. */
async function writePolicies(plane: ControlPlane, folder: string): Promise<void> {
  const map: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: `${RELEASE}-policies` };
  const data = ownField((await expectOk(plane.admin.get(map))).body, 'data');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(isJsonObject(data) ? data : {}))
    writeFileSync(join(folder, name), String(text));
}

function urlIn(log: string): string {
  return /^sandgate: listening on (\S+) with /m.exec(log)?.[1] ?? '';
}

/** Nothing routes to Services here: the same paths, by URL, under the CA that the chart wrote in. */
async function pointAt(plane: ControlPlane, configuration: JsonObject, url: string): Promise<void> {
  await replaceClients(plane, configuration, (client) => ({
    url: `${url}${stringField(ownField(client, 'service'), 'path')}`,
    caBundle: ownField(client, 'caBundle'),
  }));
}

async function replaceClients(
  plane: ControlPlane,
  configuration: JsonObject,
  replace: (client: unknown) => unknown,
): Promise<void> {
  const operations = listAt(configuration, 'webhooks').map((webhook, index) => ({
    op: 'replace',
    path: `/webhooks/${index}/clientConfig`,
    value: replace(ownField(webhook, 'clientConfig')),
  }));
  await expectOk(plane.admin.patch(refOf(configuration), operations, 'json'));
}
