// Live state arrives a moment after it is stored: these wait until it has.
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { AGENTS_TIER } from './gated-cluster.ts';
import { podOf, UNSAFE } from './workloads.ts';

/** Resolves when an unsafe pod would be refused in a namespace. */
export async function untilJudged(plane: ControlPlane, namespace: string): Promise<void> {
  await untilAnswer(plane, namespace, 403);
}

/** Resolves when an unsafe pod would be created in a namespace. */
export async function untilLeftAlone(plane: ControlPlane, namespace: string): Promise<void> {
  await untilAnswer(plane, namespace, 201);
}

async function untilAnswer(plane: ControlPlane, namespace: string, wanted: number): Promise<void> {
  const isSo = async (): Promise<boolean> => {
    const { status } = await plane.admin.create(podOf(namespace, 'is-it-judged', UNSAFE), { dryRun: true });
    return status === wanted;
  };
  await waitFor(isSo, { within: 30_000, what: `an unsafe pod in ${namespace} is answered with ${wanted}` });
}

/** Puts a namespace under the policy for agents, and resolves when it is in force there. */
export async function putUnderPolicy(plane: ControlPlane, namespace: string): Promise<void> {
  const labelled = { metadata: { labels: AGENTS_TIER } };
  await expectOk(plane.admin.patch({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, labelled, 'merge'));
  await untilJudged(plane, namespace);
}
