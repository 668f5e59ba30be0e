// Fills in a user namespace: with it, root in the pod is nobody on the node.

import { viewOf } from '../../kubernetes/containers.ts';
import { podConflicts, USER_NAMESPACE_RULES } from '../../kubernetes/pod-validation.ts';
import { withSpec } from '../write.ts';
import { hardenField } from './field.ts';

/** Sets hostUsers to false where it is unset, but not where the API server would then refuse the pod. */
export const hostUsers = hardenField({
  id: 'hostUsers',
  title: "Fills in hostUsers false, a user namespace of the pod's own.",
  sets: ['spec.hostUsers'],
  // Whether a pod can have a user namespace depends on the runtime that it is given.
  after: ['runtimeClass'],
  satisfies: [],
  levels: [],
  platform: 'linux',
  fill(template, scope, notes) {
    const pod = template.spec ?? {};
    if (!scope.podLevel || typeof pod.hostUsers === 'boolean') return template;
    const filled = withSpec(template, { hostUsers: false });
    const [conflict] = podConflicts(viewOf(filled), USER_NAMESPACE_RULES);
    if (conflict === undefined) return filled;
    const [own, other] = conflict.sides;
    notes.skip(conflict.rule, `the pod has ${other.text}, which ${own.text} does not go with`);
    return template;
  },
  examples: [
    {
      name: 'a pod that does not say',
      before: { spec: { containers: [{ name: 'a', volumeDevices: [] }] } },
      after: { spec: { containers: [{ name: 'a', volumeDevices: [] }], hostUsers: false } },
    },
    {
      name: "a user's true is kept, to be judged",
      before: { spec: { hostUsers: true } },
    },
    {
      name: "with the node's network it is not allowed",
      before: { spec: { hostNetwork: true, containers: [{ name: 'a' }] } },
      skips: ['host-namespace'],
    },
    {
      name: 'with raw devices it is not allowed',
      before: { spec: { initContainers: [{ name: 'a', volumeDevices: [{ name: 'd', devicePath: '/dev/d' }] }] } },
      skips: ['volume-devices'],
    },
  ],
});
