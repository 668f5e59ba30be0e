/*
A pod that names its node goes past the scheduler: past taints of NoSchedule, quotas of other schedulers, and whatever keeps
tenants apart on nodes. The scheduler writes the same field, into pods that exist already: those are left alone.

**Restricted Fields:**
spec.nodeName

**Allowed Values:** undefined/null/""; any value in updates of a Pod
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import { textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { SchedulingParameters } from './parameters.ts';

/** A check that pods leave the choice of the node to the scheduler. */
export const nodeName: RuleCheck<SchedulingParameters> = {
  id: 'nodeName',
  title: 'Pods must not name their node.',
  fix: 'remove spec.nodeName, and use nodeSelector or affinity',
  platform: 'any',
  compile({ nodeName: mode }) {
    if (mode === undefined) return undefined;
    return ({ spec }, { runs }) => {
      const value = spec.nodeName;
      return !value || runs ? undefined : [{ path: 'spec.nodeName', value }];
    };
  },
  action: ({ nodeName: mode }) => mode,
  describe,
  examples: {
    pass: [
      {
        name: 'a pod that names none',
        parameters: { nodeName: 'Deny' },
        pod: { spec: { nodeName: '', containers: [] } },
      },
      {
        name: 'a pod that the scheduler has bound, in an update',
        parameters: { nodeName: 'Deny' },
        pod: { spec: { nodeName: 'node-1', containers: [] } },
        request: { runs: true },
      },
    ],
    fail: [
      {
        name: 'a pod that names one',
        parameters: { nodeName: 'Warn' },
        pod: { spec: { nodeName: 'node-1', containers: [] } },
        says: 'node name (pod names node "node-1" and goes past the scheduler)',
        paths: ['spec.nodeName'],
        values: ['node-1'],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  const node = quoteVisible(textOf(violation?.value));
  return { reason: 'node name', detail: `pod names node ${node} and goes past the scheduler` };
}
