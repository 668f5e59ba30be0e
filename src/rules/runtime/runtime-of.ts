// The RuntimeClass of a pod as a policy judges it.
import type { PodView } from '../../kubernetes/containers.ts';
import { grantedField } from '../granted-field.ts';

/** The class that a granted capability class gives the pod; undefined where none does. */
export function grantedRuntime(pod: PodView): string | undefined {
  const [name] = grantedField(pod, 'runtimeClassName');
  return typeof name === 'string' ? name : undefined;
}

/** The class that the pod runs with, whoever named it; the empty text for none. */
export function runtimeOf(pod: PodView): string {
  return pod.spec.runtimeClassName || grantedRuntime(pod) || '';
}
