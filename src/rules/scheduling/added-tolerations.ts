// The tolerations that Kubernetes itself adds to pods.
import type { PodView } from '../../kubernetes/containers.ts';
import { sameToleration, type Toleration } from '../../kubernetes/tolerations.ts';
import { ownField } from '../../model/json.ts';
import type { CheckRequest } from '../check.ts';

/** The DefaultTolerationSeconds plugin adds the first two to every pod, PodTolerationRestriction the third to most. */
const TO_EVERY_POD: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
];

/** k8s.io/kubernetes v1.37.2, pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations. */
const TO_DAEMON_PODS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' },
];

/** Who creates the pods of DaemonSets, with a service account of its own and without. */
const DAEMON_CONTROLLERS: readonly string[] = [
  'system:serviceaccount:kube-system:daemon-set-controller',
  'system:kube-controller-manager',
];

/** True for a toleration that equals one that Kubernetes adds to this pod. */
export function addedByKubernetes(toleration: Toleration, pod: PodView, { user, cluster }: CheckRequest): boolean {
  const equals = (other: Toleration): boolean => sameToleration(toleration, other);
  if (TO_EVERY_POD.some(equals)) return true;
  if (DAEMON_CONTROLLERS.includes(user.username) && TO_DAEMON_PODS.some(equals)) return true;
  const { runtimeClassName } = pod.spec;
  const runtimeClass = runtimeClassName ? cluster.runtimeClass(runtimeClassName) : undefined;
  if (typeof runtimeClass === 'object' && runtimeClass.tolerations.some(equals)) return true;
  return isOfDevice(toleration, pod);
}

/**
 * The ExtendedResourceToleration plugin lets pods that ask for a device onto the nodes that are tainted for it. Whether they may
 * ask for it is another question.
 */
function isOfDevice(toleration: Toleration, { containers }: PodView): boolean {
  const { key } = toleration;
  if (!key?.includes('/') || key.includes('kubernetes.io/')) return false;
  if (!sameToleration(toleration, { key, operator: 'Exists', effect: 'NoSchedule' })) return false;
  return containers.some(({ container, list }) => {
    if (list === 'ephemeralContainers') return false;
    const amount = ownField(container.resources?.requests, key) ?? ownField(container.resources?.limits, key);
    return amount !== undefined && amount !== null && Number(amount) !== 0;
  });
}
