// Adds tolerations, for nodes that are set apart by a taint.
import { covers } from '../../kubernetes/tolerations.ts';
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { SchedulingParameters } from './parameters.ts';

/** Adds each toleration that the pod does not have, also as part of a wider one, which Kubernetes would leave alone. */
export const addTolerations: FillIn<SchedulingParameters> = {
  id: 'addTolerations',
  title: "Adds the policy's tolerations.",
  sets: ['spec.tolerations'],
  satisfies: [],
  platform: 'any',
  compile({ addTolerations: wanted = [] }) {
    if (wanted.length === 0) return undefined;
    return (template, scope) => {
      if (!scope.podLevel) return template;
      const tolerations = template.spec?.tolerations ?? [];
      const missing = wanted.filter((one) => !tolerations.some((other) => covers(other, one)));
      return missing.length === 0 ? template : withSpec(template, { tolerations: [...tolerations, ...missing] });
    };
  },
  examples: [
    {
      name: 'behind those of the pod',
      parameters: { addTolerations: [{ key: 'dedicated', operator: 'Equal', value: 'agents', effect: 'NoSchedule' }] },
      before: { spec: { tolerations: [{ key: 'gpu', operator: 'Exists' }], containers: [{ name: 'a' }] } },
      after: {
        spec: {
          tolerations: [
            { key: 'gpu', operator: 'Exists' },
            { key: 'dedicated', operator: 'Equal', value: 'agents', effect: 'NoSchedule' },
          ],
          containers: [{ name: 'a' }],
        },
      },
    },
    {
      name: 'a pod that has none, and a taint that evicts',
      parameters: {
        addTolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }],
      },
      before: { spec: { tolerations: null } },
      after: {
        spec: { tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }] },
      },
    },
    {
      name: 'a pod that tolerates as much and more',
      parameters: { addTolerations: [{ key: 'dedicated', value: 'agents', effect: 'NoSchedule' }] },
      before: { spec: { tolerations: [{ key: 'dedicated', operator: 'Exists' }] } },
    },
  ],
};
