// Fills in the RuntimeClass: without one a pod shares the node's kernel.
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { RuntimeParameters } from './parameters.ts';

/** Sets runtimeClassName where the pod has none. An empty name counts as none: the API server refuses it. */
export const runtimeClass: FillIn<RuntimeParameters> = {
  id: 'runtimeClass',
  title: "Fills in the policy's default runtimeClassName.",
  sets: ['spec.runtimeClassName'],
  satisfies: [],
  platform: 'any',
  compile: ({ default: name }) => {
    if (!name) return undefined;
    return (template, scope) => {
      if (!scope.podLevel || template.spec?.runtimeClassName) return template;
      return withSpec(template, { runtimeClassName: name });
    };
  },
  examples: [
    {
      name: 'a pod without one',
      parameters: { default: 'gvisor' },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: { spec: { containers: [{ name: 'a' }], runtimeClassName: 'gvisor' } },
    },
    {
      name: 'an empty name is none',
      parameters: { default: 'gvisor' },
      before: { spec: { runtimeClassName: '' } },
      after: { spec: { runtimeClassName: 'gvisor' } },
    },
    {
      name: 'Windows has runtime classes too',
      parameters: { default: 'hyperv' },
      before: { spec: { os: { name: 'windows' }, runtimeClassName: null } },
      after: { spec: { os: { name: 'windows' }, runtimeClassName: 'hyperv' } },
    },
    {
      name: "a user's class is kept, to be judged",
      parameters: { default: 'gvisor' },
      before: { spec: { runtimeClassName: 'runc' } },
    },
  ],
};
