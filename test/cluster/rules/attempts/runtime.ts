// runtime: how well a pod is kept apart from its node.
import { all, put } from '../../support/change.ts';
import { by, inContainer, inPod, kubernetes, letIn, NO_POD, type Section } from '../attempt.ts';
import { POD_WAYS } from '../ways.ts';

const NAME = ['spec', 'runtimeClassName'] as const;
const FILLED_IN = letIn('The RuntimeClass of the policy is filled in.', 'gvisor', ...NAME);
/** The admission plugin of RuntimeClasses looks it up before any webhook is asked. */
const NOT_FOUND = by(POD_WAYS, kubernetes());

export const RUNTIME: Section = {
  title: 'runtime: RuntimeClasses by name',
  rules: ['runtime'],
  about: 'The cluster has RuntimeClasses `gvisor`, `kata-qemu` and `runc`.',
  spec: { runtime: { default: 'gvisor', allowed: ['gvisor', 'kata-*'], exists: 'Deny', incompatible: 'Deny' } },
  base: (pod) => pod,
  attempts: [
    inPod('the RuntimeClass of the node', 'allowedRuntimes', put('runc', ...NAME)),
    inPod('none, by null', FILLED_IN, put(null, ...NAME)),
    inPod('none, by an empty name', FILLED_IN, put('', ...NAME), NO_POD),
    inPod('none, by taking it away', FILLED_IN, put(undefined, ...NAME)),
    inPod('the word none', 'allowedRuntimes', put('none', ...NAME), NOT_FOUND),
    inPod('an allowed one in capitals', 'allowedRuntimes', put('GVISOR', ...NAME), NO_POD),
    inPod('an allowed one with a blank', 'allowedRuntimes', put('gvisor ', ...NAME), NO_POD),
    inPod('one that an allowed one begins with', 'allowedRuntimes', put('gvisor-runc', ...NAME), NOT_FOUND),
    inPod('one that matches, and that nobody has', 'runtimeExists', put('kata-none', ...NAME), NOT_FOUND),
    inPod('a list of names', 'shape', put(['gvisor'], ...NAME), NO_POD),
    inPod('the network of the node, in gVisor', 'incompatibleRuntime', put(true, 'spec', 'hostNetwork')),
    inPod('the processes of the node, in gVisor', 'incompatibleRuntime', put(true, 'spec', 'hostPID')),
    inPod(
      'a device of the node, in gVisor',
      'incompatibleRuntime',
      put([{ name: 'kvm', hostPath: { path: '/dev/kvm' } }], 'spec', 'volumes'),
    ),
    inPod('the users of the node mapped, in gVisor', 'incompatibleRuntime', put(false, 'spec', 'hostUsers')),
    inPod(
      'an overhead of one’s own',
      letIn('It counts for nothing: the pod is refused by Kubernetes.'),
      put({ cpu: '1' }, 'spec', 'overhead'),
      by(POD_WAYS, kubernetes()),
    ),
  ],
};

export const MINIMUM_RUNTIME: Section = {
  title: 'runtime: at least so well isolated',
  rules: ['runtime'],
  about: 'The RuntimeClasses are in an order, and pods need gVisor or more.',
  spec: { runtime: { minimum: { order: ['none', 'runc', 'gvisor', 'kata-*'], atLeast: 'gvisor' } } },
  base: put('gvisor', ...NAME),
  attempts: [
    inPod('a weaker one', 'minimumRuntime', put('runc', ...NAME)),
    inPod('none', 'minimumRuntime', put(undefined, ...NAME)),
    inPod('none, by null', 'minimumRuntime', put(null, ...NAME)),
    inPod('none, by an empty name', 'minimumRuntime', put('', ...NAME), NO_POD),
    inPod('one that is not in the order', 'minimumRuntime', put('runc-kata', ...NAME), NOT_FOUND),
    inPod('a stronger one in capitals', 'minimumRuntime', put('KATA-qemu', ...NAME), NO_POD),
    inContainer(
      'a field of its own in a container',
      letIn('There is no such field, and nobody reads it.'),
      put('runc', 'runtimeClassName'),
      by(['applied Pod'], kubernetes()),
    ),
    inPod(
      'a handler named by an annotation',
      letIn('No container runtime reads it in pods that have a RuntimeClass.'),
      all(put('true', 'metadata', 'annotations', 'io.kubernetes.cri.untrusted-workload')),
    ),
  ],
};
