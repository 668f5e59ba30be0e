// Sandgate as it runs in production, for an API server of the test control plane: the process `node src/main.ts serve`, a certificate
// from files, and policies and namespaces from the cluster, as the service account that the chart gives it.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { startGuard } from '../control-plane/guard.ts';
import { sendToServer } from '../control-plane/kube-http.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';
import { type Part, startPart, untilReady } from '../control-plane/part.ts';
import { waitFor } from '../control-plane/wait-for.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');
const READY_WITHIN_MS = 60_000;

/** Where it would run in a cluster, and as whom. */
export const OUR_NAMESPACE = 'sandgate';
export const OURSELVES = `system:serviceaccount:${OUR_NAMESPACE}:sandgate`;

/**
 * What it may do: read what policies depend on, and say of policies whether they are in force. A test holds the chart's role
 * against it.
 */
export const RULES = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
  { apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'], verbs: ['get', 'list', 'watch'] },
  {
    apiGroups: ['sandgate.dev'],
    resources: OWN_KINDS.map(({ plural }) => plural),
    verbs: ['get', 'list', 'watch'],
  },
  {
    apiGroups: ['sandgate.dev'],
    resources: OWN_KINDS.map(({ plural }) => `${plural}/status`),
    verbs: ['patch'],
  },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/** What it may do beside, where it writes events about what it refuses. */
export const EVENT_RULES = [{ apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] }];

export interface SandgateOptions {
  /** Whether it serves metrics, on a free port. */
  readonly metrics?: boolean;
  /** Arguments beside those that every test needs. */
  readonly args?: readonly string[];
  /** Rights beside {@link RULES}. */
  readonly rules?: readonly JsonObject[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Sandgate {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM of the authority that signed its certificate, in base64, as webhook configurations want it. */
  readonly caBundle: string;
  /** Where its metrics are, as `http://127.0.0.1:PORT/metrics`; undefined where none were asked for. */
  readonly metricsUrl: string | undefined;
  /** The `reviewed` lines of its log so far, oldest first. They come in batches: poll for what you expect. */
  reviews(): readonly JsonObject[];
  stop(): Promise<void>;
}

/**
 * Starts it and resolves when it is ready. It does not outlive this process.
 *
 * @throws Error with the end of its log where it does not get ready
 */
export async function startSandgate(
  plane: ControlPlane,
  { args: moreArgs = [], rules = [], env = {}, metrics = false }: SandgateOptions = {},
): Promise<Sandgate> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-served-'));
  const guard = startGuard(folder);
  try {
    const [kubeconfig, authority] = await Promise.all([ourKubeconfig(plane, rules), makeAuthority('sandgate test')]);
    const certificate = await issue(authority, { name: 'sandgate' });
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    writeFileSync(certFile, certificate.cert);
    writeFileSync(keyFile, certificate.key, { mode: 0o600 });
    const tls = [`--tls-cert=${certFile}`, `--tls-key=${keyFile}`];
    const ports = ['--host=127.0.0.1', '--port=0', metrics ? '--metrics-port=0' : '--no-metrics'];
    const args = [MAIN, 'serve', `--kubeconfig=${kubeconfig}`, ...tls, ...ports, ...moreArgs];
    const part = await startPart({ name: 'sandgate', file: process.execPath, args, folder, guard, env });
    const log = (): string => readFileSync(join(folder, 'sandgate.log'), 'utf8');
    const agent = new Agent({ ca: authority.cert, keepAlive: true });
    const url = await untilServing(part, log, agent);
    return {
      url,
      metricsUrl: /^sandgate: metrics on (\S+)$/m.exec(log())?.[1],
      caBundle: Buffer.from(authority.cert).toString('base64'),
      reviews: () => reviewedLines(log()),
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

/** The address it says it listens on, once it says that it is ready, too. */
async function untilServing(part: Part, log: () => string, agent: Agent): Promise<string> {
  let url: string | undefined;
  await untilReady(
    part,
    async () => {
      url = /^sandgate: listening on (\S+) with /m.exec(log())?.[1];
      if (url === undefined) return false;
      return (await sendToServer({ url, agent, headers: {} }, 'GET', '/readyz')).status === 200;
    },
    READY_WITHIN_MS,
  );
  return url ?? '';
}

async function ourKubeconfig(plane: ControlPlane, more: readonly JsonObject[]): Promise<string> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'sandgate' };
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUR_NAMESPACE } }));
  await createServiceAccount(plane, OUR_NAMESPACE, 'sandgate');
  const rules = [...RULES, ...more];
  await expectOk(plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules }));
  const subjects = [{ kind: 'ServiceAccount', namespace: OUR_NAMESPACE, name: 'sandgate' }];
  const roleRef = { apiGroup, kind: 'ClusterRole', name: 'sandgate' };
  const binding = { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata, subjects, roleRef };
  await expectOk(plane.admin.create(binding));
  return plane.kubeconfig({ token: await plane.tokenFor(OUR_NAMESPACE, 'sandgate') });
}

function reviewedLines(log: string): readonly JsonObject[] {
  // What follows the last line end is still being written.
  const lines = log.slice(0, log.lastIndexOf('\n') + 1).split('\n');
  return lines
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      const entry: unknown = JSON.parse(line);
      return isJsonObject(entry) && entry.msg === 'reviewed' ? [entry] : [];
    });
}

/** Waits for the log line of a review: of these fields, with these values. */
export function reviewed(sandgate: Sandgate, fields: Readonly<Record<string, unknown>>): Promise<JsonObject> {
  const wanted = Object.entries(fields);
  const find = (): JsonObject | undefined =>
    sandgate.reviews().find((line) => wanted.every(([key, value]) => line[key] === value));
  return waitFor(find, { within: 30_000, what: `a review of ${JSON.stringify(fields)} is logged` });
}
