// Fields of a pod that a capability class gives it.
import type { PodView } from '../kubernetes/containers.ts';
import type { PodSpec } from '../kubernetes/pod.ts';

/**
 * True where a granted class gives the pod this field. The field is not in the view, and that it is missing there must not be
 * held against the pod.
 */
export function isGrantedField(pod: PodView, field: keyof PodSpec): boolean {
  return pod.granted !== undefined && Object.hasOwn(pod.granted, field);
}
