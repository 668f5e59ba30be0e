/*
A pod of a high priority evicts others, and whoever may create pods may name any PriorityClass. The number in spec.priority is no
way around that: the API server refuses one that is not that of the class.

**Restricted Fields:**
spec.priorityClassName

**Allowed Values:** the names that the policy allows; undefined/null/"" where the list has an empty name
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { SchedulingParameters } from './parameters.ts';
import { priorityClassAllowed } from './priority-class.ts';

/** A check that pods name no PriorityClass but those that the policy allows. */
export const allowedPriorityClasses: RuleCheck<SchedulingParameters> = {
  id: 'allowedPriorityClasses',
  title: 'Pods must have an allowed PriorityClass.',
  fix: 'set priorityClassName to a class that the policy allows',
  platform: 'any',
  compile({ allowedPriorityClasses: allowed }) {
    if (allowed === undefined) return undefined;
    const may = priorityClassAllowed(allowed);
    const named = allowed.filter((name) => name !== '');
    const words = listedNames(named);
    const inWords = allowed.includes('') && named.length > 0 ? `none, ${words}` : words;
    return ({ spec }) => {
      const value = spec.priorityClassName;
      if (may(value ?? '')) return undefined;
      return [{ path: 'spec.priorityClassName', value, allowed: inWords }];
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a class that is allowed',
        parameters: { allowedPriorityClasses: ['batch', 'batch-*'] },
        pod: { spec: { priorityClassName: 'batch-low' } },
      },
      {
        name: 'no class, where the list says so',
        parameters: { allowedPriorityClasses: ['', 'batch'] },
        pod: { spec: { priorityClassName: null, priority: 0 } },
      },
    ],
    fail: [
      {
        name: "the cluster's own class",
        parameters: { allowedPriorityClasses: ['', 'batch'] },
        pod: { spec: { priorityClassName: 'system-node-critical' } },
        says: 'priority class (pod has PriorityClass "system-node-critical", allowed: none, "batch")',
        paths: ['spec.priorityClassName'],
        values: ['system-node-critical'],
      },
      {
        name: 'no class, which no pattern means',
        parameters: { allowedPriorityClasses: ['*'] },
        pod: { spec: { priorityClassName: '' } },
        says: 'priority class (pod has no PriorityClass, allowed: "*")',
        paths: ['spec.priorityClassName'],
        values: [''],
      },
      {
        name: 'any class, where only none is allowed',
        parameters: { allowedPriorityClasses: [''] },
        pod: { spec: { priorityClassName: 'batch' } },
        says: 'priority class (pod has PriorityClass "batch", allowed: none)',
        paths: ['spec.priorityClassName'],
        values: ['batch'],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  const { value, allowed = '' } = violation ?? {};
  const has = typeof value === 'string' && value !== '' ? `PriorityClass ${quoteVisible(value)}` : 'no PriorityClass';
  return { reason: 'priority class', detail: `pod has ${has}, allowed: ${allowed}` };
}
