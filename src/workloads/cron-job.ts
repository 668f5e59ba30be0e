// Not filled in: that would show as drift to whoever applies it, and its pods are.
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
};
