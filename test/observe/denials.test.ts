// Which answered reviews are refusals that others are told of.
import { expect, test } from 'vitest';
import { decideReview } from '../../src/admission/handle.ts';
import type { Subject } from '../../src/model/subject.ts';
import { createLog } from '../../src/observe/log.ts';
import { createObserver } from '../../src/observe/observer.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const GATE = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));

/** What is told of a review of a pod. */
function told(privileged: boolean, over: Partial<Subject> = {}): readonly string[] {
  const containers = [{ name: 'a', image: 'b', securityContext: { privileged } }];
  const subject = subjectOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers } }, over);
  const messages: string[] = [];
  const listeners = { onDenial: ({ message }: { message: string }): void => void messages.push(message) };
  const observer = createObserver(createLog('silent'), undefined, listeners);
  for (const webhook of ['mutate', 'validate'] as const) {
    observer.reviewed({ ...decideReview('u', subject, webhook, GATE), webhook, durationMs: 1 }, GATE);
  }
  return messages;
}

test('a refusal is told once, in the words of the answer', () => {
  expect(told(true)).toEqual([
    expect.stringMatching(/^pods "x" is forbidden: violates PodSecurity "baseline:latest": /),
  ]);
});

test('a dry run and what is let in are not told', () => {
  expect(told(true, { dryRun: true })).toEqual([]);
  expect(told(false)).toEqual([]);
});
