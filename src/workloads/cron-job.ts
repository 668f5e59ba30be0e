// The template is not filled in: GitOps tools would see the changes as drift. Its pods are filled in.
import type { Workload } from './workload.ts';

export const cronJob: Workload = {
  group: 'batch',
  kind: 'CronJob',
  versions: ['v1'],
  resource: 'cronjobs',
  templates: ['/spec/jobTemplate/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
  fillInAround: true,
};
