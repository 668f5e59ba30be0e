// What happens to an installation while it works: one thing after the other, again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { BROKEN, policyForTier } from '../live/policies.ts';
import type { Replicas } from './replicas.ts';

/** The label of namespaces that the edited policy is for is `tier: endurance`. */
export const TIER = 'endurance';

/** What can be upset. */
export interface Upset {
  readonly name: string;
  /** `turn` counts from 1. */
  readonly run: (plane: ControlPlane, replicas: Replicas, turn: number) => Promise<void>;
}

export const UPSETS: readonly Upset[] = [
  { name: 'policy edited', run: editPolicy },
  { name: 'broken policy refused', run: breakPolicy },
  { name: 'certificate rotated', run: (_, replicas) => replicas.rotateCertificate() },
  { name: 'replica replaced', run: (_, replicas) => replicas.replaceOne() },
  { name: 'namespaces made, labelled and deleted', run: changeNamespaces },
  { name: 'two nodes drained', run: (_, replicas) => replicas.replaceOthers() },
];

/** When an upset began and ended, in seconds since the run began. */
export interface UpsetDone {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Runs them in turn, with a rest after each, until `isOver`. */
export async function upset(
  plane: ControlPlane,
  replicas: Replicas,
  restMs: number,
  isOver: () => boolean,
): Promise<readonly UpsetDone[]> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const done: UpsetDone[] = [];
  for (let turn = 1; ; turn++) {
    for (const { name, run } of UPSETS) {
      if (isOver()) return done;
      const from = seconds();
      await run(plane, replicas, turn);
      done.push({ name, from, to: seconds() });
      for (let rest = restMs; rest > 0 && !isOver(); rest -= 100) await sleep(100);
    }
  }
}

/** The policy of the namespaces under load: another user each time, and Docker for those who ask. */
export function endurancePolicy(turn: number): JsonObject {
  return policyForTier(TIER, {
    podSecurity: { level: 'restricted' },
    harden: 'restricted',
    identity: { runAsNonRoot: true, runAsUser: 1000 + turn, fsGroup: 1000 + turn },
    capabilities: [{ name: 'docker' }],
  });
}

async function editPolicy(plane: ControlPlane, _: Replicas, turn: number): Promise<void> {
  await expectOk(plane.admin.apply(endurancePolicy(turn), { force: true }));
}

/** Our own webhook keeps it out. */
async function breakPolicy(plane: ControlPlane): Promise<void> {
  const { status, text } = await plane.admin.apply(policyForTier(TIER, BROKEN), { force: true });
  if (status < 400 || status >= 500) throw new Error(`a broken policy: ${status} ${text}`);
}

async function changeNamespaces(plane: ControlPlane): Promise<void> {
  const names = await Promise.all(Array.from({ length: 5 }, () => createNamespace(plane, { tier: TIER })));
  for (const name of names) {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name };
    await expectOk(plane.admin.patch(ref, { metadata: { labels: { tier: 'another' } } }, 'merge'));
    await expectOk(plane.admin.delete(ref));
  }
}
