// Tekton: the steps of a task become the containers of a pod, to which Tekton adds its own. Its pod templates hold no containers.
// Source: github.com/tektoncd/pipeline v1.15.0, config/300-crds.
import { containerFields, type Part, type PartialForm, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'tekton.dev', versions: ['v1beta1', 'v1'] } as const;

const TASK: readonly Part[] = [
  { from: '/steps', to: 'spec.containers' },
  { from: '/sidecars', to: 'spec.containers' },
  { from: '/stepTemplate', to: 'spec.containers', name: 'stepTemplate' },
  ...sameFields(['volumes']),
];

/** A pod template of Tekton's, and the service account beside it. */
const RUN: readonly Part[] = [{ from: '/podTemplate', to: 'spec' }, ...sameFields(['serviceAccountName'])];

/** The same under the names that it has in a run of v1beta1. */
const TASK_RUN: readonly Part[] = [
  { from: '/taskPodTemplate', to: 'spec' },
  { from: '/taskServiceAccountName', to: 'spec.serviceAccountName' },
];

function pipelineAt(at: string): readonly PartialForm[] {
  return ['tasks', 'finally'].map((list) => partial(`${at}/${list}/*/taskSpec`, TASK));
}

export const tekton: readonly Workload[] = [
  projectKind({ ...GROUP, kind: 'Task', resource: 'tasks', partials: [partial('/spec', TASK)] }),
  projectKind({
    ...GROUP,
    kind: 'TaskRun',
    resource: 'taskruns',
    partials: [partial('/spec', RUN), partial('/spec/taskSpec', TASK)],
  }),
  projectKind({ ...GROUP, kind: 'Pipeline', resource: 'pipelines', partials: pipelineAt('/spec') }),
  projectKind({
    ...GROUP,
    kind: 'PipelineRun',
    resource: 'pipelineruns',
    partials: [
      partial('/spec/taskRunTemplate', RUN),
      partial('/spec/taskRunSpecs/*', [...RUN, ...TASK_RUN]),
      // v1beta1
      partial('/spec', RUN),
      ...pipelineAt('/spec/pipelineSpec'),
    ],
  }),
  projectKind({
    group: 'tekton.dev',
    kind: 'StepAction',
    versions: ['v1alpha1', 'v1beta1'],
    resource: 'stepactions',
    partials: [
      partial(
        '/spec',
        containerFields('step', ['args', 'command', 'env', 'image', 'securityContext', 'volumeMounts', 'workingDir']),
      ),
    ],
  }),
];
