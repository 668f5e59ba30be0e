// The GitHub Actions gateway: its controller makes a worker pod of a template for each job.
// Source: github.com/actions-gateway/github-actions-gateway v1.5.0, api/config/crd and cmd/gmc/config/crd/bases.
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const FIRST = { group: 'actions-gateway.github.com', versions: ['v1alpha1'] } as const;
const SECOND = {
  group: 'actions-gateway.com',
  versions: ['v2alpha1', 'v2beta1'],
  templates: ['/spec/podTemplate'],
} as const;

export const actionsGateway: readonly Workload[] = [
  projectKind({ ...FIRST, kind: 'RunnerGroup', resource: 'runnergroups', templates: ['/spec/podTemplate'] }),
  projectKind({
    ...FIRST,
    kind: 'ActionsGateway',
    resource: 'actionsgateways',
    templates: ['/spec/runnerGroups/*/podTemplate'],
  }),
  projectKind({ ...SECOND, kind: 'RunnerTemplate', resource: 'runnertemplates' }),
  projectKind({ ...SECOND, kind: 'ClusterRunnerTemplate', resource: 'clusterrunnertemplates', scope: 'Cluster' }),
];
