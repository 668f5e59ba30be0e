// The exemption of Windows pods from what only Linux has.
import type { PodView } from '../kubernetes/containers.ts';

/** True where the pod declares itself a Windows pod; the API server then refuses Linux-only fields on it. */
export function isWindows(pod: PodView): boolean {
  return pod.spec.os?.name === 'windows';
}
