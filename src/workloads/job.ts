// Not filled in: that would show as drift to whoever applies it, and its pods are.
import type { Workload } from './workload.ts';

export const job: Workload = {
  group: 'batch',
  kind: 'Job',
  versions: ['v1'],
  resource: 'jobs',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
