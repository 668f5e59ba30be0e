// Gatekeeper's webhook with the templates of its library that its bundle pod-security-restricted is made of.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../../src/model/json.ts';
import type { ControlPlane } from '../../../cluster/control-plane/control-plane.ts';
import { expectOk } from '../../../cluster/control-plane/expect-ok.ts';
import { freePorts } from '../../../cluster/control-plane/free-ports.ts';
import { cacheFolder } from '../../../cluster/control-plane/go-build.ts';
import { waitFor } from '../../../cluster/control-plane/wait-for.ts';
import type { Launch, Peer, Site } from '../peer.ts';
import { buildProgram, moduleFolder } from '../programs.ts';
import { CONSTRAINTS } from './gatekeeper-constraints.ts';

const VERSION = 'v3.23.1';
const MODULE = `github.com/open-policy-agent/gatekeeper/v3@${VERSION}`;
const NAMESPACE = 'gatekeeper-system';

export const gatekeeper: Peer = {
  name: 'Gatekeeper',
  version: VERSION,
  asked: `${Object.keys(CONSTRAINTS).length} constraints of its library's templates, with the parameters of the Restricted level`,
  install,
};

async function install({ plane, certificates }: Site): Promise<Launch> {
  const library = libraryFolder();
  const file = await buildProgram({ module: MODULE, package: '.', name: 'gatekeeper', coldSeconds: 600 });
  await installChart(plane);
  for (const name of Object.keys(CONSTRAINTS)) await expectOk(plane.admin.create(readTemplate(library, name)));
  const [port = 0, healthPort = 0, metricsPort = 0] = await freePorts(3);
  const args = [
    `--kubeconfig=${plane.kubeconfig()}`,
    '--host=127.0.0.1',
    `--port=${port}`,
    `--health-addr=127.0.0.1:${healthPort}`,
    `--prometheus-port=${metricsPort}`,
    '--logtostderr',
    '--log-level=INFO',
    `--exempt-namespace=${NAMESPACE}`,
    // The chart's own: the audit is another pod, which is not measured.
    ...['webhook', 'generate', 'mutation-webhook'].map((operation) => `--operation=${operation}`),
    '--enable-external-data=true',
    '--enable-generator-resource-expansion=true',
    '--enable-k8s-native-validation=true',
    '--max-serving-threads=-1',
    '--tls-min-version=1.3',
    '--metrics-backend=prometheus',
    // The certificate comes from outside, as with cert-manager.
    '--disable-cert-rotation=true',
    `--cert-dir=${certificates}`,
  ];
  const environment = { POD_NAME: 'gatekeeper', POD_NAMESPACE: NAMESPACE, NAMESPACE, CONTAINER_NAME: 'manager' };
  const configure = (): Promise<void> => createConstraints(plane);
  const readiness = `http://127.0.0.1:${healthPort}/readyz`;
  return { file, args, environment, port, path: '/v1/admit', readiness, configure };
}

function libraryFolder(): string {
  const folder = join(cacheFolder('peers'), 'gatekeeper-library');
  if (existsSync(join(folder, 'library/pod-security-policy'))) return folder;
  throw new Error(
    `its library is not there: git clone --depth 1 https://github.com/open-policy-agent/gatekeeper-library ${folder}`,
  );
}

async function installChart(plane: ControlPlane): Promise<void> {
  const definitions = join(await moduleFolder(MODULE), 'charts/gatekeeper/crds');
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', definitions], { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`kubectl apply of Gatekeeper's definitions: ${stderr}`);
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  // Its status objects name the pod as their owner.
  const containers = [{ name: 'manager', image: 'openpolicyagent/gatekeeper' }];
  const metadata = { name: 'gatekeeper', namespace: NAMESPACE };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: NAMESPACE } };
  await expectOk(plane.admin.create(account));
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } }));
}

function readTemplate(library: string, name: string): JsonObject {
  const file = join(library, 'library/pod-security-policy', name, 'template.yaml');
  const template: unknown = parse(readFileSync(file, 'utf8'));
  if (!isJsonObject(template)) throw new Error(`${file} holds no object`);
  return template;
}

/** Once it runs: it makes the definitions of constraints from the templates. */
async function createConstraints(plane: ControlPlane): Promise<void> {
  const library = libraryFolder();
  const match = { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] };
  for (const [name, parameters] of Object.entries(CONSTRAINTS)) {
    const crd = ownField(ownField(readTemplate(library, name), 'spec'), 'crd');
    const kind = stringField(ownField(ownField(crd, 'spec'), 'names'), 'kind') ?? '';
    const spec = { match, ...(parameters && { parameters }) };
    const constraint = { apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind, metadata: { name }, spec };
    const isThere = async (): Promise<boolean> => (await plane.admin.apply(constraint, { force: true })).status < 300;
    await waitFor(isThere, { within: 120_000, what: `the constraint ${name} can be created` });
  }
}
