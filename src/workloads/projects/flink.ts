// Flink: the operator merges the templates of all pods and of one role, and adds the container `flink-main-container`.
// Source: github.com/apache/flink-kubernetes-operator of July 2026 (6e9caeb4), helm/flink-kubernetes-operator/crds.
import { type PartialForm, partial } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'flink.apache.org', versions: ['v1beta1'] } as const;

function deploymentAt(at: string): readonly PartialForm[] {
  return [
    partial(at, [
      { from: '/image', to: 'container.image', name: 'flink-main-container' },
      { from: '/imagePullPolicy', to: 'container.imagePullPolicy', name: 'flink-main-container' },
      { from: '/serviceAccount', to: 'spec.serviceAccountName' },
    ]),
    ...['', '/jobManager', '/taskManager'].map((role) => partial(`${at}${role}/podTemplate`)),
  ];
}

export const flink: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'FlinkDeployment', resource: 'flinkdeployments', partials: deploymentAt('/spec') }),
  projectKind({
    ...GROUP,
    kind: 'FlinkBlueGreenDeployment',
    resource: 'flinkbluegreendeployments',
    partials: deploymentAt('/spec/template/spec'),
  }),
];
