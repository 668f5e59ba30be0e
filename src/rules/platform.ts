// Which operating systems a check or a fill-in is for. The API server refuses Linux fields on pods of Windows nodes:
// https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers
import type { PodSpec } from '../kubernetes/pod.ts';

/** `any`: the fields exist on every operating system. `linux`: pods that run on Windows are left alone. */
export type Platform = 'any' | 'linux';

/** True for pods that say they run on Windows. */
export function runsOnWindows(spec: PodSpec | null | undefined): boolean {
  return spec?.os?.name === 'windows';
}
