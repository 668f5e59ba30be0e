// One cluster with one node for all test files, or somebody's cluster, or the reason why there is none.
import { existsSync } from 'node:fs';
import { listAt } from '../../cluster/control-plane/at.ts';
import { areBinariesThere, findBinaries } from '../../cluster/control-plane/binaries.ts';
import { runKubectl } from '../../cluster/control-plane/kubectl.ts';
import type { Provided } from '../support/cluster.ts';
import { foreignObjects } from '../support/policies.ts';
import { notCached } from './cache.ts';
import { onPath } from './commands.ts';
import { TEST_NODE_LABEL } from './node.ts';
import { type OwnCluster, startOwnCluster } from './own-cluster.ts';
import { CannotHaveNode } from './skip.ts';

/** All files take 40 minutes where others keep both cores busy. A node that does not answer must not keep anybody for hours. */
const RUN_WITHIN_MS = 60 * 60_000;

interface Project {
  provide(key: 'node', value: Provided): void;
}

/** Starts what the tests need and returns what ends it. */
export async function setup(project: Project): Promise<(() => Promise<void>) | undefined> {
  const deadline = Date.now() + RUN_WITHIN_MS;
  const { SANDGATE_NODE_KUBECONFIG: kubeconfig } = process.env;
  if (kubeconfig) {
    project.provide('node', { ...(await existing(kubeconfig)), deadline });
    return undefined;
  }
  let cluster: OwnCluster;
  try {
    if (!(await areBinariesThere())) throw notCached('the control plane');
    cluster = await startOwnCluster();
  } catch (error) {
    if (!(error instanceof CannotHaveNode)) throw error;
    console.error(`the tests on a node are skipped: ${error.message}`);
    project.provide('node', { missing: error.message });
    return undefined;
  }
  const { kubectl } = await findBinaries();
  project.provide('node', { kubectl, kubeconfig: cluster.plane.kubeconfig(), isForeign: false, deadline });
  return () => cluster.stop();
}

/** A cluster that Sandgate has been installed in, by the chart for example, or ours that was kept. It gets the tests' policies. */
async function existing(kubeconfig: string): Promise<{ kubectl: string; kubeconfig: string; isForeign: boolean }> {
  if (!existsSync(kubeconfig)) throw new Error(`SANDGATE_NODE_KUBECONFIG is ${kubeconfig}, which is not a file`);
  const kubectl = onPath('kubectl') ?? (await findBinaries()).kubectl;
  const place = { binary: kubectl, kubeconfig, folder: '/tmp' };
  const nodes = await runKubectl(place, ['get', 'nodes', '-l', TEST_NODE_LABEL, '-o', 'json']);
  const isForeign = listAt(nodes.code === 0 ? JSON.parse(nodes.stdout) : {}, 'items').length === 0;
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: foreignObjects() });
  const { code, stderr } = await runKubectl(place, ['apply', '-f', '-'], { stdin });
  if (code !== 0) {
    throw new Error(
      `the cluster of SANDGATE_NODE_KUBECONFIG takes no policies; is Sandgate installed there? ${stderr}`,
    );
  }
  return { kubectl, kubeconfig, isForeign };
}
