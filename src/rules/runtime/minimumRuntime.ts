/*
Tenants are given a weakest runtime that will do, and may choose a stronger one.

**Restricted Fields:**
spec.runtimeClassName

**Allowed Values:** the entry of the policy's order that it asks for, and those behind it; what a granted capability class gives the
pod
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import type { RuntimeParameters } from './parameters.ts';
import { runtimeJudge } from './runtime-judge.ts';
import { grantedRuntime } from './runtime-of.ts';
import { entriesInWords, runtimeInWords } from './words.ts';

/** A check that pods are isolated at least as well as the policy asks for. */
export const minimumRuntime: RuleCheck<RuntimeParameters> = {
  id: 'minimumRuntime',
  title: 'Pods must run with a RuntimeClass that isolates them well enough.',
  fix: 'set runtimeClassName to the RuntimeClass that the policy asks for, or to a stronger one',
  platform: 'any',
  compile({ minimum }) {
    if (minimum === undefined) return undefined;
    const { isStrongEnough } = runtimeJudge({ minimum });
    const enough = entriesInWords(minimum.order.slice(Math.max(minimum.order.indexOf(minimum.atLeast), 0)), ' or ');
    return (pod) => {
      const value = pod.spec.runtimeClassName;
      if (isStrongEnough(value ?? '') || (!value && grantedRuntime(pod) !== undefined)) return undefined;
      return [{ path: 'spec.runtimeClassName', value, allowed: enough }];
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the class itself',
        parameters: { minimum: { order: ['none', 'gvisor', 'other'], atLeast: 'gvisor' } },
        pod: { spec: { runtimeClassName: 'gvisor' } },
      },
      {
        name: 'a stronger class',
        parameters: { minimum: { order: ['none', 'gvisor', 'kata-*'], atLeast: 'gvisor' } },
        pod: { spec: { runtimeClassName: 'kata-fc' } },
      },
      {
        name: 'no class, where that is enough',
        parameters: { minimum: { order: ['weak', 'none', 'gvisor'], atLeast: 'none' } },
        pod: { spec: { runtimeClassName: '' } },
      },
    ],
    fail: [
      {
        name: 'no class',
        parameters: { minimum: { order: ['none', 'gvisor', 'kata-*'], atLeast: 'gvisor' } },
        pod: { spec: {} },
        says: 'weak runtime (pod has no RuntimeClass, needs "gvisor" or "kata-*")',
        paths: ['spec.runtimeClassName'],
        values: [undefined],
      },
      {
        name: 'a weaker class',
        parameters: { minimum: { order: ['none', 'gvisor', 'kata-*'], atLeast: 'kata-*' } },
        pod: { spec: { runtimeClassName: 'gvisor' } },
        says: 'weak runtime (pod has RuntimeClass "gvisor", needs "kata-*")',
        paths: ['spec.runtimeClassName'],
        values: ['gvisor'],
      },
      {
        name: 'a class that the order does not have',
        parameters: { minimum: { order: ['none', 'gvisor'], atLeast: 'none' } },
        pod: { spec: { runtimeClassName: 'none' } },
        says: 'weak runtime (pod has RuntimeClass "none", needs none or "gvisor")',
        paths: ['spec.runtimeClassName'],
        values: ['none'],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  const { value, allowed = '' } = violation ?? {};
  return { reason: 'weak runtime', detail: `pod has ${runtimeInWords(value)}, needs ${allowed}` };
}
