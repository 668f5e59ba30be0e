// Spark: the operator makes the pods of drivers and executors of these fields and of a template, and names the containers.
// Source: github.com/kubeflow/spark-operator of August 2026 (38082f33), config/crd/bases.
import { containerFields, type Part, type PartialForm, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const DRIVER = 'spark-kubernetes-driver';
const EXECUTOR = 'spark-kubernetes-executor';

function role(name: string): readonly Part[] {
  return [
    ...containerFields(name, ['env', 'envFrom', 'image', 'lifecycle', 'ports', 'securityContext', 'volumeMounts']),
    { from: '/template', to: '' },
    { from: '/labels', to: 'metadata.labels' },
    { from: '/annotations', to: 'metadata.annotations' },
    { from: '/podSecurityContext', to: 'spec.securityContext' },
    { from: '/serviceAccount', to: 'spec.serviceAccountName' },
    { from: '/sidecars', to: 'spec.containers' },
    ...sameFields([
      'affinity',
      'dnsConfig',
      'hostAliases',
      'hostNetwork',
      'initContainers',
      'nodeSelector',
      'priorityClassName',
      'schedulerName',
      'shareProcessNamespace',
      'terminationGracePeriodSeconds',
      'tolerations',
    ]),
  ];
}

function applicationAt(at: string): readonly PartialForm[] {
  return [
    partial(at, [
      ...containerFields('spark', ['image', 'imagePullPolicy']),
      ...sameFields(['nodeSelector', 'volumes']),
    ]),
    partial(`${at}/driver`, role(DRIVER)),
    partial(`${at}/executor`, role(EXECUTOR)),
  ];
}

const GROUP = { group: 'sparkoperator.k8s.io', versions: ['v1beta2'] } as const;

export const spark: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'SparkApplication', resource: 'sparkapplications', partials: applicationAt('/spec') }),
  projectKind({
    ...GROUP,
    kind: 'ScheduledSparkApplication',
    resource: 'scheduledsparkapplications',
    partials: applicationAt('/spec/template'),
  }),
  projectKind({
    group: 'sparkoperator.k8s.io',
    kind: 'SparkConnect',
    versions: ['v1alpha1'],
    resource: 'sparkconnects',
    partials: [
      partial('/spec', containerFields('spark', ['image'])),
      partial('/spec/server/template'),
      partial('/spec/executor/template'),
    ],
  }),
];
