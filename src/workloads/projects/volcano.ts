// Volcano: jobs of several tasks, each with a template of its own.
// Source: github.com/volcano-sh/volcano v1.16.0-alpha.1, config/crd/volcano/bases and config/crd/jobflow/bases.
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const BATCH = { group: 'batch.volcano.sh', versions: ['v1alpha1'] } as const;
const FLOW = { group: 'flow.volcano.sh', versions: ['v1alpha1'] } as const;
const TASKS = '/tasks/*/template';

export const volcano: readonly Workload[] = [
  projectKind({ ...BATCH, kind: 'Job', resource: 'jobs', templates: [`/spec${TASKS}`] }),
  projectKind({ ...BATCH, kind: 'CronJob', resource: 'cronjobs', templates: [`/spec/jobTemplate/spec${TASKS}`] }),
  projectKind({ ...FLOW, kind: 'JobTemplate', resource: 'jobtemplates', templates: [`/spec${TASKS}`] }),
  projectKind({ ...FLOW, kind: 'JobFlow', resource: 'jobflows', templates: [`/spec/flows/*/patch/jobSpec${TASKS}`] }),
];
