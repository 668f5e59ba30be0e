// Fills in a user namespace: with it, root in the pod is nobody on the node.

import { viewOf } from '../../kubernetes/containers.ts';
import type { PodSpec } from '../../kubernetes/pod.ts';
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
  fill(template, scope, noteSkip) {
    const pod = template.spec ?? {};
    if (!scope.podLevel || typeof pod.hostUsers === 'boolean') return template;
    const namespace = sharedNamespace(pod);
    if (namespace !== undefined) {
      noteSkip('host-namespace', `the pod sets ${namespace}, which hostUsers false does not go with`);
      return template;
    }
    const device = viewOf(template).containers.find((ref) => (ref.container.volumeDevices?.length ?? 0) > 0);
    if (device !== undefined) {
      noteSkip(
        'volume-devices',
        `container "${device.name}" uses volumeDevices, which hostUsers false does not go with`,
      );
      return template;
    }
    return withSpec(template, { hostUsers: false });
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

function sharedNamespace(pod: PodSpec): 'hostNetwork' | 'hostPID' | 'hostIPC' | undefined {
  if (pod.hostNetwork) return 'hostNetwork';
  if (pod.hostPID) return 'hostPID';
  return pod.hostIPC ? 'hostIPC' : undefined;
}
