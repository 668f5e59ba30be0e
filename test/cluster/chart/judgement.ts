// What becomes of pods while the release is changed: asked once, or again and again.
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';

/** Refuses one kind of pod, so that it shows who was asked. */
export const FLOOR: JsonObject = {
  apiVersion: 'sandgate.dev/v1alpha1',
  kind: 'IsolationPolicy',
  metadata: { name: 'floor' },
  spec: { podSecurity: { level: 'baseline' } },
};

/** For `helm install`: with that policy. */
export const WITH_FLOOR = `--set-json=policies=${JSON.stringify([FLOOR])}`;

/** What becomes of a pod that the policy refuses: `judged`, `let in`, or the words of an API server that did not get through. */
export async function judgement(plane: ControlPlane, namespace: string): Promise<string> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', namespace },
    spec: { hostPID: true, containers: [{ name: 'app', image: 'example.com/app:1' }] },
  };
  const { status, body } = await plane.admin.create(pod, { dryRun: true });
  if (status === 201) return 'let in';
  return String(body.message).includes('(policy "floor")') ? 'judged' : String(body.message);
}

export async function untilJudged(plane: ControlPlane, namespace: string): Promise<void> {
  const isJudged = async (): Promise<boolean> => (await judgement(plane, namespace)) === 'judged';
  await waitFor(isJudged, { within: 60_000, what: 'pods are judged' });
}

/** Asks again and again until it is told to stop; returns how often each answer came. */
export function keepAsking(plane: ControlPlane, namespace: string): () => Promise<ReadonlyMap<string, number>> {
  const answers = new Map<string, number>();
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      const answer = await judgement(plane, namespace);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  })();
  return async () => {
    over.abort();
    await asking;
    return answers;
  };
}
