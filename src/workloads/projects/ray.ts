// KubeRay: the pods of Ray clusters, and of the jobs that are submitted to them.
// Source: github.com/ray-project/kuberay v1.7.0-rc.0, ray-operator/config/crd/bases.
import { containerFields, type PartialForm, partial } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'ray.io', versions: ['v1alpha1', 'v1'] } as const;

/** The container of the autoscaler, which KubeRay adds to the pod of the head. */
const AUTOSCALER = containerFields('autoscaler', [
  'args',
  'command',
  'env',
  'envFrom',
  'image',
  'imagePullPolicy',
  'resources',
  'securityContext',
  'volumeMounts',
]);

function clusterAt(
  at: string,
  ...more: readonly string[]
): { readonly templates: readonly string[]; readonly partials: readonly PartialForm[] } {
  return {
    templates: [`${at}/headGroupSpec/template`, `${at}/workerGroupSpecs/*/template`, ...more],
    partials: [partial(`${at}/autoscalerOptions`, AUTOSCALER)],
  };
}

export const ray: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'RayCluster', resource: 'rayclusters', ...clusterAt('/spec') }),
  projectKind({
    ...GROUP,
    kind: 'RayJob',
    resource: 'rayjobs',
    ...clusterAt('/spec/rayClusterSpec', '/spec/submitterPodTemplate'),
  }),
  projectKind({ ...GROUP, kind: 'RayService', resource: 'rayservices', ...clusterAt('/spec/rayClusterConfig') }),
  projectKind({
    group: 'ray.io',
    kind: 'RayCronJob',
    versions: ['v1'],
    resource: 'raycronjobs',
    ...clusterAt('/spec/jobTemplate/rayClusterSpec', '/spec/jobTemplate/submitterPodTemplate'),
  }),
];
