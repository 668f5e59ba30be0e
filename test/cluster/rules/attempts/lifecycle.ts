// lifecycle: how long pods run, and how long Jobs are kept.
import { all, type Change, put } from '../../support/change.ts';
import { aroundPod, by, inPod, kubernetes, letIn, NO_POD, type Section, whileItRuns } from '../attempt.ts';

const FILLED_IN = 'The time of the policy is filled in.';
const KEPT_BRIEFLY = letIn(FILLED_IN, 600, 'spec', 'ttlSecondsAfterFinished');
const KEPT_BRIEFLY_BY_CRON = by(
  ['CronJob'],
  letIn(FILLED_IN, 600, 'spec', 'jobTemplate', 'spec', 'ttlSecondsAfterFinished'),
);

/** A Job, or the Jobs of a CronJob, with this time after their end. */
function kept(seconds: unknown): Change {
  return (object) => {
    const place = object.kind === 'CronJob' ? (['spec', 'jobTemplate', 'spec'] as const) : (['spec'] as const);
    return put(seconds, ...place, 'ttlSecondsAfterFinished')(object);
  };
}

export const LIFECYCLE: Section = {
  title: 'lifecycle',
  rules: ['lifecycle'],
  about: 'Pods run once, for an hour where they do not say how long, for a day at most, and end in a minute.',
  spec: {
    lifecycle: {
      allowedRestartPolicies: ['Never', 'Sidecar'],
      activeDeadlineSeconds: { default: 3600, max: 86_400 },
      ttlSecondsAfterFinished: { default: 600, max: 3600 },
      terminationGracePeriodSeconds: { max: 60 },
    },
  },
  base: put('Never', 'spec', 'restartPolicy'),
  controllers: ['Job', 'CronJob'],
  attempts: [
    inPod('restarts after a failure', 'restartPolicies', put('OnFailure', 'spec', 'restartPolicy')),
    inPod(
      'restarts without end',
      'restartPolicies',
      put('Always', 'spec', 'restartPolicy'),
      by(['Job', 'CronJob'], kubernetes()),
    ),
    inPod(
      'restarts without end, by saying nothing',
      'restartPolicies',
      put(undefined, 'spec', 'restartPolicy'),
      by(['Job', 'CronJob'], letIn('A Job that says nothing is not stored: this one says Never.')),
    ),
    inPod(
      'restarts by null',
      'restartPolicies',
      put(null, 'spec', 'restartPolicy'),
      by(['Job', 'CronJob'], kubernetes()),
    ),
    inPod('restarts of one container', 'restartPolicies', put('Always', 'spec', 'containers', 'side', 'restartPolicy')),
    inPod(
      'restarts by a rule',
      'restartPolicies',
      all(
        put('Never', 'spec', 'containers', 'side', 'restartPolicy'),
        put(
          [{ action: 'Restart', exitCodes: { operator: 'In', values: [0] } }],
          'spec',
          'containers',
          'side',
          'restartPolicyRules',
        ),
      ),
    ),
    inPod('two days', 'activeDeadline', put(172_800, 'spec', 'activeDeadlineSeconds')),
    inPod('one second more', 'activeDeadline', put(86_401, 'spec', 'activeDeadlineSeconds')),
    inPod(
      'for ever, by null',
      letIn('The deadline of the policy is filled in.', 3600, 'spec', 'activeDeadlineSeconds'),
      put(null, 'spec', 'activeDeadlineSeconds'),
    ),
    inPod('for ever, by nothing', 'activeDeadline', put(0, 'spec', 'activeDeadlineSeconds'), NO_POD),
    inPod('for ever, by less than nothing', 'activeDeadline', put(-1, 'spec', 'activeDeadlineSeconds'), NO_POD),
    inPod('an hour to end', 'gracePeriod', put(3600, 'spec', 'terminationGracePeriodSeconds')),
    inPod(
      'an hour to end after a probe',
      'gracePeriod',
      put(
        { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3600 },
        'spec',
        'containers',
        'side',
        'livenessProbe',
      ),
    ),
    inPod(
      'an hour to end after the probe of a sidecar',
      'gracePeriod',
      put(
        { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3600 },
        'spec',
        'initContainers',
        'sidecar',
        'livenessProbe',
      ),
    ),
    whileItRuns('a longer time in a pod that runs', kubernetes(), put(172_800, 'spec', 'activeDeadlineSeconds')),
    whileItRuns('no end in a pod that runs', kubernetes(), put(undefined, 'spec', 'activeDeadlineSeconds')),
    aroundPod('a Job that is kept for a day', 'ttlAfterFinished', ['Job', 'CronJob'], kept(86_400)),
    aroundPod('a Job that is kept for ever', KEPT_BRIEFLY, ['Job', 'CronJob'], kept(undefined), KEPT_BRIEFLY_BY_CRON),
    aroundPod(
      'a Job that is kept for ever, by null',
      KEPT_BRIEFLY,
      ['Job', 'CronJob'],
      kept(null),
      KEPT_BRIEFLY_BY_CRON,
    ),
    aroundPod('a Job that is kept for less than nothing', kubernetes(), ['Job', 'CronJob'], kept(-1)),
    aroundPod('a Job that is kept for a day by a later change', 'ttlAfterFinished', ['patched Job'], kept(86_400)),
    aroundPod('a Job that is kept for ever by a later change', 'ttlAfterFinished', ['patched Job'], kept(undefined)),
  ],
};
