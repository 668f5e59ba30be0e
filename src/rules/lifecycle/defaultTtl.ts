// Fills in how long a Job is kept after its end.
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { ObjectFillIn } from '../object-fill-in.ts';
import { KINDS_WITH_TTL, ttlOf, withTtl } from './jobs.ts';
import type { LifecycleParameters } from './parameters.ts';

const TEN_MINUTES = { ttlSecondsAfterFinished: { default: 600 } };

/** Sets ttlSecondsAfterFinished of a Job, or of the Jobs of a CronJob, that says nothing. */
export const defaultTtl: ObjectFillIn<LifecycleParameters> = {
  id: 'defaultTtl',
  title: 'Fills in ttlSecondsAfterFinished of a Job or CronJob that is created.',
  sets: ['spec.ttlSecondsAfterFinished', 'spec.jobTemplate.spec.ttlSecondsAfterFinished'],
  kinds: KINDS_WITH_TTL,
  platform: 'any',
  compile: ({ ttlSecondsAfterFinished }) => {
    const seconds = ttlSecondsAfterFinished?.default;
    if (seconds === undefined) return undefined;
    return (object, kind) => {
      const ttl = ttlOf(kind, object);
      return ttl === undefined || isGiven(ttl.value) ? object : withTtl(kind, object, seconds);
    };
  },
  examples: [
    {
      name: 'a Job',
      parameters: TEN_MINUTES,
      kind: 'Job.batch',
      before: { spec: { template: {}, ttlSecondsAfterFinished: null } },
      after: { spec: { template: {}, ttlSecondsAfterFinished: 600 } },
    },
    {
      name: 'a CronJob',
      parameters: TEN_MINUTES,
      kind: 'CronJob.batch',
      before: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: {} } } } },
      after: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: {}, ttlSecondsAfterFinished: 600 } } } },
    },
    {
      name: 'what somebody wrote is kept, to be judged',
      parameters: TEN_MINUTES,
      kind: 'Job.batch',
      before: { spec: { ttlSecondsAfterFinished: 0 } },
    },
    {
      name: 'an object without a spec',
      parameters: TEN_MINUTES,
      kind: 'CronJob.batch',
      before: { spec: { jobTemplate: [] } },
    },
  ],
};
