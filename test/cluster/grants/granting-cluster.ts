// A control plane with Sandgate in front of it as it runs in production, and with classes and policies as objects of the cluster.
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { type Bundle, classText } from '../../grants/shipped/shipped.ts';
import type { ControlPlane, ControlPlaneOptions } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';

export interface GrantingClusterOptions extends ControlPlaneOptions {
  /** Shipped classes. */
  readonly bundles: readonly Bundle[];
  /** Policies, and classes of a test's own. */
  readonly documents: readonly JsonObject[];
}

/** Starts all of it, with RuntimeClasses, and resolves when every document is in force and the API server asks us. */
export async function startGrantingCluster(options: GrantingClusterOptions): Promise<GatedCluster> {
  const { bundles, documents, ...planeOptions } = options;
  const cluster = await startGatedCluster({ ...planeOptions, policies: [...bundles.map(classObject), ...documents] });
  await createRuntimeClasses(cluster.plane);
  return cluster;
}

/** A shipped class as an object of the cluster. */
function classObject(bundle: Bundle): JsonObject {
  const document: unknown = parse(classText(bundle));
  if (!isJsonObject(document)) throw new Error(`${bundle} holds no class`);
  return document;
}

/** As the names of the implementations want them. */
const RUNTIME_CLASSES: readonly JsonObject[] = [
  { metadata: { name: 'runc' }, handler: 'runc' },
  { metadata: { name: 'gvisor' }, handler: 'runsc' },
  { metadata: { name: 'sysbox-runc' }, handler: 'sysbox-runc' },
  { metadata: { name: 'kata-fc' }, handler: 'kata-fc' },
  {
    metadata: { name: 'kata-qemu' },
    handler: 'kata-qemu',
    overhead: { podFixed: { cpu: '250m', memory: '160Mi' } },
    scheduling: { nodeSelector: { 'katacontainers.io/kata-runtime': 'true' } },
  },
];

async function createRuntimeClasses(plane: ControlPlane): Promise<void> {
  for (const runtimeClass of RUNTIME_CLASSES) {
    await expectOk(plane.admin.create({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', ...runtimeClass }));
  }
}
