// KEDA: a ScaledJob makes Jobs.
// Source: github.com/kedacore/keda v2.20.1, config/crd/bases.
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

export const keda: readonly Workload[] = [
  projectKind({
    group: 'keda.sh',
    kind: 'ScaledJob',
    versions: ['v1alpha1'],
    resource: 'scaledjobs',
    templates: ['/spec/jobTargetRef/template'],
  }),
];
