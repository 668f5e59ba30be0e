// Groups of pods by the Kubernetes special interest groups: JobSet, LeaderWorkerSet and Kueue.
// Source: github.com/kubernetes-sigs/jobset, lws and kueue of August 2026, config/crd/bases and config/components/crd/bases.
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

export const sigs: readonly Workload[] = [
  projectKind({
    group: 'jobset.x-k8s.io',
    kind: 'JobSet',
    versions: ['v1alpha2'],
    resource: 'jobsets',
    templates: ['/spec/replicatedJobs/*/template/spec/template'],
  }),
  projectKind({
    group: 'leaderworkerset.x-k8s.io',
    kind: 'LeaderWorkerSet',
    versions: ['v1'],
    resource: 'leaderworkersets',
    templates: ['/spec/leaderWorkerTemplate/leaderTemplate', '/spec/leaderWorkerTemplate/workerTemplate'],
  }),
  projectKind({
    group: 'disaggregatedset.x-k8s.io',
    kind: 'DisaggregatedSet',
    versions: ['v1'],
    resource: 'disaggregatedsets',
    templates: [
      '/spec/roles/*/spec/leaderWorkerTemplate/leaderTemplate',
      '/spec/roles/*/spec/leaderWorkerTemplate/workerTemplate',
    ],
  }),
  // Kueue makes it of the pods or jobs that it queues.
  projectKind({
    group: 'kueue.x-k8s.io',
    kind: 'Workload',
    versions: ['v1beta1', 'v1beta2'],
    resource: 'workloads',
    templates: ['/spec/podSets/*/template'],
  }),
];
