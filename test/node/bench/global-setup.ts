// One cluster with one node for all test files, or somebody's cluster, or the reason why there is none.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { findBinaries } from '../../cluster/control-plane/binaries.ts';
import { runKubectl } from '../../cluster/control-plane/kubectl.ts';
import { startGrantingCluster } from '../../cluster/grants/granting-cluster.ts';
import { agentsPolicy } from '../../cluster/support/gated-cluster.ts';
import type { Provided } from '../support/cluster.ts';
import { tierPolicies } from '../support/policies.ts';
import { onPath } from './commands.ts';
import { type NodeParts, nodeParts } from './disk.ts';
import { startNode } from './node.ts';
import { CannotHaveNode } from './skip.ts';

/** Building everything takes a third of this on two idle cores. */
const PARTS_WITHIN_MS = 25 * 60_000;

const BUNDLES = ['docker', 'nsjail', 'landjail'] as const;
const CLASSES = resolve(import.meta.dirname, '../../../policies/capabilities');

interface Project {
  provide(key: 'node', value: Provided): void;
}

/** Starts what the tests need and returns what ends it. */
export async function setup(project: Project): Promise<(() => Promise<void>) | undefined> {
  const { SANDGATE_NODE_KUBECONFIG: kubeconfig } = process.env;
  if (kubeconfig) {
    project.provide('node', await foreign(kubeconfig));
    return undefined;
  }
  let parts: NodeParts;
  try {
    parts = await withinBounds(nodeParts());
  } catch (error) {
    if (!(error instanceof CannotHaveNode)) throw error;
    console.error(`the tests on a node are skipped: ${error.message}`);
    project.provide('node', { missing: error.message });
    return undefined;
  }
  const { kubectl } = await findBinaries();
  const started = Date.now();
  const cluster = await startGrantingCluster({
    controllerManager: true,
    bundles: [...BUNDLES],
    documents: [agentsPolicy(), ...tierPolicies()],
  });
  try {
    const node = await startNode(cluster.plane, parts);
    console.error(`a cluster with a node is ready after ${Math.round((Date.now() - started) / 1000)} s`);
    project.provide('node', { kubectl, kubeconfig: cluster.plane.kubeconfig(), isForeign: false });
    return async () => {
      await node.stop();
      await cluster.stop();
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** A run that has nothing in its cache must end, too: what is half built then goes on in the next one, by Go's own cache. */
async function withinBounds<T>(parts: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = new CannotHaveNode(`its parts were not ready within ${PARTS_WITHIN_MS / 60_000} minutes`);
  const timer = setTimeout(() => reject(late), PARTS_WITHIN_MS);
  try {
    return await Promise.race([parts, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A cluster that Sandgate has been installed in, by the chart for example; it gets our classes and the tests' policies. */
async function foreign(kubeconfig: string): Promise<Provided> {
  if (!existsSync(kubeconfig)) throw new Error(`SANDGATE_NODE_KUBECONFIG is ${kubeconfig}, which is not a file`);
  const kubectl = onPath('kubectl') ?? (await findBinaries()).kubectl;
  const items: JsonObject[] = [agentsPolicy(), ...tierPolicies()];
  for (const bundle of BUNDLES) {
    const document: unknown = parse(readFileSync(resolve(CLASSES, bundle, 'class.yaml'), 'utf8'));
    if (isJsonObject(document)) items.unshift(document);
  }
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await runKubectl({ binary: kubectl, kubeconfig, folder: '/tmp' }, ['apply', '-f', '-'], {
    stdin,
  });
  if (code !== 0) {
    throw new Error(
      `the cluster of SANDGATE_NODE_KUBECONFIG takes no policies; is Sandgate installed there? ${stderr}`,
    );
  }
  return { kubectl, kubeconfig, isForeign: true };
}
