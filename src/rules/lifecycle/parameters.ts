// The parameters of the rule `lifecycle`: how long pods run, and what becomes of them at their end.
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import type { ParameterProblem } from '../rule.ts';

const SECONDS = { type: 'integer', minimum: 0, maximum: 2147483647 } as const;
/** Kubernetes takes no deadline of 0. */
const DEADLINE = { ...SECONDS, minimum: 1 } as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'How long pods run, and what becomes of them at their end.',
  additionalProperties: false,
  properties: {
    allowedRestartPolicies: {
      type: 'array',
      description: 'The only restart policies of pods and containers. Sidecar: Always, for init containers alone.',
      uniqueItems: true,
      items: {
        type: 'string',
        enum: ['Always', 'OnFailure', 'Never', 'Sidecar'],
        description: 'A restart policy.',
      },
    },
    activeDeadlineSeconds: {
      type: 'object',
      description: 'For how long a pod may run.',
      additionalProperties: false,
      properties: {
        default: { ...DEADLINE, description: 'What is filled in where a pod says nothing.' },
        max: { ...DEADLINE, description: 'The most that a pod may have; one that says nothing has no end.' },
      },
    },
    ttlSecondsAfterFinished: {
      type: 'object',
      description: 'How long a Job is kept after its end.',
      additionalProperties: false,
      properties: {
        default: { ...SECONDS, description: 'What is filled in where a Job or CronJob that is created says nothing.' },
        max: { ...SECONDS, description: 'The most that a Job may have; one that says nothing is kept for ever.' },
      },
    },
    terminationGracePeriodSeconds: {
      type: 'object',
      description: 'How long a pod may take to end.',
      additionalProperties: false,
      required: ['max'],
      properties: {
        max: { ...SECONDS, description: 'The most that a pod or one of its probes may have.' },
        override: { type: 'boolean', description: 'Lower what is above, with a warning, instead of refusing it.' },
      },
    },
  },
});

export type LifecycleParameters = ValueOf<typeof parameters>;

/** Defaults that are above the most that is allowed. */
export function lifecycleProblems(lifecycle: LifecycleParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  for (const key of ['activeDeadlineSeconds', 'ttlSecondsAfterFinished'] as const) {
    const { default: filledIn, max } = lifecycle[key] ?? {};
    if (filledIn === undefined || max === undefined || filledIn <= max) continue;
    const message = `${filledIn} is filled in here, and more than the ${max} of max`;
    problems.push({ keys: [key, 'default'], message, severity: 'error' });
  }
  return problems;
}
