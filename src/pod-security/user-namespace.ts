// The relaxation of the Pod Security Standards for pods whose root is not the node's root.
import type { PodView } from '../kubernetes/containers.ts';

/** True where the pod says outright that it does not share the node's user namespace (`hostUsers: false`). */
export function inUserNamespace(pod: PodView): boolean {
  return pod.spec.hostUsers === false;
}
