/*
A Job without a time to live is kept with its pods, their logs and their volumes until somebody deletes it.

**Restricted Fields:** `spec.ttlSecondsAfterFinished` of a Job; `spec.jobTemplate.spec.ttlSecondsAfterFinished` of a CronJob

**Allowed Values:** up to the most that the policy allows; any number where it only has a default
*/
import { quoteValue } from '../../grants/quote.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { RuleCheck } from '../check.ts';
import { ttlOf } from './jobs.ts';
import type { LifecycleParameters } from './parameters.ts';

const HOUR = { ttlSecondsAfterFinished: { max: 3600 } };

/** A check that Jobs are deleted in time after their end. */
export const ttlAfterFinished: RuleCheck<LifecycleParameters> = {
  id: 'ttlAfterFinished',
  title: 'Jobs must say how long they are kept, and no longer than the policy allows.',
  fix: 'set ttlSecondsAfterFinished of the Job to a value that is allowed',
  platform: 'any',
  compile: ({ ttlSecondsAfterFinished }) => {
    const { default: filledIn, max } = ttlSecondsAfterFinished ?? {};
    if (filledIn === undefined && max === undefined) return undefined;
    const most = max ?? Number.MAX_SAFE_INTEGER;
    const allowed = max === undefined ? '0 or more' : `0 to ${max}`;
    return (_, { kind, object }) => {
      const ttl = ttlOf(kind, object);
      if (ttl === undefined) return undefined;
      const { path, value } = ttl;
      if (typeof value === 'number' && value >= 0 && value <= most) return undefined;
      return [{ path, value, inObject: true, kind: allowed }];
    };
  },
  describe: ([first]) => {
    const value = first?.value;
    const has = isGiven(value) ? `ttlSecondsAfterFinished ${quoteValue(value)}` : 'no ttlSecondsAfterFinished';
    return { reason: 'time to live', detail: `Job has ${has}; allowed: ${first?.kind ?? ''}` };
  },
  examples: {
    pass: [
      {
        name: 'a Job with the most',
        parameters: HOUR,
        pod: {},
        request: { kind: 'Job.batch', object: { spec: { ttlSecondsAfterFinished: 3600 } } },
      },
      {
        name: 'a Job that is deleted at once',
        parameters: HOUR,
        pod: {},
        request: { kind: 'Job.batch', object: { spec: { ttlSecondsAfterFinished: 0 } } },
      },
      { name: 'a pod, which has none', parameters: HOUR, pod: { spec: {} } },
    ],
    fail: [
      {
        name: 'a Job that is kept for ever',
        parameters: HOUR,
        pod: {},
        request: { kind: 'Job.batch', object: { spec: { ttlSecondsAfterFinished: null } } },
        says: 'time to live (Job has no ttlSecondsAfterFinished; allowed: 0 to 3600)',
        paths: ['spec.ttlSecondsAfterFinished'],
        values: [null],
      },
      {
        name: 'the Jobs of a CronJob',
        parameters: HOUR,
        pod: {},
        request: {
          kind: 'CronJob.batch',
          object: { spec: { jobTemplate: { spec: { ttlSecondsAfterFinished: 3601 } } } },
        },
        says: 'time to live (Job has ttlSecondsAfterFinished 3601; allowed: 0 to 3600)',
        paths: ['spec.jobTemplate.spec.ttlSecondsAfterFinished'],
        values: [3601],
      },
      {
        name: 'no number',
        parameters: { ttlSecondsAfterFinished: { default: 600 } },
        pod: {},
        request: { kind: 'Job.batch', object: { spec: { ttlSecondsAfterFinished: '600' } } },
        says: 'time to live (Job has ttlSecondsAfterFinished "600"; allowed: 0 or more)',
        paths: ['spec.ttlSecondsAfterFinished'],
        values: ['600'],
      },
    ],
  },
};
