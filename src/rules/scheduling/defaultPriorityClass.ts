// Fills in the PriorityClass. The Priority admission plugin has run by now: it has written the priority and the preemption
// policy that go with no class. It runs again after this, and refuses a pod in which these are not those of the class
// (k8s.io/kubernetes v1.37.2, plugin/pkg/admission/priority): so they are taken out in the same step, to be computed anew.
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { FillIn } from '../fill-in.ts';
import type { SchedulingParameters } from './parameters.ts';

/** Sets priorityClassName where the pod has none, and takes out what was computed without it. */
export const defaultPriorityClass: FillIn<SchedulingParameters> = {
  id: 'defaultPriorityClass',
  title: "Fills in the policy's default priorityClassName.",
  sets: ['spec.priorityClassName', 'spec.priority', 'spec.preemptionPolicy'],
  satisfies: [],
  platform: 'any',
  compile({ defaultPriorityClass: name }) {
    if (name === undefined) return undefined;
    return (template, scope) =>
      scope.podLevel && !template.spec?.priorityClassName ? withClass(template, name) : template;
  },
  examples: [
    {
      name: 'a pod without one, with what the API server computed from that',
      parameters: { defaultPriorityClass: 'batch' },
      before: { spec: { priority: 0, preemptionPolicy: 'PreemptLowerPriority', containers: [{ name: 'a' }] } },
      after: { spec: { containers: [{ name: 'a' }], priorityClassName: 'batch' } },
    },
    {
      name: 'an empty name is none',
      parameters: { defaultPriorityClass: 'batch' },
      before: { spec: { priorityClassName: '' } },
      after: { spec: { priorityClassName: 'batch' } },
    },
    {
      name: "a pod's own class is kept, to be judged",
      parameters: { defaultPriorityClass: 'batch' },
      before: { spec: { priorityClassName: 'urgent', priority: 1000 } },
    },
  ],
};

function withClass(template: PodTemplate, priorityClassName: string): PodTemplate {
  const { priority: _, preemptionPolicy: __, ...spec } = template.spec ?? {};
  return { ...template, spec: { ...spec, priorityClassName } };
}
