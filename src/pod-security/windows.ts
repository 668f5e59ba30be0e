// The exemption of Windows pods from what only Linux has.
import type { PodView } from '../kubernetes/containers.ts';

/**
 * True where the pod declares itself a Windows pod; the API server then refuses Linux-only fields on it. By `os.name` alone,
 * as upstream's checks have it: a pod that only selects Windows nodes is judged like any other, though nothing that only
 * Linux has is filled into it (`runsOnWindows` of the rules).
 */
export function isWindows(pod: PodView): boolean {
  return pod.spec.os?.name === 'windows';
}
