// Kyverno's admission controller with one rule of its own for the Pod Security Standards.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectOk } from '../../../cluster/control-plane/expect-ok.ts';
import { freePorts } from '../../../cluster/control-plane/free-ports.ts';
import { waitFor } from '../../../cluster/control-plane/wait-for.ts';
import type { Launch, Peer, Site } from '../peer.ts';
import { buildProgram, moduleFolder } from '../programs.ts';

const VERSION = 'v1.19.1';
const MODULE = `github.com/kyverno/kyverno@${VERSION}`;
const NAMESPACE = 'kyverno';
/** Six megabytes of definitions. */
const INSTALLED_WITHIN_MS = 300_000;
const CA_SECRET = 'kyverno-svc.kyverno.svc.kyverno-tls-ca';
const PAIR_SECRET = 'kyverno-svc.kyverno.svc.kyverno-tls-pair';

export const kyverno: Peer = {
  name: 'Kyverno',
  version: VERSION,
  asked: 'a ClusterPolicy with `validate: {failureAction: Enforce, podSecurity: {level: restricted, version: latest}}`',
  install,
};

async function install(site: Site): Promise<Launch> {
  const { plane, folder } = site;
  const file = await buildProgram({ module: MODULE, package: './cmd/kyverno', name: 'kyverno', coldSeconds: 1800 });
  const manifests = join(await moduleFolder(MODULE), 'config/install-latest-testing.yaml');
  const timeoutMs = INSTALLED_WITHIN_MS;
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', manifests], { timeoutMs });
  if (code !== 0) throw new Error(`kubectl apply of Kyverno's manifests ended with ${code}: ${stderr}`);
  await createSecrets(site);
  const isThere = async (): Promise<boolean> => (await plane.admin.create(policy())).status === 201;
  await waitFor(isThere, { within: INSTALLED_WITHIN_MS, what: 'a ClusterPolicy can be created' });
  const [port = 0, metricsPort = 0, runtimePort = 0] = await freePorts(3);
  const args = [
    `--kubeconfig=${plane.kubeconfig()}`,
    `--serverIP=127.0.0.1:${port}`,
    '--webhookServerHost=127.0.0.1',
    `--webhookServerPort=${port}`,
    '--metricsHost=127.0.0.1',
    `--metricsPort=${metricsPort}`,
    `--controllerRuntimeMetricsAddress=127.0.0.1:${runtimePort}`,
    // The certificate comes from outside, as with cert-manager.
    '--disableCertManagerController=true',
    ...chartArguments(readFileSync(manifests, 'utf8')),
  ];
  const environment = {
    INIT_CONFIG: 'kyverno',
    METRICS_CONFIG: 'kyverno-metrics',
    KYVERNO_NAMESPACE: NAMESPACE,
    KYVERNO_POD_NAME: 'kyverno-admission-controller-0',
    KYVERNO_SERVICEACCOUNT_NAME: 'kyverno-admission-controller',
    KYVERNO_ROLE_NAME: 'kyverno:admission-controller',
    KYVERNO_SVC: 'kyverno-svc',
    KYVERNO_DEPLOYMENT: 'kyverno-admission-controller',
    TUF_ROOT: folder,
    // What it sets itself in a container with the 384 MiB of its chart.
    GOMEMLIMIT: '345MiB',
  };
  return { file, args, environment, port, path: '/validate/fail', readiness: '/health/readiness' };
}

/** Of its container in the manifests, without those that say where it listens. */
function chartArguments(manifests: string): readonly string[] {
  const start = manifests.indexOf(`- --caSecretName=${CA_SECRET}`);
  const end = manifests.indexOf('resources:', start);
  const lines = manifests.slice(start, end).split('\n');
  const args = lines.map((line) => line.trim().replace(/^- /, '')).filter((line) => line.startsWith('--'));
  return args.filter((arg) => !/^--(?:webhookServerPort|metricsPort|controllerRuntimeMetricsAddress)=/.test(arg));
}

async function createSecrets({ plane, certificate }: Site): Promise<void> {
  for (const [name, cert, key] of [
    [CA_SECRET, certificate.ca, certificate.key],
    [PAIR_SECRET, certificate.cert, certificate.key],
  ] as const) {
    const data = { 'tls.crt': base64(cert), 'tls.key': base64(key) };
    const metadata = { name, namespace: NAMESPACE };
    await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data }));
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function policy(): object {
  const rule = {
    name: 'restricted',
    match: { any: [{ resources: { kinds: ['Pod'] } }] },
    validate: { failureAction: 'Enforce', podSecurity: { level: 'restricted', version: 'latest' } },
  };
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'restricted' },
    spec: { rules: [rule] },
  };
}
