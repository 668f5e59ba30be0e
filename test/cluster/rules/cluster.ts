// The control plane of the attempts: every section's policy in force before the first one, and what pods refer to.
import type { JsonObject } from '../../../src/model/json.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';

export const RUNTIME_CLASSES: readonly JsonObject[] = [
  ['runc', 'runc'],
  ['gvisor', 'runsc'],
  ['kata-qemu', 'kata-qemu'],
].map(([name, handler]) => ({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler }));

const PRIORITY_CLASSES: readonly JsonObject[] = [
  ['batch', 100],
  ['urgent', 100_000],
].map(([name, value]) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }));

export async function startRulesCluster(policies: readonly JsonObject[]): Promise<GatedCluster> {
  const cluster = await startGatedCluster({ controllerManager: true, policies });
  for (const document of [...RUNTIME_CLASSES, ...PRIORITY_CLASSES])
    await expectOk(cluster.plane.admin.create(document));
  return cluster;
}
