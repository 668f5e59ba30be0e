// Adds labels to a pod's nodeSelector. The scheduler wants all of it to hold, whatever the pod's affinity says.
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { SchedulingParameters } from './parameters.ts';

/** Adds each label for which the pod has no value; a value of the pod's own is kept, to be judged. */
export const addNodeSelector: FillIn<SchedulingParameters> = {
  id: 'addNodeSelector',
  title: "Adds the policy's labels to the nodeSelector.",
  sets: ['spec.nodeSelector'],
  satisfies: [],
  platform: 'any',
  compile({ addNodeSelector: wanted }) {
    const labels = Object.entries(wanted ?? {});
    if (labels.length === 0) return undefined;
    return (template, scope) => {
      if (!scope.podLevel) return template;
      const selector = template.spec?.nodeSelector ?? {};
      const missing = labels.filter(([key]) => !Object.hasOwn(selector, key));
      if (missing.length === 0) return template;
      return withSpec(template, { nodeSelector: { ...selector, ...Object.fromEntries(missing) } });
    };
  },
  examples: [
    {
      name: 'each label that the pod has no value for',
      parameters: { addNodeSelector: { pool: 'agents', 'example.com/zone': 'a' } },
      before: { spec: { nodeSelector: { pool: 'mine' }, containers: [{ name: 'a' }] } },
      after: { spec: { nodeSelector: { pool: 'mine', 'example.com/zone': 'a' }, containers: [{ name: 'a' }] } },
    },
    {
      name: 'a pod without a selector',
      parameters: { addNodeSelector: { pool: 'agents' } },
      before: { spec: { nodeSelector: null } },
      after: { spec: { nodeSelector: { pool: 'agents' } } },
    },
    {
      name: 'a pod that has them all',
      parameters: { addNodeSelector: { pool: 'agents' } },
      before: { spec: { nodeSelector: { pool: 'agents', disk: 'ssd' } } },
    },
  ],
};
