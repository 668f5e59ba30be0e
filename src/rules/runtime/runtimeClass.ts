// Fills in the RuntimeClass: without one a pod shares the node's kernel.
import type { Injection } from '../fill-in.ts';
import { withSpec } from '../write.ts';

/** Sets runtimeClassName where the pod has none. An empty name counts as none: the API server refuses it. */
export const runtimeClass: Injection = {
  id: 'runtimeClass',
  title: "Fills in the policy's default runtimeClassName.",
  sets: ['spec.runtimeClassName'],
  satisfies: [],
  compile: (spec) => {
    const name = spec.runtime?.default;
    if (!name) return undefined;
    return (template, scope) => {
      if (!scope.podLevel || template.spec?.runtimeClassName) return template;
      return withSpec(template, { runtimeClassName: name });
    };
  },
  examples: [
    {
      name: 'a pod without one',
      spec: { runtime: { default: 'gvisor' } },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: { spec: { containers: [{ name: 'a' }], runtimeClassName: 'gvisor' } },
    },
    {
      name: 'an empty name is none',
      spec: { runtime: { default: 'gvisor' } },
      before: { spec: { runtimeClassName: '' } },
      after: { spec: { runtimeClassName: 'gvisor' } },
    },
    {
      name: 'Windows has runtime classes too',
      spec: { runtime: { default: 'hyperv' } },
      before: { spec: { os: { name: 'windows' }, runtimeClassName: null } },
      after: { spec: { os: { name: 'windows' }, runtimeClassName: 'hyperv' } },
    },
    {
      name: "a user's class is kept, to be judged",
      spec: { runtime: { default: 'gvisor' } },
      before: { spec: { runtimeClassName: 'runc' } },
    },
  ],
};
