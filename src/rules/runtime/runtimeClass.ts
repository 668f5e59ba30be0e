// Fills in the RuntimeClass: without one a pod shares the node's kernel. RuntimeClass admission has run by now, and runs again
// after this. What it has merged into the pod for a class that is replaced must go with the class: it refuses a pod whose
// overhead is not that of its class, and leaves the node selector of the old class in place.

import type { PodSpec, PodTemplate } from '../../kubernetes/pod.ts';
import type { RuntimeClass } from '../../kubernetes/runtime-class.ts';
import { sameToleration } from '../../kubernetes/tolerations.ts';
import type { FillIn, FillNotes, FillScope } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { RuntimeParameters } from './parameters.ts';
import { runtimeJudge } from './runtime-judge.ts';

const FIELD = 'spec.runtimeClassName';

/**
 * Sets runtimeClassName where the pod has none; an empty name counts as none, since the API server refuses it. With override
 * also where it has one that the rule does not let pass, unless a capability class gives it to the pod.
 */
export const runtimeClass: FillIn<RuntimeParameters> = {
  id: 'runtimeClass',
  title: "Fills in the policy's default runtimeClassName.",
  sets: [FIELD, 'spec.overhead', 'spec.nodeSelector', 'spec.tolerations'],
  satisfies: [],
  platform: 'any',
  compile: ({ default: name, override, allowed, minimum }) => {
    if (!name) return undefined;
    const judge = runtimeJudge({ allowed, minimum });
    const maybeAnother = allowed !== undefined || minimum !== undefined;
    return (template, scope, notes) => {
      if (!scope.podLevel) return template;
      const stated = template.spec?.runtimeClassName;
      // Also without `override`: a policy of lower priority is not to replace what this one has filled in.
      const isMine = (override === true || !stated || stated === name) && notes.claim(FIELD);
      if (!stated) return withSpec(template, { runtimeClassName: name });
      if (override !== true || !isMine || stated === name || scope.granted?.has('runtimeClassName')) return template;
      return maybeAnother && judge.passes(stated) ? template : replaced(template, stated, name, scope, notes);
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
    {
      name: "a user's class is replaced where the policy overrides, and its overhead with it",
      parameters: { default: 'gvisor', override: true },
      before: {
        spec: { runtimeClassName: 'kata-qemu', overhead: { memory: '160Mi' }, nodeSelector: { kata: 'true' } },
      },
      after: { spec: { runtimeClassName: 'gvisor', nodeSelector: { kata: 'true' } } },
      warns: [
        'runtimeClassName is "gvisor" instead of "kata-qemu"; what that class may have added to nodeSelector and tolerations stays, since the class is not known here',
      ],
    },
    {
      name: 'a class that the policy allows is kept where it overrides',
      parameters: { default: 'gvisor', override: true, allowed: ['gvisor', 'kata-*'] },
      before: { spec: { runtimeClassName: 'kata-qemu', overhead: { memory: '160Mi' } } },
    },
    {
      name: 'a class that is strong enough is kept where the policy overrides',
      parameters: {
        default: 'gvisor',
        override: true,
        minimum: { order: ['none', 'gvisor', 'kata-qemu'], atLeast: 'gvisor' },
      },
      before: { spec: { runtimeClassName: 'kata-qemu' } },
    },
  ],
};

function replaced(
  template: PodTemplate,
  stated: string,
  name: string,
  { cluster }: FillScope,
  notes: FillNotes,
): PodTemplate {
  const { overhead: _, ...spec } = template.spec ?? {};
  const old = cluster?.runtimeClass(stated);
  const says = `runtimeClassName is ${JSON.stringify(name)} instead of ${JSON.stringify(stated)}`;
  notes.warn(
    old === undefined
      ? `${says}; what that class may have added to nodeSelector and tolerations stays, since the class is not known here`
      : says,
  );
  const rest = typeof old === 'object' ? withoutScheduling(spec, old) : spec;
  return { ...template, spec: { ...rest, runtimeClassName: name } };
}

/** The spec without what RuntimeClass admission merges into pods of the class. */
function withoutScheduling(whole: PodSpec, { nodeSelector, tolerations }: RuntimeClass): PodSpec {
  const { nodeSelector: selector, tolerations: tolerated, ...rest } = whole;
  const labels = Object.entries(selector ?? {}).filter(([key, value]) => nodeSelector[key] !== value);
  const left = (tolerated ?? []).filter((one) => !tolerations.some((other) => sameToleration(one, other)));
  return {
    ...rest,
    ...(labels.length > 0 ? { nodeSelector: Object.fromEntries(labels) } : {}),
    ...(left.length > 0 ? { tolerations: left } : {}),
  };
}
