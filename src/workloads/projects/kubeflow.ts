// Kubeflow: notebooks, and distributed training of both generations.
// Source: github.com/kubeflow/notebooks branch notebooks-v1, github.com/kubeflow/training-operator v1.9.0 (and of 2025-02-24 for
// trainer.kubeflow.org), github.com/kubeflow/mpi-operator v0.4.0 and later.
import { containerFields, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const TRAINING = { group: 'kubeflow.org', versions: ['v1'] } as const;
const TRAINER = { group: 'trainer.kubeflow.org', versions: ['v1alpha1'] } as const;
const JOB_SET = ['/spec/template/spec/replicatedJobs/*/template/spec/template'] as const;

export const kubeflow: readonly Workload[] = [
  projectKind({
    group: 'kubeflow.org',
    kind: 'Notebook',
    versions: ['v1alpha1', 'v1beta1', 'v1'],
    resource: 'notebooks',
    templates: ['/spec/template'],
  }),
  projectKind({
    ...TRAINING,
    kind: 'PyTorchJob',
    resource: 'pytorchjobs',
    templates: ['/spec/pytorchReplicaSpecs/*/template'],
  }),
  projectKind({ ...TRAINING, kind: 'TFJob', resource: 'tfjobs', templates: ['/spec/tfReplicaSpecs/*/template'] }),
  projectKind({
    ...TRAINING,
    kind: 'MPIJob',
    versions: ['v1', 'v2beta1'],
    resource: 'mpijobs',
    templates: ['/spec/mpiReplicaSpecs/*/template'],
  }),
  projectKind({
    ...TRAINING,
    kind: 'XGBoostJob',
    resource: 'xgboostjobs',
    templates: ['/spec/xgbReplicaSpecs/*/template'],
  }),
  projectKind({
    ...TRAINING,
    kind: 'PaddleJob',
    resource: 'paddlejobs',
    templates: ['/spec/paddleReplicaSpecs/*/template'],
  }),
  projectKind({ ...TRAINING, kind: 'JAXJob', resource: 'jaxjobs', templates: ['/spec/jaxReplicaSpecs/*/template'] }),
  projectKind({ ...TRAINER, kind: 'TrainingRuntime', resource: 'trainingruntimes', templates: JOB_SET }),
  projectKind({
    ...TRAINER,
    kind: 'ClusterTrainingRuntime',
    resource: 'clustertrainingruntimes',
    scope: 'Cluster',
    templates: JOB_SET,
  }),
  projectKind({
    ...TRAINER,
    kind: 'TrainJob',
    resource: 'trainjobs',
    partials: [
      partial('/spec/trainer', containerFields('node', ['args', 'command', 'env', 'image'])),
      partial(
        '/spec/podSpecOverrides/*',
        sameFields(['containers', 'initContainers', 'nodeSelector', 'serviceAccountName', 'tolerations', 'volumes']),
      ),
    ],
  }),
];
