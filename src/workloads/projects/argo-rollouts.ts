// Argo Rollouts: a Rollout instead of a Deployment, and jobs that measure it.
// Source: github.com/argoproj/argo-rollouts v1.10.0-rc1, manifests/crds.
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'argoproj.io', versions: ['v1alpha1'] } as const;
const JOBS = ['/spec/metrics/*/provider/job/spec/template'] as const;

export const argoRollouts: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'Rollout', resource: 'rollouts', templates: ['/spec/template'] }),
  projectKind({ ...GROUP, kind: 'Experiment', resource: 'experiments', templates: ['/spec/templates/*/template'] }),
  projectKind({ ...GROUP, kind: 'AnalysisTemplate', resource: 'analysistemplates', templates: JOBS }),
  projectKind({
    ...GROUP,
    kind: 'ClusterAnalysisTemplate',
    resource: 'clusteranalysistemplates',
    scope: 'Cluster',
    templates: JOBS,
  }),
  projectKind({ ...GROUP, kind: 'AnalysisRun', resource: 'analysisruns', templates: JOBS }),
];
