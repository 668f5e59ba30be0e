// Helm against a test control plane, and what is in that cluster.
import { ownField, stringField } from '../../../src/model/json.ts';
import { CHART, DEFINITIONS, NAMESPACE } from '../../chart/rendered.ts';
import { helm } from '../../support/helm.ts';
import { listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';

export const RELEASE = 'sandgate';

/** Runs a command of Helm as the admin, in the namespace of the release. Throws what it says where it fails. */
export async function runHelm(plane: ControlPlane, args: readonly string[], run = helm): Promise<string> {
  const env = { KUBECONFIG: plane.kubeconfig() };
  const { code, stdout, stderr } = await run([...args, '--namespace', NAMESPACE], { env });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

interface HelmOptions {
  /** The folder of the chart; ours by default. */
  readonly chart?: string;
  /** Another Helm than the newest. */
  readonly run?: typeof helm;
  readonly release?: string;
}

export function install(plane: ControlPlane, args: readonly string[] = [], options: HelmOptions = {}): Promise<string> {
  const { chart = CHART, run, release = RELEASE } = options;
  return runHelm(plane, ['install', release, chart, '--create-namespace', ...args], run);
}

export function upgrade(plane: ControlPlane, args: readonly string[] = [], options: HelmOptions = {}): Promise<string> {
  const { chart = CHART, run, release = RELEASE } = options;
  return runHelm(plane, ['upgrade', release, chart, ...args], run);
}

export function uninstall(plane: ControlPlane, release = RELEASE): Promise<string> {
  return runHelm(plane, ['uninstall', release, '--ignore-not-found']);
}

/** Deletes our definitions, which an uninstall keeps. While the API server still writes their status it may refuse to. */
export async function deleteDefinitions(plane: ControlPlane): Promise<void> {
  for (const name of DEFINITIONS) {
    const ref = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name };
    const isGone = async (): Promise<boolean> => (await plane.admin.delete(ref)).status === 404;
    await waitFor(isGone, { within: 30_000, what: `the definition ${name} is gone` });
  }
}

/** What a cluster makes by itself, whenever it likes, or of what else there is. */
const ITS_OWN = new Set(['events', 'leases', 'endpointslices', 'endpoints', 'ipaddresses', 'apiservices']);

/** Everything that is stored, as `resource.group namespace/name`, sorted. */
export async function everything(plane: ControlPlane): Promise<readonly string[]> {
  const groups = await expectOk(plane.admin.request('GET', '/apis'));
  const versions = listAt(groups.body, 'groups').map((group) =>
    stringField(ownField(group, 'preferredVersion'), 'groupVersion'),
  );
  const paths = ['/api/v1', ...versions.map((version) => `/apis/${version}`)];
  const found = await Promise.all(paths.map((path) => objectsBelow(plane, path)));
  return [...new Set(found.flat())].toSorted();
}

async function objectsBelow(plane: ControlPlane, path: string): Promise<readonly string[]> {
  const { body } = await expectOk(plane.admin.request('GET', path));
  const resources = listAt(body, 'resources').filter((resource) => listAt(resource, 'verbs').includes('list'));
  const [, , group = ''] = path.startsWith('/apis/') ? path.split('/') : [];
  const lists = resources
    .map((resource) => stringField(resource, 'name') ?? '')
    .filter((name) => !ITS_OWN.has(name))
    .map(async (name) => {
      const list = await expectOk(plane.admin.request('GET', `${path}/${name}`));
      return listAt(list.body, 'items').map((item) => {
        const metadata = ownField(item, 'metadata');
        return `${name}.${group} ${stringField(metadata, 'namespace') ?? ''}/${stringField(metadata, 'name')}`;
      });
    });
  return (await Promise.all(lists)).flat();
}
