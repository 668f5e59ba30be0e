/*
Whoever may name a scheduler may name one that knows nothing of what keeps tenants apart, or none that exists, and bind the pod
by itself.

**Restricted Fields:**
spec.schedulerName

**Allowed Values:** the names that the policy allows; undefined/null/"" stands for "default-scheduler"
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import type { SchedulingParameters } from './parameters.ts';

/** What the API server fills in. */
const DEFAULT = 'default-scheduler';

/** A check that pods name no scheduler but those that the policy allows. */
export const allowedSchedulers: RuleCheck<SchedulingParameters> = {
  id: 'allowedSchedulers',
  title: 'Pods must name no scheduler but an allowed one.',
  fix: 'set schedulerName to a scheduler that the policy allows',
  platform: 'any',
  compile({ allowedSchedulers: allowed }) {
    if (allowed === undefined) return undefined;
    const may = nameList(allowed);
    return ({ spec }) => {
      const value = spec.schedulerName;
      const name = value || DEFAULT;
      if (may.includes(name)) return undefined;
      return [{ path: 'spec.schedulerName', value, kind: name, allowed: may.inWords }];
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a pod that names none',
        parameters: { allowedSchedulers: ['default-scheduler'] },
        pod: { spec: { schedulerName: null } },
      },
      {
        name: 'a scheduler by a pattern',
        parameters: { allowedSchedulers: ['tenant-*'] },
        pod: { spec: { schedulerName: 'tenant-a' } },
      },
    ],
    fail: [
      {
        name: 'another scheduler',
        parameters: { allowedSchedulers: ['default-scheduler'] },
        pod: { spec: { schedulerName: 'Default-Scheduler' } },
        says: 'scheduler (pod has scheduler "Default-Scheduler", allowed: "default-scheduler")',
        paths: ['spec.schedulerName'],
        values: ['Default-Scheduler'],
      },
      {
        name: 'none, where the default one is not allowed',
        parameters: { allowedSchedulers: ['tenant-*'] },
        pod: { spec: {} },
        says: 'scheduler (pod has scheduler "default-scheduler", allowed: "tenant-*")',
        paths: ['spec.schedulerName'],
        values: [undefined],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  const name = quoteVisible(violation?.kind ?? '');
  return { reason: 'scheduler', detail: `pod has scheduler ${name}, allowed: ${violation?.allowed ?? ''}` };
}
