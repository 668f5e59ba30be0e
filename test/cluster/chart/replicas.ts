// The replicas of a release without a kubelet: processes with the service account, the arguments and the mounted files that its
// Deployment gives them, behind its Service. The API server calls them by way of that Service, under the configurations as they
// are.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { NAMESPACE } from '../../chart/rendered.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { startGuard } from '../control-plane/guard.ts';
import { sendToServer } from '../control-plane/kube-http.ts';
import { startPart, untilReady } from '../control-plane/part.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { RELEASE } from './release.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');
const LISTENS_WITHIN_MS = 60_000;
const DEPLOYMENT: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, name: RELEASE };
const SERVICE: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE, name: RELEASE };

/** For `helm install`: a certificate from elsewhere, whose CA is in the Secret. */
export const SECRET_WITH_CA = [
  '--set=certificates.certManager.enabled=false,certificates.existingSecret.name=webhook-tls',
];

/** What the Secret with the certificate holds. */
export interface TlsSecret {
  readonly ca: string;
  readonly certificate: Certificate;
}

/** A certificate for the Service of the release, or for another host, from a CA of its own or of somebody else's. */
export async function makeTls(host = `${RELEASE}.${NAMESPACE}.svc`, authority?: Certificate): Promise<TlsSecret> {
  const signer = authority ?? (await makeAuthority('webhook CA'));
  // 127.0.0.1 is for us, who ask the process itself.
  return { ca: signer.cert, certificate: await issue(signer, { name: RELEASE, alternatives: [host, '127.0.0.1'] }) };
}

/** One replica. */
export interface Replica {
  readonly port: number;
  /** Writes the mounted files of the Secret, as the kubelet does some time after it was changed. */
  mountTls(tls: TlsSecret): void;
  /** Writes the mounted files of the ConfigMaps as they are now. */
  mountConfiguration(): Promise<void>;
  /** The answer of /readyz?verbose. */
  readyz(): Promise<{ readonly status: number; readonly text: string }>;
  /** The lines of its log with this message. */
  lines(msg: string): readonly JsonObject[];
  /** All it wrote. */
  log(): string;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Ends it as the kubelet does. */
  terminate(): Promise<void>;
}

/** Starts a replica of the release that is installed. Resolves once it listens, which is not once it is ready. */
export async function startReplica(plane: ControlPlane, tls: TlsSecret): Promise<Replica> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-replica-'));
  const guard = startGuard(folder);
  const mountTls = ({ ca, certificate }: TlsSecret): void => {
    const files = { 'ca.crt': ca, 'tls.crt': certificate.cert, 'tls.key': certificate.key };
    mkdirSync(join(folder, 'tls'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'tls', name), text, { mode: 0o600 });
  };
  const mountConfiguration = async (): Promise<void> => {
    for (const name of ['webhooks', 'policies']) {
      const map: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: `${RELEASE}-${name}` };
      const data = ownField((await plane.admin.get(map)).body, 'data');
      mkdirSync(join(folder, name), { recursive: true });
      for (const [file, text] of Object.entries(isJsonObject(data) ? data : {}))
        writeFileSync(join(folder, name, file), String(text));
    }
  };
  const log = (): string => readFileSync(join(folder, 'sandgate.log'), 'utf8');
  try {
    mountTls(tls);
    await mountConfiguration();
    const args = [MAIN, ...(await argumentsFor(plane, folder))];
    const part = await startPart({ name: 'sandgate', file: process.execPath, args, folder, guard });
    const find = async (): Promise<boolean> => urlIn(log()) !== '';
    await untilReady(part, find, LISTENS_WITHIN_MS);
    const url = urlIn(log());
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      part.signal(signal);
      await waitFor(async () => part.hasExited(), { within: 30_000, what: 'the replica has ended' });
      await guard.close();
    };
    return {
      port: Number(new URL(url).port),
      mountTls,
      mountConfiguration,
      async readyz() {
        const agent = new Agent({ rejectUnauthorized: false });
        const { status, text } = await sendToServer({ url, agent, headers: {} }, 'GET', '/readyz?verbose');
        agent.destroy();
        return { status, text };
      },
      lines: (msg) => linesIn(log()).filter((line) => line.msg === msg),
      log,
      kill: () => end('SIGKILL'),
      terminate: () => end('SIGTERM'),
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

/** Has the Service of the release lead to these replicas, and to no others. */
export async function routeTo(plane: ControlPlane, replicas: readonly Replica[]): Promise<void> {
  const { body } = await expectOk(plane.admin.get(SERVICE));
  const ports = replicas.map(({ port }) => port);
  plane.services.route(`${String(at(body, 'spec', 'clusterIP'))}:443`, ports);
}

/** Resolves once a replica is ready. */
export async function untilReplicaReady(replica: Replica): Promise<void> {
  await waitFor(async () => (await replica.readyz()).status === 200, { within: 60_000, what: 'the replica is ready' });
}

/** What a pod with this service account is started with, here. */
export async function localArguments(plane: ControlPlane, args: readonly string[]): Promise<readonly string[]> {
  const { body } = await expectOk(plane.admin.get(DEPLOYMENT));
  const account = String(at(body, 'spec', 'template', 'spec', 'serviceAccountName'));
  const kubeconfig = plane.kubeconfig({ token: await plane.tokenFor(NAMESPACE, account) });
  return args.map((arg) => (arg === '--in-cluster' ? `--kubeconfig=${kubeconfig}` : arg));
}

/** The arguments of the container, with what a pod would have replaced by what there is here. */
async function argumentsFor(plane: ControlPlane, folder: string): Promise<readonly string[]> {
  const { body } = await expectOk(plane.admin.get(DEPLOYMENT));
  const args = listAt(at(body, 'spec', 'template', 'spec'), 'containers', 0, 'args').map(String);
  const local = (await localArguments(plane, args)).map((arg) =>
    arg
      .replace('=/etc/sandgate/', `=${folder}/`)
      .replace(/^--port=\d+$/, '--port=0')
      .replace(/^--metrics-port=\d+$/, '--metrics-port=0')
      .replace(/^--drain=\d+$/, '--drain=1'),
  );
  return [...local, '--host=127.0.0.1'];
}

function urlIn(log: string): string {
  return /^sandgate: listening on (\S+) with /m.exec(log)?.[1] ?? '';
}

function linesIn(log: string): readonly JsonObject[] {
  const lines = log.slice(0, log.lastIndexOf('\n') + 1).split('\n');
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line))
    .filter(isJsonObject);
}

/** The name of a field manager, or of whatever else, in an object that was read. */
export function managersOf(object: JsonObject): readonly string[] {
  return listAt(object, 'metadata', 'managedFields').map((entry) => stringField(entry, 'manager') ?? '');
}
