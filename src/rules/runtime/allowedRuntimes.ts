/*
A pod names its RuntimeClass itself, and any that the cluster has will do: one without a sandbox, where the policy fills in one
with a sandbox.

**Restricted Fields:**
spec.runtimeClassName

**Allowed Values:** the names that the policy allows; undefined/null/"" where `none` is among them; what a granted capability class
gives the pod
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import type { RuntimeParameters } from './parameters.ts';
import { runtimeJudge } from './runtime-judge.ts';
import { grantedRuntime } from './runtime-of.ts';
import { entriesInWords, runtimeInWords } from './words.ts';

/** A check that pods run with no RuntimeClass but those that the policy allows. */
export const allowedRuntimes: RuleCheck<RuntimeParameters> = {
  id: 'allowedRuntimes',
  title: 'Pods must run with an allowed RuntimeClass.',
  fix: 'set runtimeClassName to a RuntimeClass that the policy allows',
  platform: 'any',
  compile({ allowed }) {
    if (allowed === undefined) return undefined;
    const { isAllowed } = runtimeJudge({ allowed });
    const inWords = entriesInWords(allowed);
    return (pod) => {
      const value = pod.spec.runtimeClassName;
      if (isAllowed(value ?? '') || (!value && grantedRuntime(pod) !== undefined)) return undefined;
      return [{ path: 'spec.runtimeClassName', value, allowed: inWords }];
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a class by a pattern',
        parameters: { allowed: ['gvisor', 'kata-*'] },
        pod: { spec: { runtimeClassName: 'kata-qemu' } },
      },
      {
        name: 'no class, where the list says so',
        parameters: { allowed: ['none', 'gvisor'] },
        pod: { spec: { runtimeClassName: null } },
      },
    ],
    fail: [
      {
        name: 'another class',
        parameters: { allowed: ['none', 'gvisor'] },
        pod: { spec: { runtimeClassName: 'gvizor' } },
        says: 'runtime class (pod has RuntimeClass "gvizor", allowed: none, "gvisor")',
        paths: ['spec.runtimeClassName'],
        values: ['gvizor'],
      },
      {
        name: 'no class, which no pattern means',
        parameters: { allowed: ['*'] },
        pod: { spec: {} },
        says: 'runtime class (pod has no RuntimeClass, allowed: "*")',
        paths: ['spec.runtimeClassName'],
        values: [undefined],
      },
      {
        name: 'a class that is called none',
        parameters: { allowed: ['none'] },
        pod: { spec: { runtimeClassName: 'none' } },
        says: 'runtime class (pod has RuntimeClass "none", allowed: none)',
        paths: ['spec.runtimeClassName'],
        values: ['none'],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  const { value, allowed = '' } = violation ?? {};
  return { reason: 'runtime class', detail: `pod has ${runtimeInWords(value)}, allowed: ${allowed}` };
}
