// Our own cluster with one node: a control plane with Sandgate in front of it, the shipped classes, policies for the tests, and a
// machine that runs pods.
import type { ControlPlane } from '../../cluster/control-plane/control-plane.ts';
import { startGrantingCluster } from '../../cluster/grants/granting-cluster.ts';
import { BUNDLES, nodePolicies } from '../support/policies.ts';
import { nodeParts } from './disk.ts';
import { type RunningNode, startNode } from './node.ts';

export interface OwnCluster {
  readonly plane: ControlPlane;
  readonly node: RunningNode;
  stop(): Promise<void>;
}

/**
 * Starts all of it and resolves when the node is ready for pods. However this process ends, all of it goes with it.
 *
 * @throws CannotHaveNode where a part is not in the cache
 * @throws Error with the end of a log where something does not get ready
 */
export async function startOwnCluster(): Promise<OwnCluster> {
  const parts = await nodeParts('skip');
  const started = Date.now();
  const cluster = await startGrantingCluster({
    controllerManager: true,
    bundles: [...BUNDLES],
    documents: nodePolicies(),
  });
  try {
    const node = await startNode(cluster.plane, parts);
    console.error(`a cluster with a node is ready after ${Math.round((Date.now() - started) / 1000)} s`);
    return {
      plane: cluster.plane,
      node,
      async stop() {
        await node.stop();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
