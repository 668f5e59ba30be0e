/*
A pod without a deadline runs until somebody notices it.

**Restricted Fields:** spec.activeDeadlineSeconds

**Allowed Values:** 1 to the most that the policy allows
*/
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { RuleCheck } from '../check.ts';
import type { LifecycleParameters } from './parameters.ts';

const DAY = { activeDeadlineSeconds: { max: 86400 } };
const PATH = 'spec.activeDeadlineSeconds';

/** A check that pods have a deadline, and none above the policy's most. */
export const activeDeadline: RuleCheck<LifecycleParameters> = {
  id: 'activeDeadline',
  title: 'Pods must have a deadline, and none above what the policy allows.',
  fix: "set spec.activeDeadlineSeconds of the pod to a value that is allowed (a Job's own deadline is not the pod's)",
  platform: 'any',
  compile: ({ activeDeadlineSeconds }) => {
    const max = activeDeadlineSeconds?.max;
    if (max === undefined) return undefined;
    return ({ spec }) => {
      const value = spec.activeDeadlineSeconds;
      if (isGiven(value) && value >= 1 && value <= max) return undefined;
      return [{ path: PATH, value, kind: String(max) }];
    };
  },
  describe: ([first]) => ({
    reason: 'deadline',
    detail: `pod has ${!first || !isGiven(first.value) ? 'no activeDeadlineSeconds' : `activeDeadlineSeconds ${String(first.value)}`}; allowed: 1 to ${first?.kind ?? ''}`,
  }),
  examples: {
    pass: [
      { name: 'the most', parameters: DAY, pod: { spec: { activeDeadlineSeconds: 86400 } } },
      { name: 'no most', parameters: { activeDeadlineSeconds: { default: 60 } }, pod: { spec: {} } },
    ],
    fail: [
      {
        name: 'too long',
        parameters: DAY,
        pod: { spec: { activeDeadlineSeconds: 86401 } },
        says: 'deadline (pod has activeDeadlineSeconds 86401; allowed: 1 to 86400)',
        paths: [PATH],
        values: [86401],
      },
      {
        name: 'none',
        parameters: DAY,
        pod: {},
        says: 'deadline (pod has no activeDeadlineSeconds; allowed: 1 to 86400)',
        paths: [PATH],
        values: [undefined],
      },
      {
        name: 'none that Kubernetes takes',
        parameters: DAY,
        pod: { spec: { activeDeadlineSeconds: 0 } },
        says: 'deadline (pod has activeDeadlineSeconds 0; allowed: 1 to 86400)',
        paths: [PATH],
        values: [0],
      },
    ],
  },
};
