// OpenKruise: controllers like Kubernetes' own with more to them, and containers that it puts into pods of others.
// Source: github.com/openkruise/kruise of August 2026, config/crd/bases.
import { partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'apps.kruise.io', versions: ['v1alpha1', 'v1beta1'] } as const;
const TEMPLATE = ['/spec/template'] as const;

export const kruise: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'CloneSet', resource: 'clonesets', templates: TEMPLATE }),
  projectKind({ ...GROUP, kind: 'StatefulSet', resource: 'statefulsets', templates: TEMPLATE }),
  projectKind({ ...GROUP, kind: 'DaemonSet', resource: 'daemonsets', templates: TEMPLATE }),
  projectKind({ ...GROUP, kind: 'BroadcastJob', resource: 'broadcastjobs', templates: TEMPLATE }),
  projectKind({
    ...GROUP,
    kind: 'AdvancedCronJob',
    resource: 'advancedcronjobs',
    templates: ['/spec/template/jobTemplate/spec/template', '/spec/template/broadcastJobTemplate/spec/template'],
  }),
  projectKind({
    ...GROUP,
    kind: 'UnitedDeployment',
    resource: 'uniteddeployments',
    templates: [
      '/spec/template/statefulSetTemplate/spec/template',
      '/spec/template/advancedStatefulSetTemplate/spec/template',
      '/spec/template/cloneSetTemplate/spec/template',
      '/spec/template/deploymentTemplate/spec/template',
    ],
    // Patches of pods, as objects.
    partials: [partial('/spec/topology/subsets/*/patch')],
  }),
  projectKind({
    ...GROUP,
    kind: 'WorkloadSpread',
    resource: 'workloadspreads',
    partials: [partial('/spec/subsets/*/patch')],
  }),
  // Kruise's webhook puts these into pods of others; the API server calls webhooks in the order of their names.
  projectKind({
    ...GROUP,
    kind: 'SidecarSet',
    resource: 'sidecarsets',
    scope: 'Cluster',
    partials: [partial('/spec', sameFields(['containers', 'imagePullSecrets', 'initContainers', 'volumes']))],
  }),
  // Ephemeral containers that are put into running pods.
  projectKind({
    group: 'apps.kruise.io',
    kind: 'EphemeralJob',
    versions: ['v1alpha1'],
    resource: 'ephemeraljobs',
    partials: [partial('/spec/template', sameFields(['ephemeralContainers']))],
  }),
];
