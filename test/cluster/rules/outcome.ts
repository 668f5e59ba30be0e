// What came of a trial, and whether it is what was expected.
import { expect } from 'vitest';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { type Answer, answerOf } from '../support/answers.ts';
import { found } from '../support/change.ts';
import type { Trial } from './attempt.ts';
import { causesOf, type Made } from './make.ts';
import type { Denial } from './offline.ts';
import { isController } from './ways.ts';

/** How a warning about pods that would be refused begins. */
const WARNED = 'would violate ';

/** What the server said; the warning that the pods of a controller would be refused counts as their refusal. */
export function outcomeOf({ way }: Trial, reply: KubeReply): Answer {
  const answer = answerOf(reply);
  const warned = isController(way) && reply.warnings.some((text) => text.startsWith(WARNED));
  return answer.verdict === 'let in' && warned ? { ...answer, verdict: 'refused' } : answer;
}

/** That it is what was expected. */
export function expectOutcome({ way, expected, around }: Trial, { verdict, message }: Answer, { stored }: Made): void {
  expect(verdict, message).toBe(expected.verdict);
  if (expected.verdict === 'refused by Kubernetes') expect(message).toContain(expected.says);
  // The warning about a controller does not name the check; and its pod is not there yet.
  if (isController(way) && around === undefined) return;
  if (expected.verdict === 'refused') expect(checksIn(message)).toContain(expected.check);
  if (expected.verdict === 'let in' && expected.gets !== undefined) {
    const { value, path } = expected.gets;
    expect(found(stored, ...path)).toEqual(value);
  }
}

/** The ids of the checks of which a refusal says how to satisfy them. */
function checksIn(message: string): readonly string[] {
  const [, fixes = ''] = message.split('. To fix: ');
  return [...fixes.matchAll(/(?:^|; )([\w/-]+(?:, [\w/-]+)*): /g)].flatMap(([, ids = '']) => ids.split(', '));
}

/** That the webhook said what the engine says by itself: the same fields, in the same words. */
export function expectSameAnswer({ way, expected }: Trial, { verdict }: Answer, { reply, engine }: Made): void {
  if (verdict === 'refused by Kubernetes') return;
  const denials = engine();
  if (expected.verdict === 'refused') expect(denials.map(({ check }) => check)).toContain(expected.check);
  if (verdict === 'let in') expect(denials, 'what the engine refuses').toEqual([]);
  else if (isController(way) && reply.status < 300) expectWarnings(reply, denials);
  else expect(linesOf(causesOf(reply))).toBe(linesOf(denials.map(({ field, message }) => ({ field, message }))));
}

function expectWarnings({ warnings }: KubeReply, denials: readonly Denial[]): void {
  const said = warnings.filter((text) => text.startsWith(WARNED)).join('; ');
  for (const { message } of denials) expect(said).toContain(message);
  expect(denials, said).not.toEqual([]);
}

function linesOf(causes: readonly object[]): string {
  return causes
    .map((cause) => JSON.stringify(cause))
    .toSorted()
    .join('; ');
}
