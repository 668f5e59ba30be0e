// Fills in for how long a pod may run.
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { LifecycleParameters } from './parameters.ts';

/** Sets activeDeadlineSeconds where the pod has none. */
export const defaultDeadline: FillIn<LifecycleParameters> = {
  id: 'defaultDeadline',
  title: 'Fills in activeDeadlineSeconds.',
  sets: ['spec.activeDeadlineSeconds'],
  satisfies: [],
  platform: 'any',
  compile: ({ activeDeadlineSeconds }) => {
    const seconds = activeDeadlineSeconds?.default;
    if (seconds === undefined) return undefined;
    return (template, scope) => {
      if (!scope.podLevel || isGiven(template.spec?.activeDeadlineSeconds)) return template;
      return withSpec(template, { activeDeadlineSeconds: seconds });
    };
  },
  examples: [
    {
      name: 'a pod without one',
      parameters: { activeDeadlineSeconds: { default: 3600 } },
      before: { spec: { activeDeadlineSeconds: null } },
      after: { spec: { activeDeadlineSeconds: 3600 } },
    },
    {
      name: "a pod's own is kept, to be judged",
      parameters: { activeDeadlineSeconds: { default: 3600 } },
      before: { spec: { activeDeadlineSeconds: 7200 } },
    },
  ],
};
