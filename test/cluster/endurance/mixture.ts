// What is asked of the API server during the endurance run: what a cluster of agents and jobs asks, each with the answer that it
// must have.
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { controllerOf, podOf, SAFE, sandboxOf, UNSAFE } from '../support/workloads.ts';

/** One kind of request. */
export interface Ingredient {
  readonly name: string;
  /** How many clients send it, one request after the other. */
  readonly clients: number;
  /** Throws where the answer is not the right one. */
  readonly ask: (plane: ControlPlane, namespace: string) => Promise<void>;
}

const DRY = { dryRun: true } as const;
const LABELLED = { metadata: { labels: { step: 'two' } } };

/** A pod of thirty containers, each with variables: reviews of 60 KB. */
const LARGE: JsonObject = {
  containers: Array.from({ length: 30 }, (_, container) => ({
    name: `c${container}`,
    image: `example.com/team/app-${container}:1.${container}`,
    env: Array.from({ length: 30 }, (__, variable) => ({ name: `VARIABLE_${variable}`, value: 'x'.repeat(30) })),
  })),
};

export const MIXTURE: readonly Ingredient[] = [
  { name: 'a pod that is filled in', clients: 4, ask: createBare },
  { name: 'a pod that is left as it is', clients: 2, ask: createSafe },
  { name: 'a pod that is refused', clients: 2, ask: createUnsafe },
  { name: 'a pod with thirty containers', clients: 1, ask: createLarge },
  { name: 'a pod that asks for Docker', clients: 1, ask: createDocker },
  { name: 'a pod that is stored, labelled and deleted', clients: 1, ask: storePod },
  { name: 'a Sandbox that is stored, changed and deleted', clients: 1, ask: storeSandbox },
  { name: 'a Deployment whose author is warned', clients: 1, ask: createDeployment },
];

async function createBare(plane: ControlPlane, namespace: string): Promise<void> {
  const { body } = await expectOk(plane.admin.create(podOf(namespace, uniqueName('bare')), DRY));
  if (at(body, 'spec', 'securityContext', 'runAsNonRoot') !== true) throw new Error('the pod is not filled in');
}

async function createSafe(plane: ControlPlane, namespace: string): Promise<void> {
  await expectOk(plane.admin.create(podOf(namespace, uniqueName('safe'), SAFE), DRY));
}

async function createUnsafe(plane: ControlPlane, namespace: string): Promise<void> {
  const { status, text } = await plane.admin.create(podOf(namespace, uniqueName('unsafe'), UNSAFE), DRY);
  if (status !== 403 || !text.includes('hostNamespaces')) throw new Error(`an unsafe pod: ${status} ${text}`);
}

async function createLarge(plane: ControlPlane, namespace: string): Promise<void> {
  await expectOk(plane.admin.create(podOf(namespace, uniqueName('large'), LARGE), DRY));
}

async function createDocker(plane: ControlPlane, namespace: string): Promise<void> {
  const annotations = { 'sandgate.dev/capabilities': 'docker' };
  const pod = podOf(namespace, uniqueName('docker'), undefined, { annotations });
  const { body } = await expectOk(plane.admin.create(pod, DRY));
  if (!JSON.stringify(body).includes('"docker-daemon"')) throw new Error('the pod has no Docker daemon');
}

async function storePod(plane: ControlPlane, namespace: string): Promise<void> {
  const { body } = await expectOk(plane.admin.create(podOf(namespace, uniqueName('stored'))));
  await expectOk(plane.admin.patch(refOf(body), LABELLED, 'merge'));
  await expectOk(plane.admin.delete(refOf(body)));
}

async function storeSandbox(plane: ControlPlane, namespace: string): Promise<void> {
  const { body } = await expectOk(plane.admin.create(sandboxOf(namespace, uniqueName('sandbox'))));
  await expectOk(plane.admin.patch(refOf(body), LABELLED, 'merge'));
  await expectOk(plane.admin.delete(refOf(body)));
}

async function createDeployment(plane: ControlPlane, namespace: string): Promise<void> {
  const deployment = controllerOf(namespace, 'Deployment', uniqueName('unsafe'), UNSAFE);
  const { warnings } = await expectOk(plane.admin.create(deployment, DRY));
  if (!warnings.some((warning) => warning.includes('hostPID'))) throw new Error('the author is not warned');
}

function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}
