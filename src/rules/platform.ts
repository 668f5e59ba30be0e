// Which operating systems a check or a fill-in is for. The API server refuses Linux fields on pods that say `os: windows`,
// and a kubelet on Windows does not start a pod that has them:
// https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers
import type { PodSpec } from '../kubernetes/pod.ts';
import { isGiven } from '../kubernetes/stated-user.ts';

/** `any`: the fields exist on every operating system. `linux`: pods that run on Windows are left alone. */
export type Platform = 'any' | 'linux';

/** The label by which nodes say what they run; https://kubernetes.io/docs/reference/labels-annotations-taints/. */
const OS_LABEL = 'kubernetes.io/os';

/** Said of a pod that is for Windows by its node selector alone. */
export const SELECTS_WINDOWS =
  `the pod is for Windows by nodeSelector "${OS_LABEL}", so it is given no field that only Linux has; ` +
  'set spec.os.name to windows as well, since Pod Security goes by that alone';

/**
 * True for pods that run on Windows: they say so in `os.name`, or say nothing there and select nodes of Windows. Where the
 * two contradict each other, `os.name` counts: the API server judges a pod's fields by it.
 */
export function runsOnWindows(spec: PodSpec | null | undefined): boolean {
  const name = spec?.os?.name;
  if (isGiven(name)) return name === 'windows';
  const selector = spec?.nodeSelector;
  return isGiven(selector) && Object.hasOwn(selector, OS_LABEL) && selector[OS_LABEL] === 'windows';
}
