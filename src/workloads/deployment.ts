// Not filled in: GitOps tools would see the changes as drift. Its pods are filled in.
import type { Workload } from './workload.ts';

export const deployment: Workload = {
  group: 'apps',
  kind: 'Deployment',
  versions: ['v1'],
  resource: 'deployments',
  templates: ['/spec/template'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};
