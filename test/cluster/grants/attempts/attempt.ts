// One attempt to get more than what was granted: how it is made, what has to come of it, and what came of it.
import { expect } from 'vitest';
import type { JsonObject } from '../../../../src/model/json.ts';
import { at } from '../../control-plane/at.ts';
import { expectOk } from '../../control-plane/expect-ok.ts';
import { type Answer, answerOf, type Verdict } from '../../support/answers.ts';
import type { Change } from '../../support/change.ts';
import type { Place } from '../place.ts';
import { type Asking, askingPod, asStored } from '../pods.ts';

export interface Attempt {
  readonly what: string;
  readonly verdict: Verdict;
  /** Part of the message. */
  readonly says: string;
  /** Why it may be let in, for those who read the list. */
  readonly because?: string;
  /** Why nobody says so yet, though the verdict is right; take it out when somebody does. */
  readonly fails?: string;
  readonly run: (place: Place) => Promise<Answer>;
}

/** Attempts of one kind, in one namespace. */
export interface Section {
  readonly title: string;
  /** For those who read the list: what all of these have in common. */
  readonly about: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Makes what the attempts begin with; gives back what ends it. */
  readonly prepare?: (place: Place) => Promise<(() => Promise<void>) | undefined>;
  readonly attempts: readonly Attempt[];
}

/** Alice creates a pod. What was let in is gone afterwards, so that the next one can have its name. */
export async function create(place: Place, pod: JsonObject): Promise<Answer> {
  const reply = await place.alice.create(pod);
  if (reply.status === 201) await remove(place, String(at(reply.body, 'metadata', 'name')));
  return answerOf(reply);
}

export async function remove({ plane, namespace }: Place, name: string): Promise<void> {
  await expectOk(plane.admin.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { gracePeriodSeconds: 0 }));
}

type Expected = readonly [what: string, change: Change, says: string];

/** Pods as the class left them, changed, and created anew. */
export function forged(asking: Asking, ...rows: readonly Expected[]): readonly Attempt[] {
  return rows.map(([what, change, says]) => ({
    what,
    verdict: 'refused',
    says,
    run: async (place) => await create(place, change(await asStored(place, askingPod(place.namespace, asking)))),
  }));
}

/** Pods that the class is yet to be merged into, changed. */
export function written(asking: Asking, ...rows: readonly Expected[]): readonly Attempt[] {
  return rows.map(([what, change, says]) => ({
    what,
    verdict: 'refused',
    says,
    run: async (place) => await create(place, change(askingPod(place.namespace, asking))),
  }));
}

/** The same attempt, where Kubernetes refuses it before anybody else is asked. */
export function byKubernetes(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.map((attempt) => ({ ...attempt, verdict: 'refused by Kubernetes' }));
}

/** Pods as the class left them, changed, and stored as if they had not been: what was taken away has been put back. */
export function restored(asking: Asking, because: string, ...rows: readonly Expected[]): readonly Attempt[] {
  return rows.map(([what, change, says]) => ({
    what,
    verdict: 'let in',
    says,
    because,
    async run(place) {
      const pod = await asStored(place, askingPod(place.namespace, asking));
      const stored = await asStored(place, change(pod));
      expect(runs(stored)).toEqual(runs(pod));
      return await create(place, change(pod));
    },
  }));
}

/** What of a pod its class has a say in. What is filled in beside that may stand on the pod instead of its containers. */
function runs({ spec }: JsonObject): unknown {
  return ['initContainers', 'containers', 'volumes', 'hostUsers', 'runtimeClassName'].map((field) => at(spec, field));
}

/** The same attempt, where it gets nobody anything. */
export function harmless(because: string, attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.map((attempt) => ({ ...attempt, verdict: 'let in', because }));
}
