/*
Nodes are set apart by labels, for one tenant or one kind of work. A pod stays on them only as long as its nodeSelector asks for
the label.

**Restricted Fields:**
spec.nodeSelector[*]

**Allowed Values:** the value that the policy asks for, for each of its labels
*/

import type { PodView } from '../../kubernetes/containers.ts';
import { pathOfTokens } from '../../kubernetes/field-path.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { quoteVisible } from '../../model/text.ts';
import { append, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { grantedField } from '../granted-field.ts';
import type { SchedulingParameters } from './parameters.ts';

/** A check that pods ask for nodes with the labels of the policy. */
export const requiredNodeSelector: RuleCheck<SchedulingParameters> = {
  id: 'requiredNodeSelector',
  title: 'Pods must ask for the nodes that the policy names.',
  fix: 'set these labels in spec.nodeSelector to the values that the policy asks for',
  platform: 'any',
  compile({ requiredNodeSelector: required }) {
    const labels = Object.entries(required ?? {});
    if (labels.length === 0) return undefined;
    return (pod) => {
      const selector = pod.spec.nodeSelector ?? {};
      let found: Violation[] | undefined;
      for (const [key, wanted] of labels) {
        const value = Object.hasOwn(selector, key) ? selector[key] : undefined;
        if (value === wanted || isGranted(pod, key, wanted)) continue;
        const path = pathOfTokens(['spec', 'nodeSelector', key]);
        found = append(found, { path, value, kind: key, allowed: wanted });
      }
      return found;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the labels among others',
        parameters: { requiredNodeSelector: { pool: 'agents' } },
        pod: { spec: { nodeSelector: { pool: 'agents', disk: 'ssd' } } },
      },
      {
        name: 'an empty value, where that is asked for',
        parameters: { requiredNodeSelector: { 'node-role.kubernetes.io/agents': '' } },
        pod: { spec: { nodeSelector: { 'node-role.kubernetes.io/agents': '' } } },
      },
    ],
    fail: [
      {
        name: 'another value, and none',
        parameters: { requiredNodeSelector: { pool: 'agents', 'example.com/zone': 'a' } },
        pod: { spec: { nodeSelector: { pool: 'Agents' } } },
        says: 'node selector (nodeSelector has pool="Agents" instead of "agents", lacks example.com/zone="a")',
        paths: ['spec.nodeSelector.pool', 'spec.nodeSelector[example.com/zone]'],
        values: ['Agents', undefined],
      },
      {
        name: 'no selector at all',
        parameters: { requiredNodeSelector: { constructor: 'x' } },
        pod: { spec: { nodeSelector: null } },
        says: 'node selector (nodeSelector lacks constructor="x")',
        paths: ['spec.nodeSelector.constructor'],
        values: [undefined],
      },
    ],
  },
};

/** True where a granted class asks for the label. */
function isGranted(pod: PodView, key: string, wanted: string): boolean {
  return grantedField(pod, 'nodeSelector').some((selector) => ownField(selector, key) === wanted);
}

function describe(violations: readonly Violation[]): Sentence {
  const parts = violations.map(({ kind = '', value, allowed = '' }) =>
    value === undefined
      ? `lacks ${kind}=${quoteVisible(allowed)}`
      : `has ${kind}=${quoteVisible(textOf(value))} instead of ${quoteVisible(allowed)}`,
  );
  return { reason: 'node selector', detail: `nodeSelector ${parts.join(', ')}` };
}
