// The template is not filled in: GitOps tools would see the changes as drift. Its pods are filled in.
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
  fillInAround: true,
};
